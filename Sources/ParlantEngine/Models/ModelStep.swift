/// What a call of a language model is for. Raw values are those of the explain record.
public enum ModelStep: String, Sendable, CaseIterable {
    /// Which conditions hold, and which ways of journeys are taken.
    case matching
    /// Where a journey goes, when it cannot be asked together with ``matching``.
    case journey
    /// Which tools run, with which arguments.
    case toolCalls = "tool_calls"
    /// The quick first words.
    case preamble
    /// The reply, or its draft.
    case message
    /// Which canned response takes the place of the draft.
    case cannedResponse = "canned_response"
    /// Which guidelines the reply really followed.
    case responseAnalysis = "response_analysis"
    /// What is worth remembering of a conversation; no turn waits for it.
    case memory
    /// Vectors of texts.
    case embedding
}
