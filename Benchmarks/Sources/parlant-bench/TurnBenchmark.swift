import Foundation
import Logging
import ParlantCore
import ParlantEngine
import ParlantStores

/// Turns with a model that answers at once: what is left is the engine's own time.
struct TurnBenchmark {
    /// Guidelines of the agent.
    var guidelines: Int
    /// Turns that are measured one after the other, after a tenth as many that are not.
    var turns: Int

    func run() async throws {
        let alone = try await Conversations(guidelines: guidelines, sessions: 1)
        _ = try await alone.times(of: turns / 10)
        let times = try await alone.times(of: turns).sorted()
        try print(Row(name: "turn-p50", value: times[times.count / 2]))
        try print(Row(name: "turn-p99", value: times[min(times.count - 1, times.count * 99 / 100)]))

        let crowd = try await Conversations(guidelines: guidelines, sessions: 32)
        _ = try await crowd.times(of: max(1, turns / 320))
        let begin = (wall: ContinuousClock.now, cpu: Self.cpuSeconds())
        let count = try await crowd.times(of: max(1, turns / 32)).count
        let seconds = Double((ContinuousClock.now - begin.wall).microseconds) / 1e6
        try print(Row(name: "turns-of-32-sessions", value: Double(count) / seconds))
        try print(Row(name: "busy-cores", value: (Self.cpuSeconds() - begin.cpu) / seconds))
    }

    private func print(_ row: Row) throws {
        Swift.print(String(decoding: try JSONEncoder().encode(row), as: UTF8.self))
    }

    /// A figure: microseconds of a turn, turns per second, or cores.
    private struct Row: Encodable {
        var name: String
        var value: Double
    }

    /// Time on a core of all threads of this process.
    private static func cpuSeconds() -> Double {
        // POSIX fixes the unit of `clock` to microseconds.
        Double(clock()) / 1e6
    }
}

/// Sessions with one agent, each of which says something and waits for the end of the turn.
private struct Conversations {
    private let engine: EventEngine
    private var sessions: [SessionID] = []

    init(guidelines: Int, sessions count: Int) async throws {
        let clock = SystemTimeSource()
        let ids = RandomIDGenerator()
        let stores = EntityStores.memory(clock: clock)
        let agent = Agent(id: "bench", name: "Bench", description: "Answers questions of a bicycle shop.")
        let snapshot = AgentSnapshot(
            agent: agent, guidelines: (1...guidelines).map(Self.guideline), handlers: ScriptlessHandlers())
        engine = EventEngine(
            .init(
                sessions: MemorySessionStore(clock: clock, ids: ids),
                customers: MemoryCustomerStore(clock: clock, ids: ids), tags: MemoryTagStore(clock: clock, ids: ids),
                agents: OneAgent(one: snapshot),
                variables: CustomerVariables(
                    values: stores.values, loadedAt: clock.now, clock: clock, ids: ids),
                keyValues: MemoryKeyValueStore(clock: clock), nlp: InstantModel(),
                explanations: MemoryExplanationStore(), clock: clock,
                logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })))
        for _ in 0..<count { sessions.append(try await session()) }
    }

    private static func guideline(_ number: Int) -> Guideline {
        Guideline(
            id: GuidelineID("g\(number)"),
            content: GuidelineContent(
                condition: "The customer asks about part number \(number) of the catalogue",
                action: "Name the price of part number \(number) and the day on which it can be collected"))
    }

    private func session() async throws -> SessionID {
        try await engine.createSession(SessionDraft(agentID: "bench"), allowGreeting: false, traceID: "new").id
    }

    /// Microseconds of each turn, `count` per session; sessions side by side, the turns of one after the other.
    /// A session is left after 20 turns for a new one, so that the conversation has a usual length.
    func times(of count: Int) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for first in sessions {
                group.addTask { [self] in
                    var session = first
                    var times: [Double] = []
                    for turn in 0..<count {
                        if turn > 0, turn.isMultiple(of: 20) { session = try await self.session() }
                        let begin = ContinuousClock.now
                        try await self.turn(TraceID("\(first)-\(turn)"), session)
                        times.append(Double((ContinuousClock.now - begin).microseconds))
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func turn(_ trace: TraceID, _ session: SessionID) async throws {
        let posted = try await engine.postCustomerMessage(
            "Is part number 7 in stock, and what does it cost?", participant: nil, to: session, traceID: trace)
        var next = posted.offset + 1
        while true {
            let events = try await engine.waitForEvents(
                of: session, matching: EventQuery(minOffset: next, kinds: [.status]), timeout: .seconds(30))
            guard let last = events.last else { throw BenchmarkError("a turn did not end") }
            if events.contains(where: { $0.data["data"]?["stage"] == "completed" }) { return }
            next = last.offset + 1
        }
    }
}

/// The catalogue of the benchmark's agent.
private struct OneAgent: AgentCatalog {
    let one: AgentSnapshot

    func agents() -> [Agent] { [one.agent] }
    func snapshot(of id: AgentID) -> AgentSnapshot? { id == one.agent.id ? one : nil }
}

/// Answers each request at once with the plainest value that fits its schema.
private struct InstantModel: NLPService, SchematicGenerator {
    var summary: String { "instant" }
    var generator: (any SchematicGenerator)? { self }
    var embedder: (any Embedder)? { nil }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        Generation(content: Self.sample(request.schema), usage: TokenUsage(input: 1, output: 1))
    }

    private static func sample(_ schema: JSONValue) -> JSONValue {
        if let first = schema["enum"]?.array?.first { return first }
        if let first = schema["anyOf"]?.array?.first { return sample(first) }
        switch schema["type"]?.string {
        case "object":
            var value: JSONObject = [:]
            for name in schema["required"]?.array?.compactMap(\.string) ?? [] {
                value[name] = sample(schema["properties"]?[name] ?? .null)
            }
            return .object(value)
        case "array": return []
        case "string": return "It is in stock."
        case "boolean": return false
        case "integer", "number": return 0
        default: return .null
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
