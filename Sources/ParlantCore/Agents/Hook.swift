/// Steps of a turn at which scripts may look on. Raw values are those of the Lua surface.
public enum HookStep: String, Sendable, CaseIterable {
    case acknowledging, acknowledged
    case generatingPreamble = "generating_preamble"
    case preambleGenerated = "preamble_generated"
    case preambleEmitted = "preamble_emitted"
    case preparing
    case preparationIterationStart = "preparation_iteration_start"
    case preparationIterationEnd = "preparation_iteration_end"
    case generatingMessages = "generating_messages"
    case draftGenerated = "draft_generated"
    case messageGenerated = "message_generated"
    case messagesEmitted = "messages_emitted"
    case error

    /// Whether there is a text at this step that has not been sent, so that a hook may change it.
    public var allowsReplacement: Bool {
        switch self {
        case .preambleGenerated, .draftGenerated, .messageGenerated: true
        case .acknowledging, .acknowledged, .generatingPreamble, .preambleEmitted, .preparing,
            .preparationIterationStart, .preparationIterationEnd, .generatingMessages, .messagesEmitted, .error:
            false
        }
    }
}

/// A function of a script that runs at a step of a turn.
public struct Hook: Sendable, Hashable {
    public var step: HookStep
    /// Counts the agent's handlers of this step, from 0, in the order of registration.
    public var position: Int
    /// Where the script registers it.
    public var location: SourceLocation?

    public init(step: HookStep, position: Int, location: SourceLocation? = nil) {
        self.step = step
        self.position = position
        self.location = location
    }
}

/// What hooks get to see of a step.
public struct HookEvent: Sendable, Equatable {
    /// The preamble, draft or message, where there is one.
    public var text: String?
    /// What failed, at ``HookStep/error``.
    public var error: String?

    public init(text: String? = nil, error: String? = nil) {
        self.text = text
        self.error = error
    }
}

/// What the hooks of a step decided together.
public struct HookVerdict: Sendable, Equatable {
    public enum Decision: Sendable {
        /// The turn goes on.
        case next
        /// The turn goes on; the later handlers of the step did not run.
        case resolve
        /// The turn stops at this step, as the step has it: most drop the reply, `preparation_iteration_*` only end the
        /// preparation, `draft_generated` sends the draft as it is. The later handlers did not run.
        case bail
    }

    public var decision: Decision
    /// ``HookEvent/text``, or what the handlers made of it.
    public var text: String?
    /// Whose handler ended the step: `plugin guard`, `agent bank`; nil for ``Decision/next``.
    public var decider: String?

    public init(_ decision: Decision, text: String? = nil, decider: String? = nil) {
        self.decision = decision
        self.text = text
        self.decider = decider
    }
}
