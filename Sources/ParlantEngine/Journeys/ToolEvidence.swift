import ParlantCore

/// What a call of a tool says about its outcome, in words that conditions share: "the transfer failed" is a sentence
/// about a call that gave a reason, or whose result says `false`.
enum ToolEvidence {
    /// Characters of evidence that are shown to whoever judges.
    static let longest = 500

    /// One sentence about the call, with its data.
    static func words(_ run: ToolRun) -> String {
        guard case .result(let result) = run.outcome else {
            return "\(run.call.tool.name) failed with an error: \(run.failureText)"
        }
        let verdict = hasRefusal(result.data) ? "failed, without success" : "succeeded"
        return "\(run.call.tool.name) \(verdict), result \(result.data)"
    }

    /// Whether the result says no: `false`, nothing at all, or a field of its own that is `false`.
    private static func hasRefusal(_ data: JSONValue) -> Bool {
        switch data {
        case .null, .boolean(false): true
        case .object(let fields): fields.values.contains { $0.boolean == false }
        case .array(let items): items.isEmpty
        default: false
        }
    }
}
