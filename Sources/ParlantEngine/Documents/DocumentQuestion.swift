import ParlantCore

extension Interaction {
    /// What documents are searched for: what the customer said since the last reply, and with it what they said before
    /// when they go on asking without a word for what it is about ("And when?"). Empty when the customer said nothing.
    var documentQuestion: String {
        let said = unansweredCustomerMessages.joined(separator: "\n")
        guard !said.isEmpty, Self.goesOn(said) else { return said }
        let before = messages.dropLast(while: { $0.role == .customer || $0.isPreamble })
            .last { $0.role == .customer && !Self.goesOn($0.text) }
        return (before.map { $0.text + "\n" } ?? "") + said
    }

    private static let asking: Set<String> = StopWords.stems("how why when where who what which more else again")

    private static func goesOn(_ text: String) -> Bool {
        guard FunctionWords.content(of: text).allSatisfy(\.isEveryday) else { return false }
        return text.contains { "?？؟".contains($0) } || WordNormalizer.words(text).contains { asking.contains($0.stem) }
    }
}

extension Array {
    /// Without the longest end whose elements all satisfy a condition.
    fileprivate func dropLast(while belongs: (Element) -> Bool) -> ArraySlice<Element> {
        var end = endIndex
        while end > startIndex, belongs(self[end - 1]) { end -= 1 }
        return self[..<end]
    }
}
