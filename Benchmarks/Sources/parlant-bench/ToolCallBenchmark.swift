import Logging
import LuaRuntime
import ParlantCore
import ParlantScripting
import ParlantStores

/// A tool call as a turn makes it: arguments checked, a context of 20 fields built, the script's function run, its
/// result read.
struct ToolCallBenchmark {
    var agents: String

    func run() async throws {
        let lane = LuaLane(name: "bench")
        let loaded = await ScriptHost.load(
            ScriptRoots(agents: agents), lanes: [lane], http: NoTransport(), clock: SystemTimeSource(),
            logger: Logger(label: "bench"))
        let snapshot = try loaded.get().snapshot(of: "bench")
        guard let snapshot, let tool = snapshot.tools.values.first(where: { $0.id.name == "look_up" }) else {
            throw BenchmarkError("there is no agent 'bench' with a tool 'look_up' in \(agents)")
        }
        let context = Self.context(snapshot.agent)
        let outcome = try await snapshot.handlers.run(tool, arguments: ["item": "chain"], in: context)
        guard case .result = outcome else { throw BenchmarkError("the tool did not answer: \(outcome)") }
        try await report("tool-20-fields", batches: 300, calls: 50) { calls in
            for _ in 0..<calls {
                _ = try await snapshot.handlers.run(tool, arguments: ["item": "chain"], in: context)
            }
        }
        lane.shutDown()
    }

    /// Agent 2, customer 3 and 4 of metadata, session 3 and 4 of metadata, last message 1, one message 3: 20 fields.
    static func context(_ agent: Agent) -> HandlerContext {
        let now = SystemTimeSource().now
        let metadata: JSONObject = [
            "field_01": "a value of 24 characters", "field_02": "a value of 24 characters",
            "field_03": "a value of 24 characters", "field_04": "a value of 24 characters",
        ]
        return HandlerContext(
            agent: agent,
            customer: Customer(id: "customer", createdAt: now, name: "Jane", metadata: metadata), customerTags: [],
            session: Session(
                id: "session", agentID: agent.id, customerID: "customer", createdAt: now, title: "A title",
                metadata: metadata),
            interaction: Interaction(
                messages: [InteractionMessage(role: .customer, text: "How many are in stock?", at: now)]),
            traceID: "0123456789abcdef0123456789abcdef", effects: NoEffects())
    }
}

/// The benchmark's tool does not use the network.
struct NoTransport: HTTPTransport {
    func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        throw HTTPTransportError(.notAllowed, "benchmarks do not use the network")
    }
}

/// The benchmark's tool changes nothing.
private struct NoEffects: TurnEffects {
    func emitMessage(_ text: String) async throws {}
    func emitStatus(_ status: SessionStatus, _ details: JSONObject) async throws {}
    func emitCustom(_ data: JSONValue) async throws {}
    func setVariable(_ name: String, to value: JSONValue) async throws {}
    let keyValues: any KeyValueStore = MemoryKeyValueStore(clock: SystemTimeSource())
    func updateSession(_ change: SessionChange) async throws {}
    func updateCustomer(_ change: CustomerChange) async throws {}
    func customerDocuments(answering question: String, limit: Int) async throws -> [FoundPassage] { [] }
    func customerDocuments() async throws -> [Document] { [] }
    let memories: any CustomerMemories = NoMemories()
}

/// Remembers nothing.
private struct NoMemories: CustomerMemories {
    func search(_ text: String?, limit: Int) async throws -> [FoundMemory] { [] }
    func remember(_ draft: MemoryDraft) async throws -> Memory { throw CancellationError() }
    func forget(_ id: MemoryID) async throws -> Bool { false }
}
