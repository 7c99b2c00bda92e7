import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Conditions without a model")
struct ConditionScorerTests {
    private func scorer(_ conditions: String...) -> ConditionScorer {
        ConditionScorer(conditions.map { ($0, []) })
    }

    @Test("most of what holds is found, and most of what is found holds, on the messages used for calibration")
    func calibration() {
        let figures = measure(LabelledAgent.all)
        #expect(figures.pairs >= 500)
        #expect(figures.precision >= 0.88)
        #expect(figures.recall >= 0.88)
    }

    @Test("the figures hold on agents that no constant was chosen on")
    func heldOut() {
        let figures = measure(LabelledAgent.heldOut)
        #expect(figures.precision >= 0.8)
        #expect(figures.recall >= 0.75)
    }

    private func measure(_ agents: [LabelledAgent]) -> (pairs: Int, precision: Double, recall: Double) {
        var (right, wrong, missed, pairs) = (0, 0, 0, 0)
        for agent in agents {
            let scorer = ConditionScorer(agent.guidelines)
            for message in agent.messages {
                for (position, match) in scorer.matches(messages: [message.text]).enumerated() {
                    pairs += 1
                    switch (match.score >= ConditionScorer.threshold, message.holds.contains(position)) {
                    case (true, true): right += 1
                    case (true, false):
                        wrong += 1
                        print("wrong:  \(agent.name) '\(message.text)' → \(position), \(match.rationale)")
                    case (false, true):
                        missed += 1
                        print("missed: \(agent.name) '\(message.text)' → \(position), \(match.rationale)")
                    case (false, false): break
                    }
                }
            }
        }
        let precision = Double(right) / Double(right + wrong)
        let recall = Double(right) / Double(right + missed)
        print("\(pairs) pairs, \(right + missed) hold: precision \(precision), recall \(recall)")
        return (pairs, precision, recall)
    }

    @Test("a message in the words of the condition scores 1")
    func sameWords() {
        #expect(
            scorer("The customer asks about opening hours").score(messages: ["What are your opening hours?"]) == [1])
    }

    @Test("forms of a word count as one")
    func forms() {
        let scores = scorer("The customer wants to cancel a booking").score(messages: ["cancelled my bookings"])
        #expect(scores == [1])
    }

    @Test("a message that shares nothing scores 0 and says so")
    func nothing() {
        let match = scorer("The customer asks about opening hours").matches(messages: ["My shoe is blue"])[0]
        #expect(match == WordMatch(score: 0, words: []))
        #expect(match.rationale == "no words match")
    }

    @Test("the rationale names the words that matched and the score")
    func rationale() {
        #expect(WordMatch(score: 0.834, words: ["opening", "hours"]).rationale == "words opening, hours match (0.83)")
        #expect(WordMatch(score: 1, words: ["refund"]).rationale == "word refund matches (1.00)")
    }

    @Test("a rare word counts more than one that many conditions use")
    func rarity() {
        let scorer = scorer(
            "the customer asks about card fees", "the customer asks about card limits",
            "the customer asks about card colours", "the customer asks about loans")
        let rare = scorer.score(messages: ["the fees"])[0]
        let common = scorer.score(messages: ["my card"])[0]
        #expect(rare > common)
    }

    @Test("an older message counts less than the newest")
    func recency() {
        let scorer = scorer("the customer asks about refunds", "the customer asks about parking")
        let scores = scorer.score(messages: ["where is parking?", "and what about refunds?"])
        #expect(scores[0] == 1)
        #expect(scores[1] < scores[0])
        #expect(scores[1] > 0)
    }

    @Test("words spread over two messages add up")
    func spread() {
        let scorer = scorer("the customer wants to rebook a cancelled flight", "the customer asks about luggage")
        let both = scorer.score(messages: ["my flight was cancelled", "can I rebook"])[0]
        #expect(both > scorer.score(messages: ["can I rebook"])[0])
    }

    @Test("a guideline without condition and examples scores 0, and keeps its place")
    func empty() {
        let scorer = ConditionScorer([(nil, []), ("the customer asks about refunds", [])])
        #expect(scorer.score(messages: ["refunds?"]) == [0, 1])
        #expect(scorer.score(messages: []) == [0, 0])
    }

    @Test("words in other languages match in any case and with or without marks")
    func languages() {
        #expect(scorer("Öffnungszeiten").score(messages: ["ÖFFNUNGSZEITEN?"]) == [1])
        #expect(scorer("paiement à crédit").score(messages: ["credit, paiement a"])[0] == 1)
        #expect(scorer("営業時間").score(messages: ["営業時間？"]) == [1])
    }

    @Test("negation is not understood: a refusal of the condition matches like its wish")
    func negation() {
        let score = scorer("the customer wants a refund").score(messages: ["I do not want a refund"])[0]
        #expect(score >= ConditionScorer.threshold)
    }

    @Test("guidelines bring their conditions and examples")
    func guidelines() {
        let guideline = Guideline(
            id: GuidelineID("g"), content: GuidelineContent(condition: "the customer is hungry", action: nil),
            examples: ["I could eat a horse"])
        let match = ConditionScorer([guideline]).matches(messages: ["could eat a horse"])[0]
        #expect(match.score == 1)
        #expect(match.words == ["eat", "horse"])
    }
}

@Suite("Canned responses without a model")
struct CannedResponseScorerTests {
    @Test("signals and text rank a response; placeholders do not")
    func ranking() throws {
        let responses = [
            CannedResponse(
                id: CannedResponseID("hours"), template: try CannedResponseTemplate("We are open from 9 to 5."),
                signals: ["opening hours"]),
            CannedResponse(
                id: CannedResponseID("name"), template: try CannedResponseTemplate("Hello {{std.customer.name}}!")),
        ]
        let scorer = CannedResponseScorer(responses)
        let scores = scorer.matches(messages: ["what are your hours?"]).map(\.score)
        #expect(scores[0] > 0.4)
        #expect(scores[1] == 0)
        #expect(scorer.matches(messages: ["std customer"]).map(\.score) == [0, 0])
    }
}
