import ParlantCore

/// What matching found besides matches.
struct MatchingReport: Sendable {
    /// Whether the conditions were judged at all: a turn may break before.
    var hasJudged = false
    /// Guidelines that no model was asked about, because they resemble nothing that was said.
    var narrowed: Set<GuidelineID> = []
    /// Guidelines whose matcher failed; why, the log says.
    var failed: Set<GuidelineID> = []
}

/// What a turn knew besides the conversation.
struct KnowledgeReport: Sendable {
    /// Variables that were fetched anew, in the order in which that ended.
    var refreshes: [VariableFetch] = []
    /// Terms of the glossary that prompts showed.
    var terms: [Term] = []
    /// Terms of the whole glossary.
    var termCount = 0
    /// What the agent can offer, as far as prompts showed it.
    var capabilities: [Capability] = []
    /// Passages of documents that the prompt of the reply showed, best first.
    var passages: [FoundPassage] = []
    /// What is remembered of the customer, as far as prompts showed it.
    var memories: [RankedMemory] = []
    /// Retrievers that ran, in the order in which they ended.
    var retrievals: [RetrieverRun] = []

    /// Notes what the prompts of the turn show.
    mutating func note(_ context: TurnContext) {
        (terms, termCount, capabilities) = (context.terms, context.snapshot.terms.count, context.capabilities)
        memories = context.memories
    }
}

/// One fetch of a variable's value.
struct VariableFetch: Sendable {
    var variable: String
    var tool: ToolID
    /// Nil: the value is new. Else why it is as it was.
    var failure: String?
    var duration: Duration
}

/// One run of a retriever.
struct RetrieverRun: Sendable {
    enum Outcome: Sendable {
        case result(ToolResult)
        /// It had nothing to say.
        case nothing
        /// Why, the log says.
        case failed
    }

    var retriever: RetrieverID
    var outcome: Outcome
    /// Both parts, where it left one for later.
    var duration: Duration
}

/// What the hooks of one step decided together.
struct HookRun: Sendable {
    var step: HookStep
    var verdict: HookVerdict
    /// Whether they changed the text.
    var hasChangedText: Bool
    var duration: Duration
}

/// How the words of a reply were found.
struct WordingReport: Sendable {
    /// The strictest mode of all that applied; nil when nothing was composed.
    var mode: CompositionMode?
    /// Canned responses that could be said, in their order.
    var candidates: [CannedCandidate] = []
    /// Those that could not, and why.
    var unusable: [(id: CannedResponseID, reason: String)] = []
    /// Those that could, and that no model was shown: others are more like the conversation.
    var tooUnlike: [CannedResponseID] = []
    /// Those that were said.
    var said: [CannedResponseID] = []
    /// What the agent wanted to say before a canned response took its place.
    var draft: String?
    /// Why these words and no others, as one sentence without a full stop; nil when nothing was said.
    var reason: String?
}
