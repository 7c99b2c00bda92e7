import HTTPTypes
import ParlantCore
import Testing

/// An agent with everything that a script can define beside guidelines.
private struct ScriptedClinic: AgentCatalog {
    private static let place = SourceLocation(file: "agents/clinic.lua", line: 7)
    private static let graph = JourneyGraph(
        start: "ask", states: [JourneyState(name: "ask", kind: .chat(instruction: "Ask when"))])

    private static let snapshot = AgentSnapshot(
        agent: Agent(id: "clinic", name: "Clinic", location: place),
        guidelines: [
            Guideline(
                id: "in_pain", content: .init(condition: "They are in pain", action: "Offer today"),
                scope: .journey("visit"), location: place)
        ],
        terms: [Term(id: "t", name: "Triage", description: "Who comes first.", location: place)],
        variables: [ContextVariable(id: "v", name: "plan", location: place)],
        variableValues: [
            VariableValue(
                variable: "v", key: "DEFAULT", revision: "r", modifiedAt: Timestamp(microseconds: 0), data: "basic",
                location: place)
        ],
        journeys: [
            Journey(
                id: "visit", title: "Visit", description: "d", conditions: ["start"], graph: graph, location: place)
        ],
        triggers: [
            Guideline(
                id: "start", content: .init(condition: "They want to come", action: nil), tags: ["journey:visit"],
                location: place)
        ],
        relationships: [
            Relationship(
                id: "r", kind: .priority, source: .guideline("in_pain"), target: .tag("journey:visit"), location: place)
        ],
        handlers: ScriptlessHandlers())

    func agents() -> [Agent] { [Self.snapshot.agent] }

    func snapshot(of id: AgentID) -> AgentSnapshot? { id == "clinic" ? Self.snapshot : nil }
}

@Suite("What a script defines is listed over REST")
struct ScriptEntityTests {
    private let fixture = Fixture(scripts: ScriptedClinic())

    @Test("with the tag of its agent, or of its journey")
    func tags() async throws {
        #expect(try await fixture.send(.get, "/terms").value[0]["tags"].json == ["agent:clinic"])
        #expect(try await fixture.send(.get, "/context-variables").value[0]["tags"].json == ["agent:clinic"])
        #expect(try await fixture.send(.get, "/journeys?tag_id=agent:clinic").value[0]["conditions"].json == ["start"])
        let guidelines = try await fixture.send(.get, "/guidelines?tag_id=journey:visit").value
        #expect(try guidelines[0]["id"].json == "start")
    }

    @Test("journeys with the drawing of their states")
    func mermaid() async throws {
        let text = try await fixture.send(.get, "/journeys/visit/mermaid").text
        #expect(text.contains("state \"ask#58; Ask when\" as s1"))
        #expect(text.contains("[*] --> journey: They want to come"))
    }

    @Test("relationships, and that what a journey has depends on it")
    func relationships() async throws {
        let found = try await fixture.send(.get, "/relationships?guideline_id=in_pain").value
        #expect(try found[0]["kind"].json == "dependency")
        #expect(try found[1]["kind"].json == "priority")
        #expect(try found[1]["target_tag"].json == ["id": "journey:visit", "name": "Visit"])
    }

    @Test("values of variables, which REST may replace and bring back")
    func values() async throws {
        func data() async throws -> JSONValue {
            try await fixture.send(.get, "/context-variables/v").value["key_value_pairs"]["DEFAULT"]["data"].json
        }
        #expect(try await data() == "basic")
        #expect(try await fixture.send(.put, "/context-variables/v/DEFAULT", #"{"data":"gold"}"#).status == 200)
        #expect(try await data() == "gold")
        #expect(try await fixture.send(.delete, "/context-variables/v/DEFAULT").status == 204)
        #expect(try await data() == "basic")
        #expect(try await fixture.send(.delete, "/context-variables/v/DEFAULT").status == 409)
    }

    @Test(
        "and changed only there: a refusal names the line and changes nothing",
        arguments: [
            (.patch, "/terms/t", #"{"name":"x"}"#), (.delete, "/terms/t", ""),
            (.patch, "/context-variables/v", #"{"name":"x"}"#), (.delete, "/context-variables/v", ""),
            (.delete, "/context-variables", ""), (.patch, "/journeys/visit", #"{"conditions":{"add":["mine"]}}"#),
            (.delete, "/journeys/visit", ""), (.delete, "/relationships/r", ""), (.delete, "/guidelines/start", ""),
            (
                .post, "/relationships",
                #"{"kind":"priority","source_guideline":"in_pain","target_tag":"journey:visit"}"#
            ),
        ] as [(HTTPRequest.Method, String, String)])
    func refusals(method: HTTPRequest.Method, path: String, body: String) async throws {
        try await fixture.send(.post, "/guidelines", #"{"id":"mine","condition":"c"}"#)
        let before = try await fixture.entityInventory()
        let answer = try await fixture.send(method, path, body)
        #expect(answer.status == 409)
        #expect(answer.text.contains("agents/clinic.lua:7"))
        #expect(try await fixture.entityInventory() == before)
    }
}
