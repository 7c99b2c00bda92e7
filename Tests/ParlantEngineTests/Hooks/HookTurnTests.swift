import ParlantCore
import ParlantEngine
import Synchronization
import Testing

@Suite("Hooks in a turn")
struct HookTurnTests {
    private final class Steps: Sendable {
        private let seen = Mutex<[String]>([])

        var all: [String] { seen.withLock { $0 } }
        func note(_ step: HookStep, _ text: String? = nil) {
            seen.withLock { $0.append(step.rawValue + (text.map { " \($0)" } ?? "")) }
        }
    }

    private func chat(
        _ hooks: [HookStep: [FakeHandlers.HookBody]], model: (any NLPService)? = nil
    ) async throws -> Conversation {
        let handlers = FakeHandlers(
            tools: ["t": { _, _ in .result(ToolResult(data: 1)) }], hooks: hooks)
        return try await Conversation(
            .make(
                [.make("g", nil, matcher: .always, tools: ["t"], responses: ["hi"])], tools: [.make("t")],
                responses: [try .make("hi", "Hi.")], handlers: handlers), nlp: model ?? NoModel())
    }

    private func watching(_ steps: Steps) -> [HookStep: [FakeHandlers.HookBody]] {
        Dictionary(
            uniqueKeysWithValues: HookStep.allCases.map { step in
                (
                    step,
                    [
                        { event, _ in
                            steps.note(step, event.text)
                            return HookVerdict(.next, text: event.text)
                        }
                    ]
                )
            })
    }

    @Test("run at each step of a turn, in order")
    func order() async throws {
        let steps = Steps()
        let chat = try await chat(watching(steps))
        #expect(try await chat.ask("Hello", trace: "t1") == "Hi.")
        #expect(
            steps.all == [
                "acknowledging", "acknowledged", "preparing", "preparation_iteration_start",
                "preparation_iteration_end", "preparation_iteration_start", "preparation_iteration_end",
                "generating_messages", "message_generated Hi.", "messages_emitted Hi.",
            ])
    }

    @Test("see the draft of a model before it is chosen over a canned response")
    func draft() async throws {
        let steps = Steps()
        let model = ScriptedModel(["reply": { _ in ["message": "Good day.", "canned_response": .null] }])
        let chat = try await chat(watching(steps), model: model)
        #expect(try await chat.ask("Hello", trace: "t1") == "Good day.")
        #expect(steps.all.contains("draft_generated Good day."))
    }

    @Test("see the newest events and no others, also before a turn that no message asked for")
    func newest() async throws {
        let steps = Steps()
        let handlers = FakeHandlers(hooks: [
            .acknowledging: [
                { _, context in
                    steps.note(.acknowledging, context.interaction.messages.map(\.text).joined(separator: " "))
                    return HookVerdict(.next)
                }
            ]
        ])
        var settings = EngineSettings()
        settings.historyEvents = 3
        let chat = try await Conversation(.make(handlers: handlers), settings: settings)
        for number in 0..<6 {
            let data = EventData.customerMessage("m\(number)", from: Participant(id: "ann", displayName: "Ann"))
            _ = try await chat.engine.post(
                EventDraft(source: .customer, kind: .message, traceID: "m", data: data), to: chat.session)
        }
        _ = try await chat.engine.requestTurn(in: chat.session, traceID: "t1")
        #expect(steps.all.first == "acknowledging m3 m4 m5")
    }

    @Test("may change the text of a message")
    func replace() async throws {
        let chat = try await chat([
            .messageGenerated: [{ event, _ in HookVerdict(.next, text: event.text.map { $0 + "!" }) }]
        ])
        #expect(try await chat.ask("Hello", trace: "t1") == "Hi.!")
    }

    @Test(
        "that bail drop the reply, and the turn ends as usual",
        arguments: [
            HookStep.acknowledging, .acknowledged, .preparing, .generatingMessages, .messageGenerated,
        ])
    func bail(step: HookStep) async throws {
        let chat = try await chat([step: [{ _, _ in HookVerdict(.bail) }]])
        try await chat.say("Hello", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(events.last?.brief == "ready completed")
        #expect(!events.contains { $0.kind == .message && $0.source == .aiAgent })
        #expect(!events.contains { $0.brief.hasPrefix("error") })
        if step == .acknowledging { #expect(!events.contains { $0.brief == "acknowledged" }) }
    }

    @Test(
        "that bail at a round of preparation end the preparation alone",
        arguments: [HookStep.preparationIterationStart, .preparationIterationEnd])
    func preparation(step: HookStep) async throws {
        let chat = try await chat([step: [{ _, _ in HookVerdict(.bail) }]])
        try await chat.say("Hello", trace: "t1")
        let events = try await chat.turn("t1")
        #expect(events.contains { $0.kind == .tool } == (step == .preparationIterationEnd))
        #expect(events.contains { $0.brief == "< Hi." })
    }

    @Test("that bail on the draft send it as it is, instead of a canned response")
    func bailOnDraft() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "Good day.", "canned_response": 1] }])
        let chat = try await chat([.draftGenerated: [{ _, _ in HookVerdict(.bail) }]], model: model)
        #expect(try await chat.ask("Hello", trace: "t1") == "Good day.")
    }

    @Test("that resolve keep the later handlers of the step from running")
    func resolve() async throws {
        let steps = Steps()
        let chat = try await chat([
            .acknowledged: [
                { _, _ in HookVerdict(.resolve) },
                { _, _ in
                    steps.note(.acknowledged)
                    return HookVerdict(.next)
                },
            ]
        ])
        #expect(try await chat.ask("Hello", trace: "t1") == "Hi.")
        #expect(steps.all.isEmpty)
    }

    @Test("are told of the error of a turn that failed")
    func error() async throws {
        let errors = Steps()
        let chat = try await chat(
            [
                .error: [
                    { event, _ in
                        errors.note(.error, event.error)
                        return HookVerdict(.next)
                    }
                ]
            ], model: ScriptedModel([:]))
        try await chat.say("Hello", trace: "t1")
        #expect(try await chat.turn("t1").last?.brief == "ready completed")
        #expect(errors.all == ["error malformed: no answer for reply"])
    }
}
