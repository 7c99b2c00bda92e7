import HTTPTypes
import ParlantCore
import ParlantTesting
import Testing

@Suite("/context-variables")
struct VariableRouteTests {
    private let fixture = Fixture.withScripts()

    private func create(_ body: String = #"{"name":"plan"}"#) async throws -> String {
        try await fixture.send(.post, "/context-variables", body).value["id"].string
    }

    @Test("keep a tool and a rule that an update does not name")
    func keeps() async throws {
        let id = try await create(
            #"{"name":"plan","tool_id":{"service_name":"bank","tool_name":"transfer"},"freshness_rules":"0 12 * * *"}"#)
        let changed = try await fixture.send(.patch, "/context-variables/\(id)", #"{"description":"d"}"#).value
        #expect(try changed["tool_id"].json == ["service_name": "bank", "tool_name": "transfer"])
        #expect(try changed["freshness_rules"].string == "0 12 * * *")
    }

    @Test("have values of any kind for keys of any text", arguments: ["1", "null", "[{\"a\":1.5}]", "\"x\""])
    func values(_ json: String) async throws {
        let id = try await create()
        let uri = "/context-variables/\(id)/a%2Fb%20%C3%BC"
        #expect(try await fixture.send(.get, uri).text == #"{"detail":"Not Found"}"#)
        let first = try await fixture.send(.put, uri, #"{"data":0}"#)
        fixture.clock.advance(by: .seconds(1))
        let set = try await fixture.send(.put, uri, #"{"data":\#(json)}"#)
        #expect(set.status == 200)
        #expect(try set.value["data"].json.description == json)
        #expect(try set.value["id"].string != first.value["id"].string)
        #expect(try set.value["last_modified"].string > first.value["last_modified"].string)
        #expect(try await fixture.send(.get, uri).text == set.text)
        let all = try await fixture.send(.get, "/context-variables/\(id)").value
        #expect(try all["key_value_pairs"].json == ["a/b ü": set.value.json])
        let without = try await fixture.send(.get, "/context-variables/\(id)?include_values=false").value
        #expect(try without["key_value_pairs"].json == .null)
        #expect(try await fixture.send(.delete, uri).status == 204)
        let gone = try await fixture.send(.delete, uri)
        #expect(gone.status == 404)
        #expect(gone.text == #"{"detail":"Value not found for variable '\#(id)' and key 'a/b ü'"}"#)
    }

    @Test("take their values with them, and leave those of others")
    func deletion() async throws {
        let (first, second) = (try await create(), try await create())
        for id in [first, second] {
            try await fixture.send(.put, "/context-variables/\(id)/k", #"{"data":"\#(id)"}"#)
        }
        #expect(try await fixture.send(.delete, "/context-variables/\(first)").status == 204)
        #expect(try await fixture.send(.get, "/context-variables/\(first)/k").status == 404)
        #expect(try await fixture.send(.get, "/context-variables/\(second)/k").value["data"].string == second)
    }

    @Test("lose a tag together, and go when it was their last; without a tag all go")
    func deleteAll() async throws {
        let tag = try await fixture.send(.post, "/tags", #"{"name":"vip"}"#).value["id"].string
        _ = try await create(#"{"name":"a","tags":["\#(tag)"]}"#)
        let both = try await create(#"{"name":"b","tags":["\#(tag)","agent:bank"]}"#)
        let none = try await create(#"{"name":"c"}"#)
        #expect(try await fixture.send(.get, "/context-variables?tag_id=\(tag)").value.elements.count == 2)
        #expect(try await fixture.send(.delete, "/context-variables?tag_id=\(tag)").status == 204)
        let left = try await fixture.send(.get, "/context-variables").value.elements
        #expect(try left.map { try $0["id"].string } == [both, none])
        #expect(try left[0]["tags"].json == ["agent:bank"])
        #expect(try await fixture.send(.delete, "/context-variables").status == 204)
        #expect(try await fixture.send(.get, "/context-variables").text == "[]")
    }
}
