import Logging
import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Which guidelines a reply followed")
struct ResponseAnalysisTests {
    private static let written = [Reply(text: "We are open from 8 to 18.", isWritten: true)]

    private func guideline(
        _ id: GuidelineID, _ criticality: Criticality = .medium, responses: [CannedResponseID] = [],
        metadata: JSONObject = [:], track: Bool = true, action: String? = "Tell them"
    ) -> Guideline {
        Guideline(
            id: id, content: GuidelineContent(condition: "c", action: action), criticality: criticality, track: track,
            cannedResponses: responses, metadata: metadata)
    }

    private func followed(
        _ guidelines: [Guideline], _ model: ScriptedModel, saying replies: [Reply] = written,
        rule: ResponseAnalysisRule = .whereItMatters, applied: [GuidelineID] = []
    ) async -> [GuidelineID] {
        var settings = EngineSettings()
        settings.responseAnalysis = rule
        let context = TurnContext.make(
            .make(guidelines), said: ["When are you open?"],
            state: AgentState(appliedGuidelines: .init(applied)), nlp: model)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return await ResponseAnalysis(settings: settings, logger: logger)
            .followed(guidelines.map { GuidelineMatch(guideline: $0, rationale: "") }, replies, in: context)
    }

    private func model(_ numbers: JSONValue = []) -> ScriptedModel {
        ScriptedModel(["followed_guidelines": { _ in ["followed": numbers] }])
    }

    @Test("a small model is asked when something of high criticality applies, about all that only reading can tell")
    func asked() async throws {
        let model = model([1])
        let guidelines = [
            guideline("high", .high), guideline("other"), guideline("low", .low),
            guideline("always", metadata: ["continuous": true]), guideline("known"),
            guideline("untracked", track: false),
            guideline("observation", action: nil),
        ]
        #expect(
            await followed(guidelines, model, applied: ["known"]) == ["high", "low", "always", "known"])
        let request = try #require(model.requests.withLock { $0 }.first)
        #expect(request.size == .mini)
        #expect(request.prompt.contains("1. When c: Tell them\n2. When c: Tell them\n\n"))
        #expect(request.prompt.hasSuffix("# The agent's last message\nWe are open from 8 to 18."))
    }

    @Test("a model is asked when the customer has something to do, too")
    func customerDependent() async {
        let metadata: JSONObject = ["customer_dependent_action_data": ["is_customer_dependent": true]]
        let model = model()
        #expect(await followed([guideline("g", metadata: metadata)], model).isEmpty)
        #expect(model.requests.withLock { $0 }.count == 1)
    }

    @Test("what an action needs, and whether it goes on for ever, is told by its verb where nobody has said it")
    func verbs() async {
        let asking = model()
        #expect(await followed([guideline("g", action: "Ask for the order number")], asking).isEmpty)
        #expect(asking.requests.withLock { $0 }.count == 1)
        let manner = model()
        #expect(await followed([guideline("g", .high, action: "Stay polite")], manner) == ["g"])
        #expect(manner.requests.withLock { $0 }.isEmpty)
    }

    @Test(
        "the settings decide how often a model is asked",
        arguments: [
            (ResponseAnalysisRule.never, Criticality.high, 0), (.whereItMatters, .medium, 0),
            (.whereItMatters, .high, 1),
            (.always, .medium, 1), (.always, .low, 0),
        ])
    func rule(rule: ResponseAnalysisRule, criticality: Criticality, calls: Int) async {
        let model = model([1])
        #expect(await followed([guideline("g", criticality)], model, rule: rule) == ["g"])
        #expect(model.requests.withLock { $0 }.count == calls)
    }

    @Test("what code can tell is not asked: a guideline's own response was said, or nothing could be said")
    func code() async {
        let model = model()
        let own = [Reply(text: "8 to 18.", cannedResponses: [("r", "8 to 18.")])]
        #expect(await followed([guideline("g", .high, responses: ["r"])], model, saying: own) == ["g"])
        let nothing = [Reply(text: EngineSettings.Phrases().noMatch)]
        #expect(await followed([guideline("g", .high)], model, saying: nothing).isEmpty)
        #expect(await followed([guideline("g", .high)], model, saying: []).isEmpty)
        #expect(model.requests.withLock { $0 }.isEmpty)
    }

    @Test("a model that fails changes nothing: what applied counts as followed")
    func failure() async {
        let broken = ScriptedModel(["followed_guidelines": { _ in throw NLPError(.unavailable, "no answer") }])
        #expect(await followed([guideline("g", .high)], broken) == ["g"])
        #expect(await followed([guideline("g", .high)], model([7, -1, "x"])).isEmpty)
    }

    @Test("what was not followed applies anew in the next turn; the customer does not wait for the judgement")
    func turn() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": [["number": 1, "reason": "asked"]]] },
            "reply": { _ in ["message": "Hello."] },
            "followed_guidelines": { _ in
                try await valve.pass()
                return ["followed": []]
            },
        ])
        let chat = try await Conversation(.make([guideline("g", .high)]), nlp: model)
        try await chat.say("Hi", trace: "t1")
        await valve.waitForArrivals(1)
        let events = try await chat.engine.events(of: chat.session, matching: .init())
        #expect(events.map(\.brief).suffix(2) == ["< Hello.", "ready"])
        valve.open()
        _ = try await chat.turn("t1")
        #expect(try await chat.engine.session(chat.session).agentState.appliedGuidelines.isEmpty)
    }
}
