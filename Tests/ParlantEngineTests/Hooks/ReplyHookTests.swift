import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Hooks around a reply")
struct ReplyHookTests {
    private typealias Body = @Sendable (HookEvent, HandlerContext) async throws -> HookVerdict

    private func turn(
        _ hooks: [HookStep: Body], answer: JSONValue = ["message": "Draft"], mode: CompositionMode = .fluid,
        pacing: Pacing = .none
    ) async throws -> (chat: Conversation, messages: [String], briefs: [String]) {
        let valve = Valve()
        let model = ScriptedModel([
            "reply": { _ in
                if pacing != .none { try await valve.pass() }
                return answer
            },
            "preamble": { _ in ["message": "One moment."] },
        ])
        var snapshot = AgentSnapshot.make(
            responses: [try .make("r", "Canned.")], agentResponses: ["r"], mode: mode,
            handlers: FakeHandlers(hooks: hooks.mapValues { [$0] }))
        snapshot.agent.pacing = pacing
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("Hi", trace: "t1")
        if pacing != .none {
            await valve.waitForArrivals(1)
            let query = EventQuery(kinds: [.status, .message], source: .aiAgent)
            while hooks[.preambleEmitted] != nil {
                let events = try await chat.engine.events(of: chat.session, matching: query)
                if events.contains(where: { $0.kind == .message }) { break }
                await Task.yield()
            }
            // Time enough for first words that should not come.
            if hooks[.preambleEmitted] == nil { for _ in 0..<200 { await Task.yield() } }
            valve.open()
        }
        let events = try await chat.turn("t1").filter { $0.source == .aiAgent }
        return (chat, events.filter { $0.kind == .message }.map(\.brief), events.map(\.brief))
    }

    @Test("a message can be changed and dropped before it is sent")
    func message() async throws {
        let changed = try await turn([
            .messageGenerated: { event, _ in
                HookVerdict(.next, text: "\(event.text ?? "")!\n\nBye.")
            }
        ])
        #expect(changed.messages == ["< Draft!", "< Bye."])
        let dropped = try await turn([.messageGenerated: { event, _ in HookVerdict(.bail, text: event.text) }])
        #expect(dropped.messages.isEmpty)
        #expect(dropped.briefs.last == "ready completed")
    }

    @Test("a draft can be changed, and sent as it is instead of a canned response; in strict mode it cannot")
    func draft() async throws {
        let answer: JSONValue = ["message": "Draft", "canned_response": 1, "match": "high"]
        let bail: Body = { event, _ in HookVerdict(.bail, text: "\(event.text ?? "") as it is") }
        #expect(try await turn([.draftGenerated: bail], answer: answer).messages == ["< Draft as it is"])
        #expect(
            try await turn([.draftGenerated: bail], answer: answer, mode: .strict).messages
                == ["< Not sure I understand. Could you please say that another way?"])
        let next: Body = { _, _ in HookVerdict(.next, text: "Other") }
        #expect(try await turn([.draftGenerated: next]).messages == ["< Other"])
        #expect(try await turn([.draftGenerated: next], answer: answer).messages == ["< Canned."])
    }

    @Test("a turn can be kept from writing")
    func generating() async throws {
        let turn = try await turn([.generatingMessages: { _, _ in HookVerdict(.bail) }])
        #expect(turn.briefs == ["acknowledged", "processing Interpreting", "ready completed"])
    }

    @Test("what was said is told once, with all of it")
    func emitted() async throws {
        let told = Mutex<[String?]>([])
        _ = try await turn(
            [
                .messagesEmitted: { event, _ in
                    told.withLock { $0.append(event.text) }
                    return HookVerdict(.next)
                }
            ], answer: ["message": "One.\n\nTwo."])
        #expect(told.withLock { $0 } == ["One.\n\nTwo."])
    }

    @Test("first words can be changed, and are told")
    func preamble() async throws {
        let told = Mutex<[String?]>([])
        let turn = try await turn(
            [
                .preambleGenerated: { event, _ in HookVerdict(.next, text: "\(event.text ?? "") Please.") },
                .preambleEmitted: { event, _ in
                    told.withLock { $0.append(event.text) }
                    return HookVerdict(.next)
                },
            ], pacing: .voice)
        #expect(turn.messages == ["< One moment. Please.", "< Draft"])
        #expect(told.withLock { $0 } == ["One moment. Please."])
    }

    @Test("first words can be kept back", arguments: [HookStep.generatingPreamble, .preambleGenerated])
    func noPreamble(step: HookStep) async throws {
        let turn = try await turn([step: { event, _ in HookVerdict(.bail, text: event.text) }], pacing: .voice)
        #expect(turn.messages == ["< Draft"])
    }
}
