import HTTPTypes
import ParlantCore
import Testing

@Suite("/tags")
struct TagRouteTests {
    private let fixture = Fixture()

    @Test("creates, reads, renames, finds by name, and deletes")
    func all() async throws {
        let made = try await fixture.send(.post, "/tags", #"{"name": "vip"}"#)
        #expect(made.status == 201)
        #expect(made.text == #"{"id":"e1","name":"vip"}"#)
        #expect(try await fixture.send(.get, "/tags/e1").text == made.text)
        let renamed = try await fixture.send(.patch, "/tags/e1", #"{"name": "gold & co"}"#)
        #expect(renamed.status == 200)
        #expect(renamed.text == #"{"id":"e1","name":"gold & co"}"#)
        try await fixture.send(.post, "/tags", #"{"name": "vip"}"#)
        #expect(
            try await fixture.send(.get, "/tags").text == #"[{"id":"e1","name":"gold & co"},{"id":"e2","name":"vip"}]"#)
        #expect(try await fixture.send(.get, "/tags?name=gold+%26%20co").text == #"[{"id":"e1","name":"gold & co"}]"#)
        #expect(try await fixture.send(.get, "/tags?name=VIP").text == "[]")
        #expect(try await fixture.send(.delete, "/tags/e1").status == 204)
        #expect(try await fixture.send(.get, "/tags/e1").status == 404)
    }

    @Test("refuses to rename to a name that another tag has")
    func taken() async throws {
        try await fixture.send(.post, "/tags", #"{"name": "one"}"#)
        try await fixture.send(.post, "/tags", #"{"name": "two"}"#)
        #expect(try await fixture.send(.patch, "/tags/e2", #"{"name": "one"}"#).status == 409)
        #expect(try await fixture.send(.patch, "/tags/e2", #"{"name": "two"}"#).status == 200)
    }
}

@Suite("/agents")
struct AgentRouteTests {
    private let bank =
        #"{"id":"bank","name":"Bank","description":"Helps.","max_engine_iterations":3,"#
        + #""composition_mode":"canned_fluid","message_output_mode":"block","tags":["t"]}"#
    private let strict =
        #"{"id":"strict one","name":"Strict","description":null,"max_engine_iterations":5,"#
        + #""composition_mode":"strict_canned","message_output_mode":"stream","tags":[]}"#

    @Test("are listed and read as scripts define them")
    func read() async throws {
        let fixture = Fixture()
        #expect(try await fixture.send(.get, "/agents").text == "[\(bank),\(strict)]")
        #expect(try await fixture.send(.get, "/agents/bank").text == bank)
        #expect(try await fixture.send(.get, "/agents/strict%20one").text == strict)
    }
}

@Suite("/healthz")
struct HealthRouteTests {
    @Test("is healthy, and measures the event loop")
    func healthy() async throws {
        let answer = try await Fixture().send(.get, "/healthz")
        #expect(answer.status == 200)
        #expect(
            answer.text == #"{"status":"healthy","checks":{"event_loop":{"status":"healthy","latency_ms":0.0}}}"#)
    }

    @Test("is as bad as the worst check")
    func worst() async throws {
        let store: JSONValue = ["status": "degraded"]
        let degraded = try await Fixture(health: ["store": store]).send(.get, "/healthz")
        #expect(degraded.status == 200)
        #expect(try degraded.value["status"].string == "degraded")
        let scripts: JSONValue = ["status": "unhealthy"]
        let unhealthy = try await Fixture(health: ["store": store, "scripts": scripts]).send(.get, "/healthz")
        #expect(unhealthy.status == 503)
        #expect(try unhealthy.value["status"].string == "unhealthy")
    }
}
