import HTTPTypes
import ParlantAPI
import ParlantCore
import ParlantTesting
import ServiceLifecycle
import Testing

@testable import ParlantEngine

@Suite("Event streams", .timeLimit(.minutes(5)))
struct EventStreamTests {
    private static let event = #"{"kind": "custom", "source": "system", "data": "x"}"#

    private func post(_ fixture: Fixture, _ session: String, _ body: String = Self.event) async throws -> Answer {
        try await fixture.send(.post, "/sessions/\(session)/events", body)
    }

    /// The events of a stream's text.
    private func events(_ text: String) throws -> [Node] {
        try text.split(separator: "\n\n").map { block in
            #expect(block.hasPrefix("data: ") && !block.contains("\n"))
            return Node(try JSONParser.parse(String(block.dropFirst(6))))
        }
    }

    @Test("send what is there as one data line each, byte for byte as in a list, and end when nothing comes")
    func list() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        for _ in 0..<150 { _ = try await post(fixture, id) }
        let answer = try await fixture.send(.get, "/sessions/\(id)/events?sse=true&wait_for_data=0&min_offset=2")
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "text/event-stream")
        #expect(answer.header("cache-control") == "no-cache")
        #expect(answer.text.hasSuffix("\n\n"))
        let list = try await fixture.send(.get, "/sessions/\(id)/events?min_offset=2").text
        let lines = answer.text.split(separator: "\n\n").map { $0.dropFirst(6) }
        #expect("[\(lines.joined(separator: ","))]" == list)
        #expect(try events(answer.text).map { try $0["offset"].integer } == Array(2..<150))
    }

    @Test("filter as lists do; without anything to send they are empty")
    func filters() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        for source in ["system", "customer", "system"] {
            _ = try await post(fixture, id, #"{"kind": "custom", "source": "\#(source)", "data": 1}"#)
        }
        for (query, offsets) in [
            ("source=system", [0, 2]), ("kinds=status", []), ("trace_id=x", []), ("", [0, 1, 2]),
        ] {
            let answer = try await fixture.send(.get, "/sessions/\(id)/events?sse=true&wait_for_data=0&\(query)")
            #expect(answer.status == 200)
            #expect(try events(answer.text).map { try $0["offset"].integer } == offsets)
        }
    }

    @Test("send one event, with its annotations, and end when it is complete")
    func one() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        let event = try await post(fixture, id).value["id"].string
        let path = "/sessions/\(id)/events/\(event)"
        let changed = try await fixture.send(.patch, path, #"{"metadata": {"set": {"a": 1}}}"#)
        let answer = try await fixture.send(.get, "\(path)?sse=true")
        #expect(answer.header("content-type") == "text/event-stream")
        #expect(answer.text == "data: \(changed.text)\n\n")
    }

    @Test("send new events as they come, and the connection serves the next request after the end")
    func live() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        try await serve(fixture) { port, _ in
            let client = try await RawClient(port: port)
            try await client.send("GET", "/sessions/\(id)/events?sse=true&wait_for_data=30")
            let head = try await client.text { $0.contains("\r\n\r\n") }
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.lowercased().contains("content-type: text/event-stream\r\n"))
            for offset in 0..<5 {
                let body = try await post(fixture, id).text
                #expect(try await client.text { $0.hasSuffix("\n\n\r\n") }.contains("data: \(body)\n\n"))
                #expect(body.contains(#""offset":\#(offset),"#))
            }
            #expect(fixture.engine.waitingReaders == 1)
            let mover = Task {
                while !Task.isCancelled {
                    fixture.clock.advance(by: .seconds(1))
                    await Task.yield()
                }
            }
            #expect(try await client.text { $0.hasSuffix("0\r\n\r\n") } == "0\r\n\r\n")
            mover.cancel()
            try await waiting(0, in: fixture)
            try await client.send("GET", "/tags")
            #expect(try await client.response().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("send a message again each time it has grown, until it is complete")
    func growing() async throws {
        let fixture = Fixture()
        let id = SessionID(try await fixture.newSession())
        let data = EventData.agentMessage("a", from: Participant(id: "bank", displayName: "Bank"), chunks: ["a"])
        let draft = EventDraft(source: .aiAgent, kind: .message, traceID: "t", data: data)
        let event = try await fixture.engine.post(draft, to: id)
        async let patient = fixture.send(.get, "/sessions/\(id)/events/\(event.id)?wait_for_completion=true")
        async let whole = fixture.send(.get, "/sessions/\(id)/events/\(event.id)?sse=true")
        try await waiting(2, in: fixture)
        var last = event.data
        for piece in [" b", nil] {
            last = EventData.appending(piece, to: last)
            _ = try await fixture.engine.log.update(event.id, of: id, EventChange(data: last))
        }
        let stream = try await events(whole.text)
        #expect(stream.last?.json["data"] == last)
        #expect(last["chunks"] == ["a", " b", .null])
        #expect(last["message"] == "a b")
        #expect(try await patient.value["data"].json == last)
        #expect(fixture.engine.waitingReaders == 0)
    }

    @Test("end at once when their client goes, and when the session is deleted")
    func gone() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        try await serve(fixture) { port, _ in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try await RawClient(port: port)
                try await client.send("GET", "/sessions/\(id)/events?sse=true")
                _ = try await client.text { $0.contains("\r\n\r\n") }
                clients.append(client)
            }
            try await waiting(3, in: fixture)
            try await clients[0].close()
            try await waiting(2, in: fixture)
            try await clients[1].finishSending()
            try await waiting(1, in: fixture)
            try await fixture.send(.delete, "/sessions/\(id)")
            _ = try await clients[2].text { $0.hasSuffix("0\r\n\r\n") }
            try await waiting(0, in: fixture)
        }
    }

    @Test("are refused beyond the limit of a session, and count together with long polls")
    func crowd() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        let most = EngineSettings().waitersPerSession
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<most {
                let stream = number % 2 == 0 ? "sse=true" : ""
                group.addTask { try await fixture.send(.get, "/sessions/\(id)/events?\(stream)").status }
            }
            try await waiting(most, in: fixture)
            let refused = try await fixture.send(.get, "/sessions/\(id)/events?sse=true")
            #expect(refused.status == 503)
            #expect(refused.header("content-type") == "application/json")
            try await fixture.send(.delete, "/sessions/\(id)")
            for try await status in group { #expect(status == 200 || status == 404) }
        }
    }

    @Test("a client that does not read costs bounded memory, holds up nobody and not the shutdown")
    func slowReader() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        let large = #"{"kind": "custom", "source": "system", "data": "\#(String(repeating: "x", count: 200_000))"}"#
        try await serve(fixture) { port, group in
            let slow = try await RawClient(port: port)
            try await slow.stopReading()
            try await slow.send("GET", "/sessions/\(id)/events?sse=true")
            try await waiting(1, in: fixture)
            for _ in 0..<100 { #expect(try await post(fixture, id, large).status == 201) }
            #expect(fixture.engine.waitingReaders == 1)
            await group.triggerGracefulShutdown()
        }
        try await waiting(0, in: fixture)
    }

    @Test("a client that never reads on is disconnected, and its place is free again")
    func stalledReader() async throws {
        var limits = APILimits()
        limits.stalledClientSeconds = 1
        let fixture = Fixture(limits: limits)
        let id = try await fixture.newSession()
        let large = #"{"kind": "custom", "source": "system", "data": "\#(String(repeating: "x", count: 200_000))"}"#
        for _ in 0..<100 { _ = try await post(fixture, id, large) }
        try await serve(fixture) { port, _ in
            let stalled = try await RawClient(port: port)
            try await stalled.stopReading()
            try await stalled.send("GET", "/sessions/\(id)/events?sse=true")
            try await waiting(1, in: fixture)
            // 20 MB are more than the sockets take, so the stream stands still until the server gives up.
            try await waiting(0, in: fixture)
            let other = try await RawClient(port: port)
            try await other.send("GET", "/tags")
            #expect(try await other.response().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("end cleanly when the server shuts down")
    func shutdown() async throws {
        let fixture = Fixture()
        let id = try await fixture.newSession()
        try await serve(fixture) { port, group in
            let client = try await RawClient(port: port)
            try await client.send("GET", "/sessions/\(id)/events?sse=true")
            try await waiting(1, in: fixture)
            await group.triggerGracefulShutdown()
            #expect(try await client.text { $0.hasSuffix("\r\n\r\n0\r\n\r\n") }.hasPrefix("HTTP/1.1 200 "))
        }
    }
}
