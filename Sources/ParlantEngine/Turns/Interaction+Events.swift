import ParlantCore

extension Interaction {
    /// Reads a conversation out of a session's events, and the question that the last turn left open.
    static func read(_ events: [Event]) -> (interaction: Interaction, pendingQuestion: PendingQuestion?) {
        var interaction = Interaction()
        var question: PendingQuestion?
        var cancelled: TraceID?
        for event in events {
            switch event.kind {
            case .message:
                guard let text = EventData.text(of: event.data) else { continue }
                let flagged = event.data["flagged"]?.boolean ?? false
                interaction.messages.append(
                    InteractionMessage(
                        role: event.source.role, text: flagged ? "<censored>" : text, at: event.createdAt))
            case .tool:
                interaction.toolCalls.append(contentsOf: event.data["tool_calls"]?.array ?? [])
            case .status:
                let status = EventData.status(of: event.data)
                if status == .cancelled { cancelled = event.traceID }
                // A cancelled turn said nothing, so what the turn before it asked for is still open.
                guard status == .ready, event.traceID != cancelled, let details = event.data["data"]?.object,
                    details["stage"] == "completed"
                else { continue }
                question = PendingQuestion(completedStatus: details)
            case .custom: continue
            }
        }
        return (interaction, question)
    }
}

extension Event.Source {
    /// Whose words a message of this source counts as.
    var role: InteractionMessage.Role {
        switch self {
        case .customer, .customerUI: .customer
        case .humanAgent: .human
        case .aiAgent, .humanAgentOnBehalfOfAIAgent, .system: .agent
        }
    }
}
