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
