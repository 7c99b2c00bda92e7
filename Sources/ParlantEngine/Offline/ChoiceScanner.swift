import ParlantCore

/// Values out of a list in a customer's message.
enum ChoiceScanner {
    private static let refusals: Set<String> = ["not", "no", "dont", "without", "never", "than", "except", "isnt"]

    /// Choices that the message names, in the order of mention.
    ///
    /// Strings match as whole words in normalised form, longest first, so that "extra large" is not "large"; numbers
    /// match numbers. A choice right after "not", "rather than" or the like does not count.
    static func choices(_ choices: [JSONValue], in text: ArgumentText) -> [FoundValue] {
        var found: [FoundValue] = []
        let worded = choices.compactMap { choice -> (value: JSONValue, stems: [String])? in
            guard let string = choice.string else { return nil }
            let stems = WordNormalizer.words(string).map(\.stem)
            return stems.isEmpty ? nil : (choice, stems)
        }
        // Longer first; of the same length the one listed first.
        for choice in worded.enumerated().sorted(by: {
            ($1.element.stems.count, $0.offset) < ($0.element.stems.count, $1.offset)
        }) {
            for range in text.places(of: choice.element.stems)
            where text.isFree(range) && !found.contains(where: { $0.range.overlaps(range) }) {
                found.append(FoundValue(value: choice.element.value, range: range))
            }
        }
        for number in NumberScanner.numbers(in: text) where text.isFree(number.range) {
            guard let choice = choices.first(where: { $0 == number.value }),
                !found.contains(where: { $0.range.overlaps(number.range) })
            else { continue }
            found.append(FoundValue(value: choice, range: number.range))
        }
        return
            found
            .filter { !text.words(before: $0.range.lowerBound, 2).contains(where: refusals.contains) }
            .sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
}
