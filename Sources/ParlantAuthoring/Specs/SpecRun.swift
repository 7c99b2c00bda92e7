import Logging
import LuaRuntime
import ParlantCore
import ParlantEngine
import ParlantNLP
import ParlantScripting
import ParlantServer
import ParlantStores
import Synchronization

/// What all tests share: the agents, loaded once.
struct SpecStage: Sendable {
    let scripts: LoadedScripts
    let coverage: CoverageLog
    /// The configured provider, for live tests.
    let model: (any NLPService)?
    let ids: any IDGenerator = RandomIDGenerator()
}

/// One run of one test: the conversations that it began.
final class SpecRun: Sendable {
    /// What a test may ask of a conversation.
    struct Options: Sendable {
        var agent: AgentID
        /// Somebody whom scripts define.
        var knownCustomer: CustomerID?
        /// Somebody whom the test describes.
        var customer: CustomerDraft?
        /// Names of tags that the customer has, beside those of the draft.
        var customerTags: [String] = []
        var now: Timestamp?
        var settings: JSONObject = [:]
        /// Values that the agent's variables have for the customer, by name.
        var variables: JSONObject = [:]
        var matchesByWords = false
    }

    let stage: SpecStage
    let isLive: Bool
    private let conversations = Mutex<[SpecConversation]>([])
    private let traces = Atomic<Int>(0)

    init(stage: SpecStage, isLive: Bool) {
        self.stage = stage
        self.isLive = isLive
    }

    /// The conversation of this number.
    func conversation(_ number: Int64) -> SpecConversation? {
        conversations.withLock { $0.indices.contains(Int(number)) ? $0[Int(number)] : nil }
    }

    /// A name for the next turn.
    func nextTrace() -> TraceID { TraceID("test-\(traces.add(1, ordering: .relaxed).newValue)") }

    /// Begins a conversation and returns its number.
    ///
    /// - Throws: `HostError` for settings that do not exist.
    func begin(_ options: Options) async throws -> Int64 {
        let world = TestWorld(now: options.now)
        let conversation = try await TestWorld.$current.withValue(world) { try await open(options, in: world) }
        return conversations.withLock { conversations in
            conversations.append(conversation)
            return Int64(conversations.count - 1)
        }
    }

    private func open(_ options: Options, in world: TestWorld) async throws -> SpecConversation {
        let customers = MemoryCustomerStore(clock: world.clock, ids: stage.ids)
        let tags = MemoryTagStore(clock: world.clock, ids: stage.ids)
        let documents = MemoryEntityStore<Document>(clock: world.clock)
        let scripts = try await ScriptIntroduction(customers: customers, tags: tags, documents: documents)
            .introduce(stage.scripts, after: nil)
        guard var snapshot = scripts.snapshot(of: options.agent) else {
            let names = scripts.agents().map(\.id.rawValue)
            throw HostError(SpecWording.unknown("agent", options.agent.rawValue, names))
        }
        do {
            snapshot = try snapshot.overridingSettings(options.settings)
        } catch {
            throw HostError("test.conversation: \(error)")
        }
        let customer = try await customer(options, customers, tags)
        let variables = try await variables(options.variables, of: snapshot, for: customer, clock: world.clock)
        let desk = TurnDesk(matchesByWords: options.matchesByWords, journeys: snapshot.journeys)
        var settings = EngineSettings()
        settings.phrases.noMatch = "(no reply was scripted)"
        let engine = EventEngine(
            .init(
                sessions: MemorySessionStore(clock: world.clock, ids: stage.ids), customers: customers, tags: tags,
                agents: OneAgent(snapshot: snapshot), variables: variables,
                keyValues: MemoryKeyValueStore(clock: world.clock),
                memories: MemoryEntityStore<Memory>(clock: world.clock),
                nlp: isLive ? stage.model ?? OfflineService() : OfflineService(), documents: documents,
                clock: world.clock, logger: DefectLogHandler.logger),
            settings: isLive ? .init() : settings, director: isLive ? nil : desk, observer: desk)
        let session = try await engine.createSession(
            SessionDraft(agentID: options.agent, customerID: customer), allowGreeting: false, traceID: nextTrace())
        return SpecConversation(
            snapshot: snapshot, engine: engine, session: session.id, desk: desk, world: world,
            coverage: stage.coverage, judge: isLive ? stage.model : nil)
    }

    /// The variables as a server has them: values that the test gives go before those of the script.
    private func variables(
        _ given: JSONObject, of snapshot: AgentSnapshot, for customer: CustomerID, clock: any TimeSource
    ) async throws -> CustomerVariables {
        let variables = CustomerVariables(
            values: MemoryEntityStore<VariableValue>(clock: clock), loadedAt: clock.now, clock: clock, ids: stage.ids)
        for (name, value) in given {
            do {
                try await variables.set(name, to: value, for: customer, of: snapshot)
            } catch let error as StoreError where error.code == .notFound {
                let names = snapshot.variables.filter { $0.scope == .agent }.map(\.name)
                throw HostError("test.conversation: variables: \(SpecWording.unknown("variable", name, names))")
            } catch let error as StoreError where error.code == .protected {
                throw HostError("test.conversation: variables: \(error.message); add 'customer'")
            }
        }
        return variables
    }

    /// The customer of the conversation: one whom scripts define, by id, or one whom the test describes.
    private func customer(
        _ options: Options, _ customers: MemoryCustomerStore, _ tags: MemoryTagStore
    ) async throws -> CustomerID {
        if let id = options.knownCustomer {
            let known = stage.scripts.customers([:]).compactMap(\.id?.rawValue) + [Customer.guestID.rawValue]
            guard known.contains(id.rawValue) else {
                throw HostError("test.conversation: customer: \(SpecWording.unknown("customer", id.rawValue, known))")
            }
            return id
        }
        guard var draft = options.customer else { return Customer.guestID }
        for name in options.customerTags { draft.tags.append(try await tags.ensure(name: name).id) }
        do {
            return try await customers.create(draft).id
        } catch let error as StoreError where error.code == .alreadyExists {
            return draft.id ?? Customer.guestID
        }
    }
}

/// The agent of a conversation.
private struct OneAgent: AgentCatalog {
    let snapshot: AgentSnapshot

    func agents() -> [Agent] { [snapshot.agent] }

    func snapshot(of id: AgentID) -> AgentSnapshot? { id == snapshot.agent.id ? snapshot : nil }
}
