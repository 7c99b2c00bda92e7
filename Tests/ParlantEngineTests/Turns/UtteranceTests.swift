import ParlantCore
import ParlantEngine
import ParlantStores
import Synchronization
import Testing

@Suite("An agent that is told what to say")
struct UtteranceTests {
    private let model = ScriptedModel([
        "reply": { request in
            ["message": request.prompt.contains("Offer a discount") ? "Ten percent off!" : "Hm."]
        }
    ])

    @Test(
        "says it under these guidelines only, in manual mode too, and answers with the message",
        arguments: [false, true])
    func utter(isManual: Bool) async throws {
        let chat = try await Conversation(.make([.make("own", nil, action: "Sing", matcher: .always)]), nlp: model)
        if isManual { _ = try await chat.engine.updateSession(chat.session, .init(mode: .manual)) }
        let guidance = [Guidance(action: "Offer a discount"), Guidance(action: "Be brief", rationale: .buyTime)]
        let event = try await chat.engine.utter(guidance, in: chat.session, traceID: "u")
        #expect(event.brief == "< Ten percent off!")
        let events = try await chat.engine.events(of: chat.session, matching: .init())
        #expect(events.map(\.brief) == ["typing", "< Ten percent off!", "ready", "ready completed"])
        #expect(events.allSatisfy { $0.traceID == "u" && $0.source == .aiAgent })
        #expect(
            events.last?.data["data"]?["matched_guidelines"]
                == [["id": "<canrep-request-1>"], ["id": "<canrep-request-2>"]])
        let prompt = try #require(model.requests.withLock { $0 }.first?.prompt)
        #expect(prompt.contains("- Be brief (only to buy time"))
        #expect(!prompt.contains("Sing"))
    }

    @Test("speaks beside a running turn, which goes on")
    func besideATurn() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "reply": { request in
                if request.prompt.contains("Buy time") { return ["message": "One moment."] }
                try await valve.pass()
                return ["message": "Here it is."]
            }
        ])
        let chat = try await Conversation(.make(), nlp: model)
        try await chat.say("Where is it?", trace: "t1")
        await valve.waitForArrivals(1)
        let event = try await chat.engine.utter([Guidance(action: "Buy time")], in: chat.session, traceID: "u")
        #expect(event.brief == "< One moment.")
        valve.open()
        #expect(try await chat.turn("t1").contains { $0.brief == "< Here it is." })
    }

    @Test("is refused without a model, and nothing is stored")
    func offline() async throws {
        let chat = try await Conversation(.make())
        let error = await #expect(throws: EngineError.self) {
            try await chat.engine.utter([Guidance(action: "a")], in: chat.session, traceID: "u")
        }
        #expect(error?.code == .noLanguageModel)
        #expect(try await chat.engine.events(of: chat.session, matching: .init()).isEmpty)
    }

    @Test("a model that fails is reported to who asked, and the log ends with ready")
    func failure() async throws {
        let broken = ScriptedModel(["reply": { _ in throw NLPError(.unavailable, "no answer; try again") }])
        let chat = try await Conversation(.make(), nlp: broken)
        let error = await #expect(throws: EngineError.self) {
            try await chat.engine.utter([Guidance(action: "a")], in: chat.session, traceID: "u")
        }
        #expect(error?.code == .modelFailed)
        #expect(error?.message == "no answer; try again")
        let events = try await chat.engine.events(of: chat.session, matching: .init())
        #expect(events.map(\.brief) == ["typing", "error", "ready completed"])
    }

    @Test("a running turn keeps the customer it began with, and the next one sees the new one")
    func customerChange() async throws {
        let valve = Valve()
        let names = ScriptedModel([
            "reply": { request in
                if !request.prompt.contains("second") { try await valve.pass() }
                return ["message": request.prompt.contains("Ann") ? "Ann" : "Guest"]
            }
        ])
        let chat = try await Conversation(.make(), nlp: names)
        _ = try await chat.customers.create(CustomerDraft(id: "ann", name: "Ann"))
        try await chat.say("first", trace: "t1")
        await valve.waitForArrivals(1)
        _ = try await chat.engine.updateSession(chat.session, .init(customerID: "ann"))
        valve.open()
        #expect(try await chat.turn("t1").contains { $0.brief == "< Guest" })
        #expect(try await chat.ask("second", trace: "t2") == "Ann")
        let speakers = try await chat.engine.events(of: chat.session, matching: .init(source: .customer))
            .map { $0.data["participant"]?["display_name"] }
        #expect(speakers == ["Guest", "Ann"])
    }
}
