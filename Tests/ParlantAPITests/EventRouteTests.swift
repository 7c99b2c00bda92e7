import HTTPTypes
import ParlantCore
import ParlantEngine
import ParlantTesting
import Testing

@Suite("/sessions/{id}/events")
struct EventRouteTests {
    private let fixture = Fixture()

    private func session(manual: Bool = true) async throws -> String {
        let id = try await fixture.newSession()
        if manual { try await fixture.send(.patch, "/sessions/\(id)", #"{"mode": "manual"}"#) }
        return id
    }

    private func post(_ session: String, _ body: String) async throws -> Answer {
        try await fixture.send(.post, "/sessions/\(session)/events", body)
    }

    @Test("a customer's message is signed by the session's customer, and has every field")
    func customerMessage() async throws {
        let id = try await session()
        let answer = try await post(
            id, #"{"kind": "message", "source": "customer", "message": "Hi \u00fc", "metadata": {"a": 1}}"#)
        #expect(answer.status == 201)
        let event = try answer.value
        let (time, trace) = (try event["creation_utc"].string, try event["trace_id"].string)
        #expect(
            answer.text
                == #"{"id":"\#(try event["id"].string)","source":"customer","kind":"message","offset":0,"#
                + #""creation_utc":"\#(time)","trace_id":"\#(trace)","correlation_id":"\#(trace)","#
                + #""data":{"message":"Hi ü","participant":{"id":"guest","display_name":"Guest"},"flagged":false,"#
                + #""tags":[]},"metadata":{"a":1},"deleted":false}"#)
        let read = try await fixture.send(.get, "/sessions/\(id)/events/\(try event["id"].string)")
        #expect(read.status == 200)
        #expect(read.text == answer.text)
    }

    @Test("who is not registered is called by the id; a participant who is given counts")
    func participants() async throws {
        let id = try await fixture.newSession(#"{"agent_id": "bank", "customer_id": "u7"}"#)
        try await fixture.send(.patch, "/sessions/\(id)", #"{"mode": "manual"}"#)
        let plain = try await post(id, #"{"kind": "message", "source": "customer", "message": "m"}"#)
        #expect(try plain.value["data"]["participant"].json == ["id": "u7", "display_name": "u7"])
        let named = try await post(
            id, #"{"kind": "message", "source": "customer", "message": "m", "participant": {"display_name": "Zoe"}}"#)
        #expect(try named.value["data"]["participant"].json == ["id": .null, "display_name": "Zoe"])
        #expect(try named.value["trace_id"].string != plain.value["trace_id"].string)
    }

    @Test("people speak for themselves and for the agent")
    func humans() async throws {
        let id = try await session()
        let own = try await post(
            id,
            #"{"kind": "message", "source": "human_agent", "message": "m", "participant": {"id": "p", "display_name": "Pat"}}"#
        )
        #expect(try own.value["data"].json == ["message": "m", "participant": ["id": "p", "display_name": "Pat"]])
        let agents = try await post(
            id, #"{"kind": "message", "source": "human_agent_on_behalf_of_ai_agent", "message": "m"}"#)
        #expect(
            try agents.value["data"].json == ["message": "m", "participant": ["id": "bank", "display_name": "Bank"]])
    }

    @Test("custom and status events come back as they were given")
    func other() async throws {
        let id = try await session()
        let custom = try await post(
            id, #"{"kind": "custom", "source": "customer_ui", "data": ["x", 123456789012345678901234567890]}"#)
        #expect(custom.status == 201)
        #expect(custom.text.contains(#""data":["x",123456789012345678901234567890]"#))
        let bare = try await post(id, #"{"kind": "status", "source": "system", "status": "typing"}"#)
        #expect(try bare.value["data"].json == ["status": "typing", "data": [:]])
        let detailed = try await post(
            id,
            #"{"kind": "status", "source": "ai_agent", "status": "error", "data": {"exception": "e"}, "metadata": {"m": 1}}"#
        )
        #expect(try detailed.value["data"].json == ["status": "error", "data": ["exception": "e"]])
        #expect(try detailed.value["metadata"].json == ["m": 1])
        #expect(try detailed.value["offset"].integer == 2)
    }

    @Test("an agent that is told to speak answers with the first status of its turn")
    func agentTurn() async throws {
        let id = try await session(manual: false)
        let answer = try await post(id, #"{"kind": "message", "source": "ai_agent"}"#)
        #expect(answer.status == 201)
        let event = try answer.value
        #expect(try event["kind"].string == "status")
        #expect(try event["data"]["status"].string == "acknowledged")
    }

    @Test("an agent in a manual session, or one that is gone, does not speak")
    func noTurn() async throws {
        let manual = try await session()
        #expect(try await post(manual, #"{"kind": "message", "source": "ai_agent"}"#).status == 409)
        let orphan = try await session(manual: false)
        try await fixture.send(.patch, "/sessions/\(orphan)", #"{"agent_id": "gone"}"#)
        let answer = try await post(orphan, #"{"kind": "message", "source": "ai_agent"}"#)
        #expect(answer.status == 404)
        #expect(answer.text == #"{"detail":"Item 'gone' not found"}"#)
        let signed = try await post(
            orphan, #"{"kind": "message", "source": "human_agent_on_behalf_of_ai_agent", "message": "m"}"#)
        #expect(signed.status == 404)
    }

    @Test("lists by offset with filters, all of which must hold")
    func list() async throws {
        let id = try await session()
        let trace = try await post(id, #"{"kind": "message", "source": "customer", "message": "0"}"#).value["trace_id"]
            .string
        _ = try await post(id, #"{"kind": "status", "source": "ai_agent", "status": "typing"}"#)
        _ = try await post(id, #"{"kind": "custom", "source": "customer", "data": 1}"#)
        func offsets(_ query: String) async throws -> [Int] {
            try await fixture.send(.get, "/sessions/\(id)/events?wait_for_data=0&\(query)").value.elements
                .map { try $0["offset"].integer }
        }
        let cases: [(String, [Int])] = [
            ("", [0, 1, 2]), ("min_offset=1", [1, 2]), ("min_offset=99999999999999999999", []), ("kinds=", [0, 1, 2]),
            ("kinds=status,custom", [1, 2]), ("kinds=status&kinds=message", [0]), ("source=customer", [0, 2]),
            ("trace_id=\(trace)", [0]), ("trace_id=x", []), ("correlation_id=x", [0, 1, 2]),
            ("source=customer&kinds=custom&min_offset=1", [2]), ("whatever=1", [0, 1, 2]),
        ]
        for (query, expected) in cases { #expect(try await offsets(query) == expected, "\(query)") }
    }

    @Test("answers at once what is there, and nothing when it need not wait")
    func noWait() async throws {
        let id = try await session()
        for wait in ["0", "-5"] {
            #expect(try await fixture.send(.get, "/sessions/\(id)/events?wait_for_data=\(wait)").text == "[]")
        }
        _ = try await post(id, #"{"kind": "custom", "source": "system", "data": 1}"#)
        #expect(try await fixture.send(.get, "/sessions/\(id)/events").value.elements.count == 1)
    }

    @Test("waits for an event that matches, and answers with it")
    func wait() async throws {
        let id = try await session()
        async let waiting = fixture.send(.get, "/sessions/\(id)/events?kinds=status&min_offset=0")
        while fixture.engine.waitingReaders == 0 { await Task.yield() }
        _ = try await post(id, #"{"kind": "custom", "source": "system", "data": 1}"#)
        _ = try await post(id, #"{"kind": "status", "source": "system", "status": "ready"}"#)
        let answer = try await waiting
        #expect(answer.status == 200)
        #expect(try answer.value.elements.map { try $0["offset"].integer } == [1])
    }

    @Test("answers 504 when nothing came in time", arguments: ["", "&wait_for_data=60", "&wait_for_data=5"])
    func timeOut(query: String) async throws {
        let id = try await session()
        async let waiting = fixture.send(.get, "/sessions/\(id)/events?min_offset=0\(query)")
        while fixture.engine.waitingReaders == 0 { await Task.yield() }
        let mover = Task {
            while !Task.isCancelled {
                fixture.clock.advance(by: .seconds(1))
                await Task.yield()
            }
        }
        let answer = try await waiting
        mover.cancel()
        #expect(answer.status == 504)
        #expect(answer.text == #"{"detail":"Request timed out"}"#)
        #expect(fixture.engine.waitingReaders == 0)
    }

    @Test("answers 503 when too many wait already")
    func crowd() async throws {
        let id = try await session()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            let most = EngineSettings().waitersPerSession
            for _ in 0..<most { group.addTask { try await fixture.send(.get, "/sessions/\(id)/events").status } }
            while fixture.engine.waitingReaders < most { await Task.yield() }
            let refused = try await fixture.send(.get, "/sessions/\(id)/events")
            #expect(refused.status == 503)
            #expect(refused.header("retry-after") == "1")
            #expect(try refused.value["detail"].string.hasPrefix("Too many requests wait for events"))
            _ = try await post(id, #"{"kind": "custom", "source": "system", "data": 1}"#)
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(statuses == [200])
    }

    @Test("answers 404 when the session is deleted meanwhile")
    func deleted() async throws {
        let id = try await session()
        async let waiting = fixture.send(.get, "/sessions/\(id)/events")
        while fixture.engine.waitingReaders == 0 { await Task.yield() }
        try await fixture.send(.delete, "/sessions/\(id)")
        #expect(try await waiting.status == 404)
    }
}
