import ParlantCore

/// Chooses ways of journeys without a model.
///
/// It knows yes and no, success and failure of tools, and words that a condition shares with the message or the tool's
/// result. What it cannot tell stays undecided, and the journey stays where it is.
enum OfflineWayJudge {
    /// Those of the conditions that hold.
    ///
    /// - Parameters:
    ///   - messages: The customer's messages that count, oldest first.
    ///   - isElsewhere: Whether they bring up something that a guideline answers: then they answer no step.
    static func holding(
        _ questions: [JudgedCondition], messages: [String], isElsewhere: Bool
    ) -> Set<JudgedCondition.ID> {
        var holding: Set<JudgedCondition.ID> = []
        var ways: [(state: String, ways: [JudgedCondition])] = []
        for question in questions {
            switch question.id.question {
            case .way:
                let state = "\(question.id.journey):\(question.id.state)"
                if ways.last?.state != state { ways.append((state, [])) }
                ways[ways.count - 1].ways.append(question)
            case .answered where !isElsewhere: if question.presumed == true { holding.insert(question.id) }
            case .answered, .settled, .changed, .reopened: break
            }
        }
        for (_, ways) in ways {
            let evidence = ways[0].evidence
            let chosen =
                evidence.isEmpty ? byMessage(ways, messages) : byOutcome(ways, evidence)
            if let chosen { holding.insert(ways[chosen].id) }
        }
        return holding
    }

    private static func byMessage(_ ways: [JudgedCondition], _ messages: [String]) -> Int? {
        guard let last = messages.last else { return nil }
        let answer = YesNoScanner.answer(in: ArgumentText(last))?.value.boolean
        if let answer, let way = only(ways, isNegative: !answer, preferring: answer ? ["yes"] : ["no"]) { return way }
        return byWords(ways, messages, threshold: ConditionScorer.threshold)
    }

    private static func byOutcome(_ ways: [JudgedCondition], _ evidence: String) -> Int? {
        let hasFailed = words(of: evidence).contains("failed")
        return only(ways, isNegative: hasFailed, preferring: []) ?? byWords(ways, [evidence], threshold: 0.01)
    }

    /// The first way with a preferred word, else the only one that is negative, or the only one that is not.
    private static func only(_ ways: [JudgedCondition], isNegative: Bool, preferring words: Set<String>) -> Int? {
        if let named = ways.firstIndex(where: { !self.words(of: $0.text).isDisjoint(with: words) }) { return named }
        let fitting = ways.indices.filter { index in
            !self.words(of: ways[index].text).isDisjoint(with: negative) == isNegative
        }
        return fitting.count == 1 ? fitting[0] : nil
    }

    private static func byWords(_ ways: [JudgedCondition], _ texts: [String], threshold: Double) -> Int? {
        let scores = ConditionScorer(ways.map { (condition: $0.text, examples: []) }).score(messages: texts)
        guard let best = scores.max(), best >= threshold else { return nil }
        let fitting = scores.indices.filter { scores[$0] == best }
        return fitting.count == 1 ? fitting[0] : nil
    }

    private static func words(of text: String) -> Set<String> {
        Set(ArgumentText(text).tokens.map(\.word.folded))
    }

    private static let negative: Set<String> = [
        "no", "not", "none", "nothing", "never", "cannot", "cant", "dont", "doesnt", "didnt", "isnt", "wasnt", "wont",
        "failed", "fails", "fail", "failure", "error", "without", "refuse", "refused", "refuses", "decline",
        "declined", "declines", "reject", "rejected", "rejects", "unavailable", "unsuccessful", "wrong", "invalid",
        "impossible", "unable",
    ]
}
