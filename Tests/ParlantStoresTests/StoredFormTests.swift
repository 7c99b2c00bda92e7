import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("The stored form")
struct StoredFormTests {
    private func roundTrip<Entity: StoredForm & Equatable>(_ samples: [Entity]) throws {
        for sample in samples {
            #expect(try Entity(storedForm: sample.storedForm) == sample)
            #expect(try Entity(storedBytes: sample.storedBytes) == sample)
            #expect(sample.storedForm["version"] == 1)
        }
    }

    @Test("brings every member of every entity back")
    func entities() throws {
        try roundTrip(EntitySamples.agents)
        try roundTrip(EntitySamples.guidelines)
        try roundTrip(EntitySamples.cannedResponses)
        try roundTrip(EntitySamples.terms)
        try roundTrip(EntitySamples.variables)
        try roundTrip(EntitySamples.values)
        try roundTrip(EntitySamples.capabilities)
        try roundTrip(EntitySamples.journeys)
        try roundTrip(EntitySamples.relationships)
        try roundTrip(EntitySamples.services)
        try roundTrip(EntitySamples.evaluations)
        try roundTrip(EntitySamples.documents)
        try roundTrip(EntitySamples.memories)
        try roundTrip(EntitySamples.journeys.map { Stored($0, createdAt: Timestamp(microseconds: 7)) })
    }

    @Test("brings customers, tags, sessions, events and explanations back")
    func conversations() throws {
        let now = Timestamp(microseconds: 1_764_000_000_123_456)
        try roundTrip([
            Customer(id: "c", createdAt: now, name: "N"),
            Customer(
                id: "ü", createdAt: now, updatedAt: Timestamp(microseconds: 7), name: "\"", about: "ü \"",
                metadata: EntitySamples.json, tags: EntitySamples.tags),
        ])
        try roundTrip([ParlantCore.Tag(id: "t", name: "n", createdAt: now)])
        try roundTrip([
            Session(id: "s", agentID: "a", customerID: "c", createdAt: now),
            Session(
                id: "s", agentID: "a", customerID: "c", createdAt: now, title: "t", mode: .manual,
                consumptionOffsets: ["b": 1, "a": 2], metadata: EntitySamples.json, labels: ["l2", "l1"],
                agentState: AgentState(
                    appliedGuidelines: ["g2", "g1"],
                    journeys: ["j": JourneyPlace(path: ["x", "y"]), "i": JourneyPlace(path: [], hasEnded: true)])),
        ])
        try roundTrip([
            Event(
                id: "e", source: .humanAgentOnBehalfOfAIAgent, kind: .custom, offset: 0, createdAt: now, traceID: "t",
                data: .null),
            Event(
                id: "e", source: .customer, kind: .message, offset: 12, createdAt: now, traceID: "t",
                data: .object(EntitySamples.json), metadata: EntitySamples.json, revision: 3),
        ])
        try roundTrip([
            OpenTurn(session: "s", traceID: "t", openedAt: now),
            OpenTurn(
                session: "s", traceID: "t", causeOffset: 0, openedAt: now, attempts: 2,
                calls: [
                    OpenCall(tool: ToolID(service: "s", name: "n"), arguments: EntitySamples.json),
                    OpenCall(
                        tool: ToolID(service: "s", name: "n"), arguments: [:], outcome: .object(EntitySamples.json)),
                ]),
        ])
        try roundTrip([
            Explanation(session: "s", traceID: "t", content: JSONWriter.bytes(of: .object(EntitySamples.json)))
        ])
    }

    @Test("says which member of which entity is damaged")
    func damage() throws {
        var form = EntitySamples.guidelines[1].storedForm
        form["tools"] = [["service": "s", "name": 1]]
        #expect(throws: StoredFormError("the stored guideline 'full': tools[0].name is no text")) {
            try Guideline(storedForm: form)
        }
        form["tools"] = nil
        form["criticality"] = "huge"
        #expect(
            throws: StoredFormError(
                "the stored guideline 'full': criticality is 'huge', and this program knows low, medium, high")
        ) { try Guideline(storedForm: form) }
        form["criticality"] = nil
        #expect(throws: StoredFormError("the stored guideline 'full': criticality is missing")) {
            try Guideline(storedForm: form)
        }
        #expect(throws: StoredFormError("a stored term is no object")) { try Term(storedBytes: Array("[]".utf8)) }
        #expect(throws: StoredFormError.self) { try Term(storedBytes: Array("{\"id".utf8)) }
    }

    /// A form in which a number was edited, and what is said of it.
    private static let numbers: [(form: JSONObject, key: String, number: Int64, problem: String)] = [
        (event.storedForm, "offset", -1, "the stored event 'e': offset is -1, and has to be from 0 to 2147483647"),
        (
            event.storedForm, "offset", .max,
            "the stored event 'e': offset is 9223372036854775807, and has to be from 0 to 2147483647"
        ),
        (
            event.storedForm, "revision", .max,
            "the stored event 'e': revision is 9223372036854775807, and has to be from 0 to 2147483647"
        ),
        (
            turn.storedForm, "attempts", .max,
            "a stored open turn: attempts is 9223372036854775807, and has to be from 0 to 2147483647"
        ),
        (
            turn.storedForm, "cause", .min,
            "a stored open turn: cause is -9223372036854775808, and has to be from 0 to 2147483647"
        ),
        (
            EntitySamples.agents[0].storedForm, "max_engine_iterations", -1,
            "the stored agent '\(EntitySamples.agents[0].id)': max_engine_iterations is -1, and has to be 0 or more"
        ),
    ]
    private static let event = Event(
        id: "e", source: .customer, kind: .message, offset: 0, createdAt: .first, traceID: "t", data: .null)
    private static let turn = OpenTurn(session: "s", traceID: "t", causeOffset: 0, openedAt: .last)

    @Test("with a number that nobody may calculate with is refused", arguments: numbers.indices)
    func number(_ index: Int) {
        var (form, key, number, problem) = Self.numbers[index]
        form[key] = .integer(number)
        let error = #expect(throws: StoredFormError.self) {
            switch key {
            case "offset", "revision": _ = try Event(storedForm: form)
            case "attempts", "cause": _ = try OpenTurn(storedForm: form)
            default: _ = try Agent(storedForm: form)
            }
        }
        #expect(error?.message == problem)
    }

    @Test("of a newer version is refused and not guessed at")
    func newerVersion() throws {
        var form = EntitySamples.terms[0].storedForm
        form["version"] = 2
        #expect(
            throws: StoredFormError(
                "the stored term 'plain' has the version 2, and this program knows versions up to 1; update the program"
            )
        ) { try Term(storedForm: form) }
    }
}
