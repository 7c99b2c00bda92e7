import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("What a condition speaks of")
struct ConditionSubjectTests {
    @Test(
        "conditions that a message would name are topics",
        arguments: [
            "The customer wants to block a lost card", "The customer asks about opening hours",
            "The patient needs a prescription renewed", "A cash machine swallowed the card",
            "The customer wants to cancel an order",
        ])
    func topics(_ condition: String) {
        #expect(ConditionSubject(condition) == .topic)
    }

    @Test(
        "conditions on tone, on the course of the conversation and on what was not said are none",
        arguments: [
            "The customer is angry", "The user seems frustrated", "The customer greets the agent",
            "The customer has not answered the question yet", "The customer didn't give an order number",
            "The customer asks the same again", "The customer thanks you", "The matter is urgent",
            "This is the first message of the conversation", "The customer agrees to the offer",
            "The customer writes in another language", "It is the weekend",
        ])
    func conversation(_ condition: String) {
        #expect(ConditionSubject(condition) == .conversation)
    }

    @Test("a condition that is not recognisably English is none", arguments: ["Kunde fragt nach Zinsen", "返金"])
    func otherLanguages(_ condition: String) {
        #expect(ConditionSubject(condition) == .conversation)
    }
}

@Suite("Narrowing of candidates")
struct CandidateNarrowingTests {
    /// Twenty topics on the corners of a space, the n-th with n-th axis; ids t0 to t19.
    private static let topics = (0..<20).map {
        Guideline.make(GuidelineID("t\($0)"), "The customer asks about thing\($0)", action: nil)
    }

    private static func axis(_ values: [Int: Float]) -> UnitVector {
        UnitVector((0..<20).map { values[$0] ?? 0 })
    }

    /// Candidates when the conditions lie on their axes and the customer's words at `said`.
    private static func candidates(
        _ others: [Guideline] = [], said: [Int: Float], text: String = "tell me of blue elephants",
        applied: [GuidelineID] = [], facts: [String] = [], bounds: CandidateNarrowing.Bounds = .init()
    ) -> [String]? {
        let narrowing = CandidateNarrowing(topics + others, bounds: bounds)
        let interaction = Interaction(messages: [
            InteractionMessage(role: .customer, text: text, at: .init(microseconds: 0))
        ])
        return narrowing.candidates(
            in: interaction, conditions: narrowing.texts.indices.map { axis([$0: 1]) }, said: [axis(said)],
            applied: applied, facts: facts
        )?.map(\.rawValue).sorted()
    }

    @Test("topics near the best one are kept, at least eight, the others left out")
    func near() {
        let kept = Self.candidates(said: [3: 1, 5: 0.9, 7: 0.1])
        #expect(kept == ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"].sorted())
    }

    @Test("topics that share words with what is known of the customer are kept")
    func facts() {
        let kept = Self.candidates(said: [3: 1], facts: ["plan: thing17", "nothing of this"])
        #expect(kept == ["t0", "t1", "t17", "t2", "t3", "t4", "t5", "t6", "t7"])
    }

    @Test("many near ones are kept up to half of the topics")
    func many() {
        let all = Dictionary(uniqueKeysWithValues: (0..<12).map { ($0, 1 - Float($0) / 1000) })
        #expect(Self.candidates(said: all) == (0..<10).map { "t\($0)" }.sorted())
    }

    @Test("what similarity cannot judge is kept: high criticality, tone, code, and what was followed before")
    func unconditional() {
        let critical = Guideline(
            id: "critical", content: GuidelineContent(condition: "The customer smells gas", action: nil),
            criticality: .high)
        let kept = Self.candidates(
            [critical, .make("angry", "The customer is angry"), .make("code", nil, matcher: .code)],
            said: [0: 1], applied: ["t19"])
        #expect(Set(kept ?? []).isSuperset(of: ["critical", "angry", "code", "t19"]))
        #expect(kept?.contains("t18") == false)
    }

    @Test("a shared word keeps a topic that the vectors do not see")
    func words() {
        #expect(Self.candidates(said: [0: 1], text: "what about thing17, is it blue?")?.contains("t17") == true)
    }

    @Test("words that say too little leave nothing out", arguments: ["yes", "do it please", "ok, go ahead"])
    func short(_ text: String) {
        #expect(Self.candidates(said: [0: 1], text: text) == nil)
    }

    @Test("words that resemble nothing leave nothing out")
    func dissimilar() {
        let evenly = Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, Float(1)) })
        #expect(Self.candidates(said: evenly) == nil)
    }

    @Test("without words of the customer, and with vectors that do not belong, nothing is left out")
    func nothingSaid() {
        let narrowing = CandidateNarrowing(Self.topics)
        let vectors = narrowing.texts.indices.map { Self.axis([$0: 1]) }
        #expect(narrowing.candidates(in: Interaction(), conditions: vectors, said: []) == nil)
        #expect(CandidateNarrowing.queries(Interaction()) == [])
        let asked = Interaction(
            messages: [InteractionMessage(role: .customer, text: "blue elephants", at: .init(microseconds: 0))])
        #expect(narrowing.candidates(in: asked, conditions: [], said: [Self.axis([0: 1])]) == nil)
    }

    @Test("what is compared is the exchange, what the customer said in it, and the newest message")
    func queries() {
        func message(_ role: InteractionMessage.Role, _ text: String) -> InteractionMessage {
            InteractionMessage(role: role, text: text, at: .init(microseconds: 0))
        }
        let interaction = Interaction(messages: [
            message(.customer, "old"), message(.agent, "Which card?"), message(.customer, "the blue one"),
            message(.customer, "quick"),
        ])
        #expect(
            CandidateNarrowing.queries(interaction) == [
                "Which card? the blue one quick", "the blue one quick", "quick",
            ])
    }

    @Test("conditions are compared with their actions and examples too")
    func texts() {
        let guideline = Guideline(
            id: "g", content: GuidelineContent(condition: "The customer asks for help", action: "Help"),
            examples: ["help me"])
        #expect(
            CandidateNarrowing([guideline]).texts
                == ["The customer asks for help", "The customer asks for help. Help", "help me"])
    }
}
