import ParlantCore

extension Interaction {
    /// What documents are searched for: what the customer said since the last reply, and with it what they said before
    /// when that alone names too little ("And when?"). Empty when the customer said nothing.
    var documentQuestion: String {
        let said = unansweredCustomerMessages.joined(separator: "\n")
        guard !said.isEmpty, !Self.namesEnough(said) else { return said }
        let before = messages.dropLast(while: { $0.role == .customer || $0.isPreamble }).last { $0.role == .customer }
        return (before.map { $0.text + "\n" } ?? "") + said
    }

    private static func namesEnough(_ text: String) -> Bool {
        FunctionWords.content(of: text).count { !$0.isEveryday } >= 2
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
