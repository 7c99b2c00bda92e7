import ParlantCore

/// Turns a model's answer into what is said. Pure: whatever the answer is, strict mode says rendered templates only.
enum ReplyChoice {
    /// What strict mode says: the chosen response, and a second one where the answer asks for it; the no-match message
    /// when none was chosen, or the chosen one has no text (`domain.md` 1.6). Of the model's own words nothing is said
    /// but values of generative fields.
    static func strict(_ answer: JSONValue, _ candidates: CannedCandidates, noMatch: String) -> [Reply] {
        guard answer["match"]?.string != "none", let first = reply(answer["canned_response"], answer, candidates) else {
            return [Reply(text: noMatch)]
        }
        guard let second = reply(answer["follow_up"], answer, candidates),
            second.cannedResponses.first?.id != first.cannedResponses.first?.id
        else { return [first] }
        return [first, second]
    }

    /// What fluid mode says: the chosen response, else the message.
    ///
    /// - Throws: ``NLPError`` `malformed` when there is neither.
    static func fluid(_ answer: JSONValue, _ candidates: CannedCandidates) throws -> Reply {
        try reply(answer["canned_response"], answer, candidates) ?? written(answer)
    }

    /// The model's own message.
    ///
    /// - Throws: ``NLPError`` `malformed` when it is empty.
    static func written(_ answer: JSONValue) throws -> Reply {
        guard let text = message(in: answer) else { throw emptyMessage }
        return Reply(text: text, isWritten: true)
    }

    /// Why the answer led to what is said; for the record.
    static func reason(for answer: JSONValue, _ mode: CompositionMode) -> String {
        let number = answer["canned_response"]?.integer
        switch mode {
        case .strict:
            guard let number, let match = answer["match"]?.string, match != "none" else {
                return "the model found no canned response that says the same as its draft"
            }
            let second = answer["follow_up"]?.integer.map { ", followed by response \($0)" } ?? ""
            return "the model chose response \(number) with a \(match) match\(second)"
        case .composited: return "the model's own words in the style of the canned responses"
        case .fluid, .free:
            return number.map { "the model found that response \($0) says the same as its draft" }
                ?? "the model's own words"
        }
    }

    static let emptyMessage = NLPError(
        .malformed, "the model wrote an empty message; try again, or use another model")

    /// The draft, or the message where there is no choice; nil when it is empty.
    static func message(in answer: JSONValue) -> String? {
        answer["message"]?.string.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
    }

    /// The answer with another draft.
    static func replacing(draft: String, in answer: JSONValue) -> JSONValue {
        guard var object = answer.object else { return answer }
        object["message"] = .string(draft)
        return .object(object)
    }

    /// The candidate of this number, counted from 1, with the fields of the answer.
    private static func reply(
        _ number: JSONValue?, _ answer: JSONValue, _ candidates: CannedCandidates
    ) -> Reply? {
        guard let number = number?.integer, number >= 1, number <= candidates.items.count else { return nil }
        let candidate = candidates.items[Int(number) - 1]
        let values = GenerativeFields.values(in: answer["fields"])
        guard let text = candidates.text(of: candidate, filling: values), text.contains(where: { !$0.isWhitespace })
        else { return nil }
        return Reply(
            text: text, draft: message(in: answer), cannedResponses: [(candidate.response.id, text)],
            metadata: candidate.response.metadata)
    }
}
