import HTTPTypes
import ParlantCore
import Testing

@Suite("/sessions")
struct SessionRouteTests {
    private let fixture = Fixture()

    @Test(
        "creates a session for the guest, whatever way nobody is named",
        arguments: ["", #", "customer_id": null"#, #", "customer_id": """#])
    func guest(customer: String) async throws {
        let answer = try await fixture.send(.post, "/sessions", #"{"agent_id": "bank"\#(customer)}"#)
        #expect(answer.status == 201)
        let time = try answer.value["creation_utc"].string
        #expect(
            answer.text
                == #"{"id":"e1","agent_id":"bank","customer_id":"guest","creation_utc":"\#(time)","title":null,"#
                + #""mode":"auto","consumption_offsets":{"client":0},"metadata":{},"labels":[]}"#)
        #expect(try await fixture.send(.get, "/sessions/e1").text == answer.text)
    }

    @Test("takes a customer who is not registered; ignores id and mode, and says so")
    func fields() async throws {
        let answer = try await fixture.send(
            .post, "/sessions",
            #"{"agent_id": "bank", "customer_id": "new", "id": "mine", "mode": "manual", "title": "T","#
                + #" "metadata": {"a": [1]}, "labels": ["x", "y", "x"]}"#)
        let session = try answer.value
        #expect(answer.header("x-unknown-fields") == "id, mode")
        #expect(try session["id"].string == "e1")
        #expect(try session["mode"].string == "auto")
        #expect(try session["customer_id"].string == "new")
        #expect(try session["title"].string == "T")
        #expect(try session["metadata"].json == ["a": [1]])
        #expect(try session["labels"].json == ["x", "y"])
    }

    @Test("changes everything that can be changed, and checks neither customer nor agent")
    func update() async throws {
        let id = try await fixture.newSession(#"{"agent_id": "bank", "labels": ["a"], "metadata": {"k": 1}}"#)
        let answer = try await fixture.send(
            .patch, "/sessions/\(id)",
            #"{"title": "", "mode": "manual", "customer_id": "c9", "agent_id": "a9", "consumption_offsets":"#
                + #" {"client": 4}, "metadata": {"set": {"l": 2}, "unset": ["k"]}, "labels": {"upsert": ["b"],"#
                + #" "remove": ["a", "z"]}}"#)
        #expect(answer.status == 200)
        let session = try answer.value
        #expect(try session["title"].string.isEmpty)
        #expect(try session["mode"].string == "manual")
        #expect(try session["customer_id"].string == "c9")
        #expect(try session["agent_id"].string == "a9")
        #expect(try session["consumption_offsets"].json == ["client": 4])
        #expect(try session["metadata"].json == ["l": 2])
        #expect(try session["labels"].json == ["b"])
        let untouched = try await fixture.send(.patch, "/sessions/\(id)", #"{"title": null, "customer_id": ""}"#)
        #expect(untouched.text == answer.text)
    }

    @Test("lists by agent, customer and labels, in pages")
    func list() async throws {
        _ = try await fixture.newSession(#"{"agent_id": "bank", "customer_id": "c", "labels": ["x", "y"]}"#)
        _ = try await fixture.newSession(#"{"agent_id": "strict one", "customer_id": "c", "labels": ["x"]}"#)
        _ = try await fixture.newSession(#"{"agent_id": "bank", "customer_id": "d"}"#)
        func ids(_ query: String) async throws -> [String] {
            try await fixture.send(.get, "/sessions\(query)").value.elements.map { try $0["id"].string }
        }
        #expect(try await ids("") == ["e1", "e2", "e3"])
        #expect(try await ids("?sort=desc") == ["e3", "e2", "e1"])
        #expect(try await ids("?agent_id=strict%20one") == ["e2"])
        #expect(try await ids("?customer_id=c") == ["e1", "e2"])
        #expect(try await ids("?labels=x&labels=y") == ["e1"])
        #expect(try await ids("?customer_id=c&agent_id=bank") == ["e1"])
        let page = try await fixture.send(.get, "/sessions?labels=x&limit=1").value
        #expect(try page["total_count"].integer == 2)
        let cursor = try page["next_cursor"].string
        #expect(try await ids("?labels=x&cursor=\(cursor)") == ["e2"])
    }

    @Test("deletes those that match both filters, all without one, and none is fine")
    func deleteMany() async throws {
        _ = try await fixture.newSession(#"{"agent_id": "bank", "customer_id": "c"}"#)
        _ = try await fixture.newSession(#"{"agent_id": "bank", "customer_id": "d"}"#)
        _ = try await fixture.newSession(#"{"agent_id": "strict one", "customer_id": "c"}"#)
        #expect(try await fixture.send(.delete, "/sessions?agent_id=bank&customer_id=c").status == 204)
        #expect(try await fixture.send(.get, "/sessions").value.elements.count == 2)
        #expect(try await fixture.send(.delete, "/sessions?agent_id=none").status == 204)
        #expect(try await fixture.send(.get, "/sessions").value.elements.count == 2)
        #expect(try await fixture.send(.delete, "/sessions").status == 204)
        #expect(try await fixture.send(.get, "/sessions").text == "[]")
        #expect(try await fixture.send(.delete, "/sessions").status == 204)
    }

    @Test("deletes one with its events")
    func deleteOne() async throws {
        let id = try await fixture.newSession()
        try await fixture.send(.post, "/sessions/\(id)/events", #"{"kind": "custom", "source": "system", "data": 1}"#)
        #expect(try await fixture.send(.delete, "/sessions/\(id)").status == 204)
        #expect(try await fixture.send(.get, "/sessions/\(id)/events?wait_for_data=0").status == 404)
    }

    @Test("lets the agent begin when a greeting is allowed")
    func greeting() async throws {
        let answer = try await fixture.send(.post, "/sessions?allow_greeting=true", #"{"agent_id": "bank"}"#)
        #expect(answer.status == 201)
        let events = try await fixture.send(.get, "/sessions/e1/events").value
        #expect(try events[0]["source"].string == "ai_agent")
    }
}
