import ParlantCore

/// Agreement and refusal in a customer's message.
enum YesNoScanner {
    private static let yes: Set<String> = [
        "yes", "yeah", "yep", "yup", "sure", "true", "correct", "absolutely", "definitely", "certainly", "ok", "okay",
        "affirmative", "indeed",
    ]
    private static let no: Set<String> = ["no", "nope", "nah", "false", "never", "negative"]
    /// "No problem" agrees, if anything.
    private static let politeness: Set<String> = ["problem", "worries", "matter", "doubt", "idea"]

    /// What a reply to a yes-or-no question says: its first word decides ("yes please", "no, leave it"); "of course"
    /// and "not really" count too. nil when it says neither.
    static func answer(in text: ArgumentText) -> FoundValue? {
        let words = text.tokens.prefix(3).map(\.word.folded)
        guard let first = words.first else { return nil }
        let range = text.tokens[0].range
        if yes.contains(first) || words.starts(with: ["of", "course"]) || words.starts(with: ["please", "do"]) {
            return FoundValue(value: true, range: range)
        }
        if no.contains(first) {
            if first == "no", words.count > 1, politeness.contains(words[1]) { return nil }
            return FoundValue(value: false, range: range)
        }
        if words.starts(with: ["not", "really"]) || words.starts(with: ["please", "dont"]) {
            return FoundValue(value: false, range: range)
        }
        return nil
    }

    /// A yes or no right after the parameter's name: "gift wrap: yes", "express is no".
    static func labelled(_ label: ParameterLabel, in text: ArgumentText) -> FoundValue? {
        for place in label.places(in: text) {
            let following = text.tokens.drop { $0.range.lowerBound < place.upperBound }.prefix(2)
            for (offset, token) in following.enumerated() {
                if offset == 1, following.first?.word.folded != "is" { break }
                if yes.contains(token.word.folded) { return FoundValue(value: true, range: token.range) }
                if no.contains(token.word.folded) { return FoundValue(value: false, range: token.range) }
            }
        }
        return nil
    }
}
