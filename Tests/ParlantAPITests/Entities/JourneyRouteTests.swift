import HTTPTypes
import ParlantCore
import Testing

@Suite("/journeys")
struct JourneyRouteTests {
    private let fixture = Fixture.withScripts()

    private func create(_ id: String, _ conditions: String = #"["asks","wants"]"#) async throws -> [String] {
        let body = #"{"id":"\#(id)","title":"Refund","description":"d","conditions":\#(conditions)}"#
        return try await fixture.send(.post, "/journeys", body).value["conditions"].elements.map { try $0.string }
    }

    @Test("make an observation with their tag for each condition")
    func conditions() async throws {
        let ids = try await create("j")
        let found = try await fixture.send(.get, "/guidelines?tag_id=journey:j").value.elements
        #expect(try found.map { try $0["id"].string } == ids)
        #expect(try found.map { try $0["condition"].string } == ["asks", "wants"])
        #expect(try found.allSatisfy { try $0["action"].json == .null && $0["tags"].json == ["journey:j"] })
    }

    @Test("that cannot be created leave no condition behind")
    func refused() async throws {
        _ = try await create("j")
        let before = try await fixture.entityInventory()
        let body = #"{"id":"j","title":"t","description":"d","conditions":["c"]}"#
        #expect(try await fixture.send(.post, "/journeys", body).status == 409)
        let tagged = #"{"title":"t","description":"d","conditions":["c"],"tags":["none"]}"#
        #expect(try await fixture.send(.post, "/journeys", tagged).status == 404)
        #expect(try await fixture.entityInventory() == before)
    }

    @Test("get conditions with their tag, and lose them; one that has nothing else is deleted")
    func changeConditions() async throws {
        let first = try await create("j", #"["asks"]"#)[0]
        try await fixture.send(.post, "/guidelines", #"{"id":"g","condition":"c","tags":["agent:bank"]}"#)
        let added = try await fixture.send(
            .patch, "/journeys/j", #"{"conditions":{"add":["g"],"remove":["\#(first)"]}}"#)
        #expect(try added.value["conditions"].json == ["g"])
        #expect(try await fixture.send(.get, "/guidelines/\(first)").status == 404)
        let claimed = try await fixture.send(.get, "/guidelines/g").value["guideline"]
        #expect(try claimed["tags"].json == ["agent:bank", "journey:j"])
        let removed = try await fixture.send(.patch, "/journeys/j", #"{"conditions":{"remove":["g"]}}"#)
        #expect(try removed.value["conditions"].json == [])
        let released = try await fixture.send(.get, "/guidelines/g").value["guideline"]
        #expect(try released["tags"].json == ["agent:bank"])
    }

    @Test(
        "refuse conditions that are not there or belong to a script, and stay as they were",
        arguments: [
            (#"{"add":["none"]}"#, 404, "Item 'none' not found"),
            (#"{"remove":["none"]}"#, 404, "Item 'none' not found"),
            (#"{"add":["g","none"]}"#, 404, "Item 'none' not found"),
            (#"{"add":["move"]}"#, 409, "The guideline 'move' is defined in agents/bank/init.lua:12; change it there."),
        ])
    func refusedConditions(change: String, status: Int, sentence: String) async throws {
        _ = try await create("j")
        try await fixture.send(.post, "/guidelines", #"{"id":"g","condition":"c"}"#)
        let before = try await fixture.entityInventory()
        let answer = try await fixture.send(.patch, "/journeys/j", #"{"title":"x","conditions":\#(change)}"#)
        #expect(answer.status == status)
        #expect(answer.text == #"{"detail":"\#(sentence)"}"#)
        #expect(try await fixture.entityInventory() == before)
    }

    @Test("take their conditions with them, but not those that another journey uses")
    func deletion() async throws {
        let ids = try await create("j")
        _ = try await create("k", "[]")
        try await fixture.send(.patch, "/journeys/k", #"{"conditions":{"add":["\#(ids[0])"]}}"#)
        #expect(try await fixture.send(.delete, "/journeys/j").status == 204)
        let left = try await fixture.send(.get, "/guidelines/\(ids[0])").value["guideline"]
        #expect(try left["tags"].json == ["journey:k"])
        #expect(try await fixture.send(.get, "/guidelines/\(ids[1])").status == 404)
    }

    @Test("are drawn as a diagram that no title can break")
    func mermaid() async throws {
        let body = #"{"id":"m","title":"A \"b\"\n; c","description":"d","conditions":["x: y"]}"#
        try await fixture.send(.post, "/journeys", body)
        let answer = try await fixture.send(.get, "/journeys/m/mermaid")
        #expect(answer.header("content-type") == "text/plain; charset=utf-8")
        #expect(
            answer.text == """
                stateDiagram-v2
                    state "A #34;b#34; #59; c" as journey
                    [*] --> journey: x#58; y
                    journey --> [*]

                """)
    }
}
