import HTTPTypes
import ParlantCore
import Testing

@Suite("Annotating and deleting events over REST")
struct EventChangeRouteTests {
    private let fixture = Fixture()

    private func post(_ session: String, _ data: String) async throws -> Node {
        try await fixture.send(
            .post, "/sessions/\(session)/events", #"{"kind": "custom", "source": "system", "data": \#(data)}"#
        ).value
    }

    private func offsets(_ session: String) async throws -> [Int] {
        try await fixture.send(.get, "/sessions/\(session)/events?wait_for_data=0").value.elements
            .map { try $0["offset"].integer }
    }

    @Test("sets and unsets metadata, in both spellings, and the next list shows it", arguments: ["unset", "remove"])
    func annotate(spelling: String) async throws {
        let id = try await fixture.newSession()
        let event = try await post(id, "1")["id"].string
        let path = "/sessions/\(id)/events/\(event)"
        _ = try await fixture.send(.get, "/sessions/\(id)/events")
        let first = try await fixture.send(.patch, path, #"{"metadata": {"set": {"a": 1, "b": {"c": null}}}}"#)
        #expect(first.status == 200)
        let second = try await fixture.send(
            .patch, path, #"{"data": 9, "metadata": {"set": {"d": 2}, "\#(spelling)": ["a", "z"]}}"#)
        #expect(try second.value["metadata"].json == ["b": ["c": .null], "d": 2])
        #expect(try second.value["data"].json == 1)
        #expect(second.header("x-unknown-fields") == "data")
        #expect(try await fixture.send(.get, "/sessions/\(id)/events").text == "[\(second.text)]")
        #expect(try await fixture.send(.get, path).text == second.text)
        #expect(try await fixture.send(.patch, path, "{}").text == second.text)
    }

    @Test("deletes from an offset on; deleted events are gone, and offsets go on")
    func delete() async throws {
        let id = try await fixture.newSession()
        var events: [Node] = []
        for number in 1...4 { events.append(try await post(id, "\(number)")) }
        let answer = try await fixture.send(.delete, "/sessions/\(id)/events?min_offset=2")
        #expect(answer.status == 204)
        #expect(answer.text.isEmpty)
        #expect(try await offsets(id) == [0, 1])
        let path = "/sessions/\(id)/events/\(try events[3]["id"].string)"
        #expect(try await fixture.send(.get, path).status == 404)
        #expect(try await fixture.send(.get, path + "?sse=true").status == 404)
        #expect(try await fixture.send(.patch, path, #"{"metadata": {"set": {"a": 1}}}"#).status == 404)
        #expect(try await fixture.send(.delete, "/sessions/\(id)/events?min_offset=2").status == 204)
        #expect(try await post(id, "5")["offset"].integer == 4)
        #expect(try await fixture.send(.delete, "/sessions/\(id)/events?min_offset=0").status == 204)
        #expect(try await offsets(id) == [])
    }

    @Test("deletes a turn only from its beginning, with the reference's sentence")
    func middle() async throws {
        let id = try await fixture.newSession()
        let event = #"{"kind": "message", "source": "customer", "message": "Hi"}"#
        try await fixture.send(.post, "/sessions/\(id)/events", event)
        _ = try await fixture.send(.get, "/sessions/\(id)/events?min_offset=1")
        let refused = try await fixture.send(.delete, "/sessions/\(id)/events?min_offset=1")
        #expect(refused.status == 422)
        #expect(
            refused.text
                == #"{"detail":"Cannot delete events with offset < min_offset unless they are the first event of "#
                + #"their trace ID"}"#)
        #expect(try await fixture.send(.delete, "/sessions/\(id)/events?min_offset=0").status == 204)
    }

    @Test(
        "names a bad min_offset",
        arguments: [
            ("", #""type":"missing","loc":["query","min_offset"]"#),
            ("?min_offset=x", #""type":"int_parsing","loc":["query","min_offset"]"#),
            ("?min_offset=-1", #""type":"greater_than_equal","loc":["query","min_offset"]"#),
        ])
    func badOffset(query: String, part: String) async throws {
        let id = try await fixture.newSession()
        let answer = try await fixture.send(.delete, "/sessions/\(id)/events\(query)")
        #expect(answer.status == 422)
        #expect(answer.text.contains(part))
    }
}
