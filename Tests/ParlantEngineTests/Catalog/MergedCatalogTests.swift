import Logging
import ParlantCore
import ParlantEngine
import ParlantStores
import ParlantTesting
import Testing

/// Agents of scripts with what was created over REST, talked to.
@Suite("What was created over REST acts in turns")
struct MergedCatalogTests {
    private let clock = ManualClock()
    private let entities: EntityCatalog
    private let engine: EventEngine

    init() {
        let snapshot = AgentSnapshot.make(
            [.make("hours", "The customer asks about opening hours", responses: ["hours"])],
            responses: [CannedResponse(id: "hours", template: try! CannedResponseTemplate("From 8 to 18."))])
        let ids = CountingIDGenerator()
        entities = EntityCatalog(
            .memory(clock: clock), below: FakeCatalog(snapshots: ["otto": snapshot]), loadedAt: clock.now)
        engine = EventEngine(
            .init(
                sessions: MemorySessionStore(clock: clock, ids: ids),
                customers: MemoryCustomerStore(clock: clock, ids: ids), tags: MemoryTagStore(clock: clock, ids: ids),
                agents: entities.turns,
                variables: entities.customerVariables(clock: clock, ids: ids),
                keyValues: MemoryKeyValueStore(clock: clock), nlp: NoModel(), clock: clock,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
    }

    private func ask(_ text: String, of agent: AgentID = "otto", trace: TraceID) async throws -> String? {
        let session = try await engine.createSession(
            SessionDraft(agentID: agent), allowGreeting: false, traceID: "new"
        ).id
        _ = try await engine.postCustomerMessage(text, participant: nil, to: session, traceID: trace)
        var next = 0
        while true {
            let events = try await engine.waitForEvents(
                of: session, matching: EventQuery(minOffset: next), timeout: .seconds(3600))
            if events.contains(where: \.isCompleted) { break }
            next = (events.last?.offset ?? 0) + 1
        }
        return try await engine.events(of: session, matching: EventQuery(kinds: [.message], source: .aiAgent)).last
            .flatMap { EventData.text(of: $0.data) }
    }

    private func parking(tags: [TagID] = [], enabled: Bool = true) async throws {
        try await entities.guidelines.create(
            Guideline(
                id: "parking",
                content: GuidelineContent(condition: "The customer asks about parking", action: "Say it"),
                tags: .init(tags), enabled: enabled))
        try await entities.cannedResponses.create(
            CannedResponse(
                id: "parking", template: try CannedResponseTemplate("Behind the house."), tags: ["guideline:parking"]))
    }

    private let noMatch = "Not sure I understand. Could you please say that another way?"

    @Test("a guideline for all agents acts in the next turn, beside those of the script")
    func general() async throws {
        #expect(try await ask("Where is the parking?", trace: "t1") == noMatch)
        try await parking()
        #expect(try await ask("Where is the parking?", trace: "t2") == "Behind the house.")
        #expect(try await ask("What are the opening hours?", trace: "t3") == "From 8 to 18.")
    }

    @Test("a guideline with an agent's tag acts for that agent alone")
    func owned() async throws {
        _ = try await entities.agents.create(Agent(id: "ann", name: "Ann"))
        try await parking(tags: ["agent:ann"])
        #expect(try await ask("Where is the parking?", of: "ann", trace: "t1") == "Behind the house.")
        #expect(try await ask("Where is the parking?", of: "otto", trace: "t2") == noMatch)
    }

    @Test("an agent's own tags bring what has them")
    func tagged() async throws {
        _ = try await entities.agents.create(Agent(id: "ann", name: "Ann", tags: ["shop"]))
        try await parking(tags: ["shop"])
        #expect(try await ask("Where is the parking?", of: "ann", trace: "t1") == "Behind the house.")
        #expect(try await ask("Where is the parking?", of: "otto", trace: "t2") == noMatch)
    }

    @Test("changes and deletions act in the next turn, and a disabled guideline does not act")
    func changes() async throws {
        try await parking(enabled: false)
        #expect(try await ask("Where is the parking?", trace: "t1") == noMatch)
        try await entities.guidelines.update("parking") { $0.enabled = true }
        #expect(try await ask("Where is the parking?", trace: "t2") == "Behind the house.")
        try await entities.cannedResponses.update("parking") {
            $0.template = try CannedResponseTemplate("There is none.")
        }
        #expect(try await ask("Where is the parking?", trace: "t3") == "There is none.")
        try await entities.guidelines.delete("parking")
        #expect(try await ask("Where is the parking?", trace: "t4") == noMatch)
    }

    @Test("relationships decide between guidelines of both kinds")
    func relationships() async throws {
        try await parking()
        try await entities.relationships.create(
            Relationship(id: "r", kind: .priority, source: .guideline("parking"), target: .guideline("hours")))
        #expect(
            try await ask("Where is the parking, and what are the opening hours?", trace: "t1") == "Behind the house.")
    }

    @Test("an agent is put together once per change, and is the script's own while nothing was created")
    func cost() async throws {
        let before = try #require(entities.turns.snapshot(of: "otto"))
        #expect(before.generation == 1)
        try await parking()
        let merged = try #require(entities.turns.snapshot(of: "otto"))
        #expect(merged.generation > before.generation)
        #expect(entities.turns.snapshot(of: "otto")?.generation == merged.generation)
        #expect(merged.guidelines.map(\.id) == ["hours", "parking"])
    }

    @Test("a journey brings its triggers and its guidelines, which count while it is active")
    func journeys() async throws {
        try await entities.guidelines.create(
            Guideline(
                id: "wants", content: GuidelineContent(condition: "The customer wants a refund", action: nil),
                tags: ["journey:refund"]))
        try await entities.guidelines.create(
            Guideline(
                id: "calm", content: GuidelineContent(condition: "The customer is angry", action: "Be calm"),
                tags: ["journey:refund"]))
        try await entities.journeys.create(
            Journey(id: "refund", title: "Refund", description: "Give it back.", conditions: ["wants"]))
        let merged = try #require(entities.turns.snapshot(of: "otto"))
        #expect(merged.triggers.map(\.id) == ["wants"])
        #expect(merged.guidelines.first { $0.id == "calm" }?.scope == .journey("refund"))
        #expect(merged.journeys.map(\.id) == ["refund"])
    }

    @Test("variables and capabilities belong to the agents whose tags they have, and to journeys")
    func knowledge() async throws {
        try await entities.journeys.create(
            Journey(id: "refund", title: "Refund", description: "Give it back.", conditions: [], tags: ["agent:otto"]))
        for (id, tags) in [("all", []), ("own", ["agent:otto"]), ("other", ["agent:ann"])] as [(String, [TagID])] {
            try await entities.capabilities.create(
                Capability(id: CapabilityID(id), title: id, description: "Does it.", tags: .init(tags)))
            try await entities.variables.create(
                ContextVariable(id: VariableID(id), name: id, tags: .init(tags)))
        }
        try await entities.variables.create(ContextVariable(id: "sum", name: "sum", tags: ["journey:refund"]))
        let merged = try #require(entities.turns.snapshot(of: "otto"))
        #expect(merged.capabilities.map(\.id) == ["all", "own"])
        #expect(merged.variables.map(\.id) == ["all", "own", "sum"])
        #expect(merged.variables.map(\.scope) == [.agent, .agent, .journey("refund")])
        try await entities.capabilities.delete("own")
        #expect(entities.turns.snapshot(of: "otto")?.capabilities.map(\.id) == ["all"])
    }
}
