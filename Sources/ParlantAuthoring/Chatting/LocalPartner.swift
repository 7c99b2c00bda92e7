import Logging
import LuaRuntime
import ParlantCore
import ParlantEngine
import ParlantScripting
import ParlantServer
import ParlantStores
import Synchronization

/// Agents in this process, which are loaded anew when their files have changed.
final class LocalPartner: ChatPartner {
    private struct State {
        var scripts: LoadedScripts
        var tree: ScriptTree
        var session: SessionID?
        var trace: TraceID = ""
        var offset = 0
        var report: TurnReport?
    }

    private let agent: AgentID
    private let customer: CustomerID
    private let engine: EventEngine
    private let reload: @Sendable () async -> Result<LoadedScripts, LoadProblems>
    private let roots: ScriptRoots
    private let ids: any IDGenerator
    private let shelf: Shelf
    private let desk = TurnDesk(matchesByWords: false)

    /// What the engine reads.
    private final class Shelf: AgentCatalog {
        let state: Mutex<State>

        init(_ state: State) { self.state = Mutex(state) }

        var scripts: LoadedScripts { state.withLock { $0.scripts } }

        func agents() -> [Agent] { state.withLock { $0.scripts.agents() } }

        func snapshot(of id: AgentID) -> AgentSnapshot? { state.withLock { $0.scripts.snapshot(of: id) } }
    }

    /// - Parameters:
    ///   - agent: Whom to talk to; nil: the only one there is.
    ///   - customer: As whom; nil: the guest. Somebody unknown is served under their id.
    ///   - nlp: Makes the provider; plugins are those of the scripts that are served.
    ///   - reload: Loads the scripts.
    /// - Throws: ``ConfigurationError`` with all problems of the scripts, or when there is no such agent.
    init(
        agent: String?, customer: String?, roots: ScriptRoots, clock: any TimeSource, logger: Logger,
        nlp: (PluginDirectory) throws -> any NLPService,
        reload: @escaping @Sendable () async -> Result<LoadedScripts, LoadProblems>
    ) async throws {
        let tree = ScriptTree(roots)
        let ids = RandomIDGenerator()
        let customers = MemoryCustomerStore(clock: clock, ids: ids)
        let tags = MemoryTagStore(clock: clock, ids: ids)
        let documents = MemoryEntityStore<Document>(clock: clock)
        let introduction = ScriptIntroduction(customers: customers, tags: tags, documents: documents)
        let introduce: @Sendable () async -> Result<LoadedScripts, LoadProblems> = {
            let loaded = await reload()
            guard case .success(let scripts) = loaded else { return loaded }
            do {
                return .success(try await introduction.introduce(scripts, after: nil))
            } catch {
                return .failure(
                    LoadProblems([LoadProblem(bundle: "", file: "agents", line: nil, message: "\(error)")]))
            }
        }
        let scripts: LoadedScripts
        switch await introduce() {
        case .success(let loaded): scripts = loaded
        case .failure(let problems): throw ConfigurationError(problems.description)
        }
        self.agent = try Self.choose(agent, among: scripts.agents())
        self.customer = customer.map { CustomerID($0) } ?? Customer.guestID
        self.roots = roots
        self.reload = introduce
        self.ids = ids
        let shelf = Shelf(State(scripts: scripts, tree: tree))
        self.shelf = shelf
        let plugins = PluginDirectory()
        plugins.follow { shelf.scripts }
        engine = EventEngine(
            .init(
                sessions: MemorySessionStore(clock: clock, ids: ids), customers: customers, tags: tags, agents: shelf,
                variables: CustomerVariables(
                    values: MemoryEntityStore<VariableValue>(clock: clock), loadedAt: clock.now, clock: clock, ids: ids),
                keyValues: MemoryKeyValueStore(clock: clock), memories: MemoryEntityStore<Memory>(clock: clock),
                nlp: try nlp(plugins), documents: documents, clock: clock, logger: logger),
            observer: desk)
    }

    private static func choose(_ name: String?, among agents: [Agent]) throws(ConfigurationError) -> AgentID {
        let names = agents.map(\.id.rawValue)
        if let name {
            guard names.contains(name) else { throw ConfigurationError(SpecWording.unknown("agent", name, names)) }
            return AgentID(name)
        }
        guard agents.count == 1, let only = agents.first else {
            throw ConfigurationError(
                names.isEmpty
                    ? "there is no agent here; write one with parlant-runtime new NAME"
                    : "there are several agents; choose one with --agent: \(names.sorted().joined(separator: ", "))")
        }
        return only.id
    }

    func begin() async throws -> String {
        let session = try await engine.createSession(
            SessionDraft(agentID: agent, customerID: customer), allowGreeting: false, traceID: ids.traceID())
        return shelf.state.withLock { state in
            state.session = session.id
            state.offset = 0
            state.report = nil
            return state.scripts.snapshot(of: agent)?.agent.name ?? agent.rawValue
        }
    }

    func refresh() async -> [String] {
        let tree = ScriptTree(roots)
        let hasChanged = shelf.state.withLock { state in
            defer { state.tree = tree }
            return state.tree != tree
        }
        guard hasChanged else { return [] }
        switch await reload() {
        case .failure(let problems):
            return problems.problems.map(\.description) + ["not reloaded; the agent goes on as it was"]
        case .success(let scripts):
            guard scripts.snapshot(of: agent) != nil else {
                return ["the agent '\(agent)' is gone; it goes on as it was"]
            }
            shelf.state.withLock { $0.scripts = scripts }
            return ["reloaded"]
        }
    }

    func say(_ text: String) async throws -> Bool {
        let trace = ids.traceID()
        let session = shelf.state.withLock { state in
            state.trace = trace
            return state.session ?? ""
        }
        let mode = try await engine.session(session).mode
        _ = try await engine.postCustomerMessage(text, participant: nil, to: session, traceID: trace)
        return mode == .auto
    }

    func events() async throws -> [ChatEvent] {
        let (session, offset, trace) = shelf.state.withLock { ($0.session ?? "", $0.offset, $0.trace) }
        let query = EventQuery(minOffset: offset)
        var events = try await engine.waitForEvents(of: session, matching: query, timeout: .seconds(60))
        for index in events.indices where EventData.isIncomplete(events[index].data) {
            events[index] = try await engine.waitForCompletion(
                of: events[index].id, in: session, timeout: .seconds(60))
        }
        if let last = events.last { shelf.state.withLock { $0.offset = last.offset + 1 } }
        let shown = events.chatEvents(of: trace)
        if shown.contains(.done) {
            let report = await desk.nextReport()
            shelf.state.withLock { $0.report = report }
        }
        return shown
    }

    func explanation() async throws -> JSONValue? {
        guard let report = shelf.state.withLock({ $0.report }) else { return nil }
        return try JSONParser.parse(report.explanation.content)
    }
}
