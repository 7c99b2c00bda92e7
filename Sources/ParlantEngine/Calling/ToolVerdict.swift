public import ParlantCore

/// What one round of a turn decided about one tool.
public struct ToolVerdict: Sendable, Equatable {
    /// Raw values are those of the explain record; the first three are the reference's.
    public enum Outcome: String, Sendable, CaseIterable {
        /// It runs now.
        case needsToRun = "needs_to_run"
        /// What it would bring or do is there already.
        case dataAlreadyInContext = "data_already_in_context"
        /// Something that it needs is missing, cannot be used, or broke.
        case cannotRun = "cannot_run"
        /// Nothing in the conversation asks for it now.
        case notNeeded = "not_needed"
    }

    public var tool: ToolID
    public var outcome: Outcome
    /// One sentence that says why.
    public var reason: String
    /// Of the call, when it runs or would have run; else nil.
    public var arguments: JSONObject?

    init(_ tool: ToolID, _ outcome: Outcome, _ reason: String, arguments: JSONObject? = nil) {
        self.tool = tool
        self.outcome = outcome
        self.reason = reason
        self.arguments = arguments
    }
}

/// What runs in this round, what the customer has to be asked for, and why.
struct ToolPlan: Sendable {
    /// In the order of the candidates.
    var calls: [ToolCall] = []
    /// Arguments that are missing or cannot be used.
    var problems: [ParameterProblem] = []
    var verdicts: [ToolVerdict] = []
    /// Consequential calls that an earlier turn made and of which it is not clear that the customer wants them again.
    var withheld: [ToolCall] = []
    /// Tools that need not run because what they bring is there, with what their last calls said.
    var known: [ToolID: String] = [:]
    /// What the candidates were, for the record of the calls.
    var candidates: [ToolID: (owners: Set<GuidelineID>, rivals: Set<ToolID>)] = [:]
}
