import HTTPTypes
import ParlantCore
import Testing

@Suite("/guidelines")
struct GuidelineRouteTests {
    private let fixture = Fixture.withScripts()

    @Test("show what scripts define, with the tag of the agent and the tools")
    func scripted() async throws {
        let list = try await fixture.send(.get, "/guidelines").value
        #expect(try list.elements.map { try $0["id"].string } == ["move", "angry"])
        #expect(try list[1]["condition"].string == "")
        let one = try await fixture.send(.get, "/guidelines/move").value
        #expect(try one["guideline"]["tags"].json == ["agent:bank"])
        #expect(
            try one["tool_associations"].json == [
                [
                    "id": "move|bank:transfer", "guideline_id": "move",
                    "tool_id": ["service_name": "bank", "tool_name": "transfer"],
                ]
            ])
        #expect(try await fixture.send(.get, "/guidelines?tag_id=agent:bank").value.elements.count == 2)
        #expect(try await fixture.send(.get, "/guidelines?tag_id=none").text == "[]")
    }

    @Test("get tools and lose them; one that is not there cannot be taken away")
    func associations() async throws {
        try await fixture.send(.post, "/guidelines", #"{"id":"g","condition":"c"}"#)
        let tool = #"{"service_name":"bank","tool_name":"transfer"}"#
        let added = try await fixture.send(
            .patch, "/guidelines/g", #"{"tool_associations":{"add":[\#(tool),\#(tool)]}}"#)
        #expect(try added.value["tool_associations"].elements.count == 1)
        let unknown = try await fixture.send(
            .patch, "/guidelines/g",
            #"{"action":"a","tool_associations":{"add":[{"service_name":"x","tool_name":"y"}]}}"#)
        #expect(unknown.status == 404)
        #expect(unknown.text == #"{"detail":"Tool not found (service='x', tool='y') (id='y')"}"#)
        let removed = try await fixture.send(
            .patch, "/guidelines/g", #"{"tool_associations":{"remove":[\#(tool)]}}"#)
        #expect(try removed.value["tool_associations"].json == [])
        let again = try await fixture.send(
            .patch, "/guidelines/g", #"{"action":"a","tool_associations":{"remove":[\#(tool)]}}"#)
        #expect(again.status == 404)
        #expect(again.text == #"{"detail":"Item 'bank:transfer' not found"}"#)
        #expect(try await fixture.send(.get, "/guidelines/g").value["guideline"]["action"].json == .null)
    }

    @Test("leave no relationship and no journey behind when they are deleted")
    func deletion() async throws {
        try await fixture.send(.post, "/guidelines", #"{"id":"g","condition":"c"}"#)
        let journey = #"{"id":"j","title":"t","description":"d","conditions":[]}"#
        try await fixture.send(.post, "/journeys", journey)
        try await fixture.send(.patch, "/journeys/j", #"{"conditions":{"add":["g"]}}"#)
        let related = #"{"kind":"priority","source_guideline":"g","target_guideline":"move"}"#
        try await fixture.send(.post, "/relationships", related)
        #expect(try await fixture.send(.get, "/guidelines/move").value["relationships"].elements.count == 1)
        #expect(try await fixture.send(.delete, "/guidelines/g").status == 204)
        #expect(try await fixture.send(.get, "/guidelines/move").value["relationships"].json == [])
        #expect(try await fixture.send(.get, "/relationships").text == "[]")
        #expect(try await fixture.send(.get, "/journeys/j").value["conditions"].json == [])
    }
}

@Suite("/agents that are created")
struct CreatedAgentTests {
    private let fixture = Fixture.withScripts()

    @Test("stand after those of scripts, and have sessions")
    func sessions() async throws {
        let made = try await fixture.send(.post, "/agents", #"{"id":"new","name":"New","description":""}"#)
        #expect(try made.value["description"].json == .null)
        let list = try await fixture.send(.get, "/agents").value.elements.map { try $0["id"].string }
        #expect(list == ["bank", "new"])
        let session = try await fixture.send(.post, "/sessions", #"{"agent_id":"new"}"#)
        #expect(session.status == 201)
        let term = #"{"name":"n","description":"d","tags":["agent:new"]}"#
        #expect(try await fixture.send(.post, "/terms", term).status == 201)
        #expect(try await fixture.send(.delete, "/agents/new").status == 204)
        #expect(try await fixture.send(.get, "/sessions/\(session.value["id"].string)").status == 200)
        #expect(try await fixture.send(.post, "/sessions", #"{"agent_id":"new"}"#).status == 404)
        #expect(try await fixture.send(.get, "/terms?tag_id=agent:new").value.elements.count == 1)
    }
}

@Suite("/canned_responses")
struct CannedResponseRouteTests {
    private let fixture = Fixture.withScripts()

    @Test("keep everything, and are filtered by any of several tags")
    func all() async throws {
        let body =
            #"{"value":"Hi {{n}}","fields":[{"name":"n","description":"d","examples":["e","f"]}],"#
            + #""tags":["agent:bank"],"signals":["hey"],"metadata":{"a":{"b":null}},"field_dependencies":["x"]}"#
        let made = try await fixture.send(.post, "/canned_responses", body).value
        #expect(try made["fields"].json == [["name": "n", "description": "d", "examples": ["e", "f"]]])
        #expect(try made["signals"].json == ["hey"])
        #expect(try made["metadata"].json == ["a": ["b": .null]])
        #expect(try made["field_dependencies"].json == ["x"])
        let id = try made["id"].string
        let tagged = try await fixture.send(.get, "/canned_responses?tags=none&tags=agent:bank").value
        #expect(try tagged.elements.map { try $0["id"].string } == ["hello", id])
        #expect(try await fixture.send(.get, "/canned_responses?tags=none").text == "[]")
    }

    @Test("keep their fields when only the value changes, and take none without a value")
    func fields() async throws {
        let body = #"{"value":"Hi {{n}}","fields":[{"name":"n","description":"d","examples":[]}]}"#
        let made = try await fixture.send(.post, "/canned_responses", body).value
        let uri = try "/canned_responses/\(made["id"].string)"
        let changed = try await fixture.send(.patch, uri, #"{"value":"Ho {{n}}"}"#).value
        #expect(try changed["fields"].json == made["fields"].json)
        let refused = try await fixture.send(.patch, uri, #"{"fields":[],"metadata":{"set":{"a":1}}}"#)
        #expect(refused.status == 422)
        #expect(
            refused.text
                == #"{"detail":"CannedResponse fields cannot be updated without providing a new value."}"#)
        let broken = try await fixture.send(.patch, uri, #"{"value":"Hi\n{{ n | lowr }}"}"#)
        #expect(broken.status == 422)
        #expect(
            broken.text
                == #"{"detail":"The value is not a template: line 2: unknown filter 'lowr' (did you mean 'lower'?)."}"#)
        #expect(try await fixture.send(.get, uri).value.json == changed.json)
        let emptied = try await fixture.send(.patch, uri, #"{"value":"Ho","fields":[]}"#).value
        #expect(try emptied["fields"].json == [])
    }
}
