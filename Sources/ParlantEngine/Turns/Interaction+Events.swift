import ParlantCore

extension Interaction {
    /// Reads a conversation out of a session's events, the question that the last turn left open, and how many of the
    /// last tool calls the agent has said nothing after.
    ///
    /// A reply stands behind the message that it answers, also when others came while it was written: so what is not
    /// answered yet is what stands behind the last reply.
    ///
    /// - Parameters:
    ///   - events: In the order of their offsets.
    ///   - cause: Offset of the message that is answered. Those of the customer after it have turns of their own and are
    ///     left out. Nil: all count.
    ///   - trace: Of a turn that goes on after it was interrupted. What it wrote itself is no part of what it answers.
    static func read(
        _ events: [Event], answering cause: Int? = nil, resuming trace: TraceID? = nil
    ) -> (interaction: Interaction, pendingQuestion: PendingQuestion?, untoldCalls: Int) {
        var interaction = Interaction()
        var said: [(place: Int, message: InteractionMessage)] = []
        var placeOfTrace: [TraceID: Int] = [:]
        var question: PendingQuestion?
        var acknowledged: TraceID?
        var spoke: TraceID?
        var untold = 0
        for event in events where trace == nil || event.traceID != trace || event.source != .aiAgent {
            switch event.kind {
            case .message:
                guard let text = EventData.text(of: event.data) else { continue }
                let role = event.source.role
                if role == .customer {
                    if let cause, event.offset > cause { continue }
                    placeOfTrace[event.traceID] = event.offset
                }
                let isPreamble = event.source == .aiAgent && EventData.isPreamble(event.data)
                if role == .agent, !isPreamble { untold = 0 }
                let flagged = event.data["flagged"]?.boolean ?? false
                let message = InteractionMessage(
                    role: role, text: flagged ? "<censored>" : text, at: event.createdAt,
                    isPreamble: isPreamble)
                if event.source == .aiAgent, !isPreamble { spoke = event.traceID }
                said.append((placeOfTrace[event.traceID] ?? event.offset, message))
            case .tool:
                let calls = event.data["tool_calls"]?.array ?? []
                interaction.toolCalls.append(contentsOf: calls)
                untold += calls.count
            case .status:
                let status = EventData.status(of: event.data)
                if status == .acknowledged { acknowledged = event.traceID }
                // What was asked for is open until a turn has answered: one that was cancelled, failed or dropped said
                // nothing, and what the agent says besides, under guidance, begins no turn.
                guard status == .ready, spoke == event.traceID, acknowledged == event.traceID,
                    let details = event.data["data"]?.object, details["stage"] == "completed"
                else { continue }
                question = PendingQuestion(completedStatus: details)
            case .custom: continue
            }
        }
        // A stable sort: messages of one turn stay in the order in which they were said.
        interaction.messages = said.enumerated()
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }.map(\.element.message)
        return (interaction, question, untold)
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
