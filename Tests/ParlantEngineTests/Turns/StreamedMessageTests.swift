import ParlantCore
import ParlantEngine
import ParlantTesting
import Testing

@Suite("Agents that stream")
struct StreamedMessageTests {
    private static func streaming(_ snapshot: AgentSnapshot) -> AgentSnapshot {
        var snapshot = snapshot
        snapshot.agent.outputMode = .stream
        return snapshot
    }

    @Test(
        "a text is cut into words that in a row are the text again",
        arguments: [
            ("", []), ("a", ["a"]), ("a b", ["a", " b"]), ("  a  b\nc ", ["  a", "  b", "\nc "]), ("   ", ["   "]),
            ("👩‍👩‍👧 é\u{301}\r\n.", ["👩‍👩‍👧", " é\u{301}", "\r\n."]),
        ] as [(String, [String])])
    func words(text: String, words: [String]) {
        #expect(EventData.words(of: text) == words)
        #expect(words.joined() == text)
    }

    @Test("a fixed reply comes with all its words at once, and null at the end")
    func canned() async throws {
        let guideline = Guideline.make("g", nil, matcher: .always, responses: ["hi"])
        let snapshot = Self.streaming(.make([guideline], responses: [try .make("hi", "Hello, how are you?")]))
        let chat = try await Conversation(snapshot)
        #expect(try await chat.ask("Hi", trace: "t1") == "Hello, how are you?")
        let message = try await chat.turn("t1").last { $0.source == .aiAgent && $0.kind == .message }
        #expect(message?.data["chunks"] == ["Hello,", " how", " are", " you?", .null])
        #expect(message?.revision == 0)
    }

    @Test("what a model writes is one event that grows in place; who watches sees it grow and end")
    func written() async throws {
        let text = (0..<50).map { "word\($0)" }.joined(separator: " ")
        let model = ScriptedModel(["reply": { _ in ["message": .string(text)] }])
        let chat = try await Conversation(Self.streaming(.make()), nlp: model)
        try await chat.say("Hi", trace: "t1")
        let query = EventQuery(kinds: [.message], source: .aiAgent)
        let first = try await chat.engine.waitForEvents(of: chat.session, matching: query, timeout: .seconds(60))
        let id = try #require(first.first?.id)
        let watch = try await chat.engine.watch(id, of: chat.session)
        var sizes: [Int] = []
        var last: Event?
        while last.map({ EventData.isIncomplete($0.data) }) ?? true {
            let event = try #require(try await watch.next(within: .seconds(60)))
            let chunks = event.data["chunks"]?.array?.compactMap(\.string) ?? []
            #expect(EventData.text(of: event.data) == chunks.joined())
            sizes.append(event.data["chunks"]?.array?.count ?? 0)
            last = event
        }
        #expect(sizes == sizes.sorted())
        #expect(sizes.last == 51)
        #expect(last.flatMap { EventData.text(of: $0.data) } == text)
        #expect(try await chat.turn("t1").count { $0.kind == .message && $0.source == .aiAgent } == 1)
        let completed = try await chat.engine.waitForCompletion(of: id, in: chat.session, timeout: .seconds(60))
        #expect(completed == last)
    }

    @Test("waiting for completion returns the message as it is when the time is over")
    func incomplete() async throws {
        let chat = try await Conversation(.make())
        let data: JSONValue = ["message": "a", "chunks": ["a"]]
        let event = try await chat.engine.post(
            EventDraft(source: .aiAgent, kind: .message, traceID: "t", data: data), to: chat.session)
        let wait = Task {
            try await chat.engine.waitForCompletion(of: event.id, in: chat.session, timeout: .seconds(60))
        }
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(61))
        #expect(try await wait.value == event)
        #expect(chat.engine.waitingReaders == 0)
        #expect(
            try await chat.engine.waitForCompletion(of: event.id, in: chat.session, timeout: .zero) == event)
    }
}
