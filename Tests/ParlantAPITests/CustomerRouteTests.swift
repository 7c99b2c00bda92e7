import HTTPTypes
import ParlantCore
import Testing

@Suite("/customers")
struct CustomerRouteTests {
    private let fixture = Fixture()

    @Test("creates a customer with all fields, and reads it back unchanged")
    func create() async throws {
        try await fixture.send(.post, "/tags", #"{"name": "vip"}"#)
        let body =
            #"{"name":"Änn","id":"a b@c","about":"Tall.","metadata":{"n":1,"x":[null,{"y":2.5}],"t":"1"},"#
            + #""tags":["e1","agent:bank","e1"]}"#
        let answer = try await fixture.send(.post, "/customers", body)
        #expect(answer.status == 201)
        let time = try answer.value["creation_utc"].string
        #expect(time.count == 27 && time.hasSuffix("Z"))
        #expect(
            answer.text
                == #"{"id":"a b@c","creation_utc":"\#(time)","updated_at":"\#(time)","name":"Änn","about":"Tall.","#
                + #""metadata":{"n":"1","x":"[null,{\"y\":2.5}]","t":"1"},"tags":["e1","agent:bank"]}"#)
        #expect(answer.header("x-unknown-fields") == nil)
        let read = try await fixture.send(.get, "/customers/a%20b%40c")
        #expect(read.status == 200)
        #expect(read.text == answer.text)
    }

    @Test("takes ids of any text, slashes too, up to a length")
    func ids() async throws {
        for (id, path) in [("a/b", "a%2Fb"), ("ü|%", "%C3%BC%7C%25"), ("1+1", "1+1")] {
            let body = JSONValue.object(["name": "N", "id": .string(id)]).description
            #expect(try await fixture.send(.post, "/customers", body).status == 201)
            #expect(try await fixture.send(.get, "/customers/\(path)").value["id"].string == id)
            #expect(try await fixture.send(.delete, "/customers/\(path)").status == 204)
        }
        let long = String(repeating: "x", count: 1000)
        #expect(try await fixture.send(.post, "/customers", #"{"name": "N", "id": "\#(long)"}"#).status == 201)
        #expect(try await fixture.send(.post, "/customers", #"{"name": "N", "id": "\#(long)x"}"#).status == 422)
    }

    @Test("changes only what is given, in both spellings of metadata", arguments: ["unset", "remove"])
    func update(spelling: String) async throws {
        try await fixture.send(.post, "/customers", #"{"id": "x", "name": "N", "metadata": {"a": 1, "b": 2}}"#)
        let answer = try await fixture.send(
            .patch, "/customers/x",
            #"{"name": null, "metadata": {"set": {"c": {"d": []}}, "\#(spelling)": ["a", "z"]}}"#)
        #expect(answer.status == 200)
        #expect(answer.header("x-unknown-fields") == nil)
        #expect(try answer.value["metadata"].json == ["b": "2", "c": #"{"d":[]}"#])
        #expect(try await fixture.send(.get, "/users/x").value["metadata"].json == ["b": 2, "c": ["d": []]])
        #expect(try answer.value["name"].string == "N")
    }

    @Test("sets, changes and removes what agents are told of a customer")
    func about() async throws {
        try await fixture.send(.post, "/customers", #"{"id": "x", "name": "N", "about": ""}"#)
        func about(_ body: String) async throws -> JSONValue {
            try await fixture.send(.patch, "/customers/x", body).value["about"].json
        }
        #expect(try await about("{}") == .null)
        #expect(try await about(#"{"about": "Tall."}"#) == "Tall.")
        #expect(try await about(#"{"name": "M"}"#) == "Tall.")
        #expect(try await about(#"{"about": ""}"#) == .null)
        let long = String(repeating: "x", count: 10_001)
        #expect(try await fixture.send(.patch, "/customers/x", #"{"about": "\#(long)"}"#).status == 422)
    }

    @Test("adds and removes tags, or replaces them by a list")
    func tags() async throws {
        for name in ["one", "two", "three"] { try await fixture.send(.post, "/tags", #"{"name": "\#(name)"}"#) }
        try await fixture.send(.post, "/customers", #"{"id": "x", "name": "N", "tags": ["e1"]}"#)
        let changed = try await fixture.send(
            .patch, "/customers/x", #"{"tags": {"add": ["e2", "e1"], "remove": ["e1"]}}"#)
        #expect(try changed.value["tags"].json == ["e2"])
        let replaced = try await fixture.send(.patch, "/customers/x", #"{"tags": ["e3", "e1", "e3"]}"#)
        #expect(try replaced.value["tags"].json == ["e3", "e1"])
        let emptied = try await fixture.send(.patch, "/customers/x", #"{"tags": []}"#)
        #expect(try emptied.value["tags"].json == [])
    }

    @Test("lets a customer keep a tag that was deleted")
    func deletedTag() async throws {
        try await fixture.send(.post, "/tags", #"{"name": "one"}"#)
        try await fixture.send(.post, "/customers", #"{"id": "x", "name": "N", "tags": ["e1"]}"#)
        #expect(try await fixture.send(.delete, "/tags/e1").status == 204)
        #expect(try await fixture.send(.patch, "/customers/x", #"{"tags": ["e1"]}"#).value["tags"].json == ["e1"])
        #expect(try await fixture.send(.patch, "/customers/x", #"{"tags": {"remove": ["e1"]}}"#).status == 200)
    }

    @Test("lists everybody with the guest first, as a plain array")
    func list() async throws {
        for name in ["A", "B"] {
            try await fixture.send(.post, "/customers", #"{"name": "\#(name)", "id": "\#(name)"}"#)
        }
        let ascending = try await fixture.send(.get, "/customers").value.elements.map { try $0["id"].string }
        #expect(ascending == ["guest", "A", "B"])
        let descending = try await fixture.send(.get, "/customers?sort=desc").value.elements.map { try $0["id"].string }
        #expect(descending == ["guest", "B", "A"])
    }

    @Test("pages through everybody, one by one too", arguments: [1, 2, 3, 100])
    func pages(limit: Int) async throws {
        for number in 0..<4 { try await fixture.send(.post, "/customers", #"{"name": "N", "id": "c\#(number)"}"#) }
        var seen: [String] = []
        var uri = "/customers?limit=\(limit)"
        for _ in 0..<10 {
            let page = try await fixture.send(.get, uri).value
            #expect(try page["total_count"].integer == 5 - seen.count)
            seen += try page["items"].elements.map { try $0["id"].string }
            guard let cursor = try page["next_cursor"].json.string else {
                #expect(try page["has_more"].json == false)
                break
            }
            #expect(try page["has_more"].json == true)
            uri = "/customers?limit=\(limit)&cursor=\(cursor)"
        }
        #expect(seen == ["guest", "c0", "c1", "c2", "c3"])
    }

    @Test("an update that changes nothing answers with the customer, the guest too")
    func emptyUpdate() async throws {
        let answer = try await fixture.send(.patch, "/customers/guest", #"{"name": null, "tags": {}, "metadata": {}}"#)
        #expect(answer.status == 200)
        #expect(try answer.value["name"].string == "Guest")
        #expect(try await fixture.send(.patch, "/customers/nobody", "{}").status == 404)
    }

    @Test("takes a cursor that makes no sense for none")
    func badCursor() async throws {
        for cursor in ["x", "%00", "AAAA", "////", "MjAyNg=="] {
            let answer = try await fixture.send(.get, "/customers?cursor=\(cursor)")
            #expect(try answer.value.elements.count == 1)
        }
    }

    @Test("deletes a customer and answers with nothing")
    func delete() async throws {
        try await fixture.send(.post, "/customers", #"{"id": "x", "name": "N"}"#)
        let answer = try await fixture.send(.delete, "/customers/x")
        #expect(answer.status == 204)
        #expect(answer.text.isEmpty)
        #expect(try await fixture.send(.get, "/customers/x").status == 404)
    }
}
