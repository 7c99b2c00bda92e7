import ParlantCore

/// What became of a canned response in a turn. Raw values are those of the explain record.
public enum CannedResponseOutcome: String, Sendable, CaseIterable {
    /// It was said.
    case said
    /// It could have been said.
    case weighed
    /// It could have been said, but others are more like the conversation, and no model was shown it.
    case tooUnlike = "too_unlike"
    /// It could not be said.
    case unusable
}

/// How the words were found.
extension ExplanationWriter {
    mutating func writeWording() {
        let wording = report.wording
        json.key("composition")
        if let mode = wording.mode {
            json.beginObject()
            string("mode", mode.rawValue)
            text("draft", wording.draft)
            text("reason", wording.reason)
            json.endObject()
        } else {
            json.null()
        }
        writeCannedResponses()
    }

    private mutating func writeCannedResponses() {
        struct Entry {
            var id: CannedResponseID
            var outcome: CannedResponseOutcome
            var candidate: CannedCandidate?
            var reason: String?
        }
        let wording = report.wording
        let (said, unlike) = (Set(wording.said), Set(wording.tooUnlike))
        var entries = wording.candidates.map { candidate in
            let id = candidate.response.id
            let outcome: CannedResponseOutcome =
                said.contains(id) ? .said : unlike.contains(id) ? .tooUnlike : .weighed
            return Entry(id: id, outcome: outcome, candidate: candidate)
        }
        entries =
            entries.filter { $0.outcome == .said } + entries.filter { $0.outcome == .weighed }
            + entries.filter { $0.outcome == .tooUnlike }
        entries += wording.unusable.map { Entry(id: $0.id, outcome: .unusable, reason: $0.reason) }
        records("canned_responses", entries) { writer, entry in
            writer.string("id", entry.id.rawValue)
            writer.string("outcome", entry.outcome.rawValue)
            writer.string("origin", entry.candidate?.origin.name)
            writer.text("text", entry.candidate?.text)
            writer.text("reason", entry.reason)
        }
    }
}

extension CannedCandidate.Origin {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .tool: "tool"
        case .guideline: "guideline"
        case .agent: "agent"
        }
    }
}
