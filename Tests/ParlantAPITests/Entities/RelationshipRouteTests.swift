import HTTPTypes
import ParlantCore
import Testing

@Suite("/relationships")
struct RelationshipRouteTests {
    private let fixture = Fixture.withScripts()

    /// Guidelines a, b, c and d.
    private func guidelines() async throws {
        for id in ["a", "b", "c", "d"] {
            try await fixture.send(.post, "/guidelines", #"{"id":"\#(id)","condition":"c","priority":7}"#)
        }
    }

    @discardableResult
    private func relate(_ source: String, _ target: String, _ kind: String = "entailment") async throws -> String {
        let body = #"{"kind":"\#(kind)","source_guideline":"\#(source)","target_guideline":"\#(target)"}"#
        return try await fixture.send(.post, "/relationships", body).value["id"].string
    }

    private func list(_ query: String) async throws -> [String] {
        try await fixture.send(.get, "/relationships?\(query)").value.elements.map { try $0["id"].string }
    }

    @Test("show their ends whole, and null where there is none")
    func ends() async throws {
        try await guidelines()
        let made = try await fixture.send(
            .post, "/relationships",
            #"{"kind":"priority","source_guideline":"a","target_tag":"agent:bank"}"#)
        #expect(made.status == 201)
        let guideline = try await fixture.send(.get, "/guidelines/a").value["guideline"].json
        #expect(try made.value["source_guideline"].json == guideline)
        #expect(try made.value["target_tag"].json == ["id": "agent:bank", "name": "Bank"])
        for name in ["source_tag", "source_tool", "target_guideline", "target_tool"] {
            #expect(try made.value[name].json == .null)
        }
        #expect(try await fixture.send(.get, "/relationships/\(made.value["id"].string)").text == made.text)
        let tool = try await fixture.send(
            .post, "/relationships",
            #"{"kind":"overlap","source_tool":{"service_name":"bank","tool_name":"transfer"},"target_guideline":"a"}"#)
        #expect(try tool.value["source_tool"]["name"].string == "transfer")
        #expect(try await list("tool_id=bank:transfer&indirect=false") == [tool.value["id"].string])
        #expect(try await list("tag_id=agent:bank&indirect=false") == [made.value["id"].string])
    }

    @Test("replace the same one, under a new id")
    func repeated() async throws {
        try await guidelines()
        let first = try await relate("a", "b")
        let second = try await relate("a", "b")
        #expect(first != second)
        #expect(try await list("") == [second])
    }

    @Test("are found along chains of one kind, forwards and backwards, each once, loops too")
    func chains() async throws {
        try await guidelines()
        let ab = try await relate("a", "b")
        let bc = try await relate("b", "c")
        let ca = try await relate("c", "a")
        let db = try await relate("d", "b")
        let other = try await relate("c", "d", "priority")
        #expect(try await list("guideline_id=a") == [ab, bc, ca, db])
        #expect(try await list("guideline_id=a&indirect=false") == [ab, ca])
        #expect(try await list("guideline_id=c&kind=priority") == [other])
        #expect(try await list("kind=priority") == [other])
        #expect(try await list("guideline_id=none") == [])
        let envelope = try await fixture.send(.get, "/guidelines/d").value["relationships"].elements
        #expect(try Set(envelope.map { try $0["id"].string }) == [ab, bc, ca, db, other])
    }

    @Test("outlive a tag or a journey at one of their ends, and lists do too")
    func gone() async throws {
        try await guidelines()
        let tag = try await fixture.send(.post, "/tags", #"{"name":"vip"}"#).value["id"].string
        let journey = #"{"id":"j","title":"Refund","description":"d","conditions":[]}"#
        try await fixture.send(.post, "/journeys", journey)
        try await fixture.send(
            .post, "/relationships", #"{"kind":"priority","source_tag":"\#(tag)","target_tag":"journey:j"}"#)
        let before = try await fixture.send(.get, "/relationships").value[0]
        #expect(try before["source_tag"]["name"].string == "vip")
        #expect(try before["target_tag"]["name"].string == "Refund")
        try await fixture.send(.delete, "/tags/\(tag)")
        try await fixture.send(.delete, "/journeys/j")
        let after = try await fixture.send(.get, "/relationships").value[0]
        #expect(try after["source_tag"].json == ["id": .string(tag), "name": .string(tag)])
        #expect(try after["target_tag"]["name"].string == "journey:j")
        #expect(try await fixture.send(.delete, "/relationships/\(after["id"].string)").status == 204)
        #expect(try await list("") == [])
    }
}

@Suite("/services and /evaluations")
struct ServiceRouteTests {
    private let fixture = Fixture.withScripts()

    @Test("bundles are services, with their tools")
    func bundles() async throws {
        #expect(
            try await fixture.send(.get, "/services").text
                == #"[{"name":"bank","kind":"sdk","url":"lua:bank","tools":null}]"#)
        let tool = try await fixture.send(.get, "/services/bank").value["tools"][0]
        #expect(try tool["description"].string == "Moves money.")
        #expect(
            try tool["parameters"].json == [
                "amount": ["type": "number", "description": .null, "enum": .null],
                "currency": ["type": "string", "description": "Which.", "enum": ["EUR", "USD"]],
                "on": ["type": "string", "description": .null, "enum": .null],
            ])
        #expect(try tool["required"].json == ["amount"])
    }

    @Test("services outside are kept and replaced, and their tools are not known")
    func outside() async throws {
        let made = try await fixture.send(.put, "/services/s", #"{"kind":"sdk","sdk":{"url":"http://x:1"}}"#)
        #expect(made.status == 200)
        #expect(made.text == #"{"name":"s","kind":"sdk","url":"http://x:1","tools":null}"#)
        #expect(try await fixture.send(.get, "/services/s").text == made.text)
        let old = try await fixture.send(
            .put, "/services/s", #"{"kind":"openapi","openapi":{"url":"https://y","source":"https://y/z"}}"#)
        #expect(old.header("deprecation") == "true")
        #expect(old.header("x-deprecation-notice")?.isEmpty == false)
        #expect(try await fixture.send(.get, "/services/s").value["kind"].string == "openapi")
        let tool = #"{"condition":"c","id":"g"}"#
        try await fixture.send(.post, "/guidelines", tool)
        let change = #"{"tool_associations":{"add":[{"service_name":"s","tool_name":"any"}]}}"#
        #expect(try await fixture.send(.patch, "/guidelines/g", change).status == 200)
        #expect(try await fixture.send(.delete, "/services/s").status == 204)
        #expect(try await fixture.send(.delete, "/services/s").status == 404)
    }

    @Test("an evaluation is complete at once, and says only what is known")
    func evaluation() async throws {
        let body =
            #"{"payloads":[{"kind":"guideline","guideline":{"content":{"condition":"c","action":"a"},"tool_ids":[],"#
            + #""operation":"add","action_proposition":true,"properties_proposition":true}}]}"#
        let made = try await fixture.send(.post, "/evaluations", body)
        #expect(made.status == 201)
        #expect(try made.value["status"].string == "completed")
        let invoice = try made.value["invoices"][0]
        #expect(try invoice["approved"].json == true)
        #expect(try invoice["checksum"].string.count == 16)
        #expect(try invoice["data"]["guideline"]["action_proposition"].string == "a")
        #expect(try invoice["data"]["guideline"]["properties_proposition"].json.object?.count == 4)
        #expect(
            try invoice["payload"]["guideline"].json == [
                "content": ["condition": "c", "action": "a"], "tool_ids": [], "operation": "add", "updated_id": .null,
                "action_proposition": true, "properties_proposition": true, "journey_node_proposition": false,
            ])
        let uri = try "/evaluations/\(made.value["id"].string)?wait_for_completion=60"
        #expect(try await fixture.send(.get, uri).text == made.text)
    }
}
