import ParlantCore

/// What one turn works on; loaded once, so that a reload or an update in mid-turn changes nothing for it.
struct TurnContext: Sendable {
    var snapshot: AgentSnapshot
    var customer: Customer
    var customerTags: [Tag]
    var session: Session
    var interaction: Interaction
    /// Values of the agent's variables for this customer, by name.
    var variables: JSONObject = [:]
    /// Calls of tools in this turn so far, as they stand in tool events.
    var toolCalls: [JSONValue] = []
    /// What the agent asked for in its last reply and has not got yet.
    var pendingQuestion: PendingQuestion?
    var traceID: TraceID
    var effects: any TurnEffects
    /// The date at the begin of the turn, in UTC, as `YYYY-MM-DD`.
    var today: String

    var agent: Agent { snapshot.agent }

    /// What functions of the script see.
    var handlerContext: HandlerContext {
        HandlerContext(
            agent: snapshot.agent, customer: customer, customerTags: customerTags, session: session,
            interaction: interaction, variables: variables, toolCalls: toolCalls, traceID: traceID, effects: effects)
    }
}

/// An argument of a tool that the agent has asked the customer for.
struct PendingQuestion: Sendable, Equatable {
    var tool: ToolID
    var parameter: String
    /// Guidelines that applied when it was asked; they apply again once the answer is there.
    var guidelines: [GuidelineID]

    /// Reads the question back from the status event that ended the turn in which it was asked.
    init?(completedStatus details: JSONObject) {
        guard let missing = details["missing_parameters"]?.array?.first,
            let service = missing["service_name"]?.string, let name = missing["tool_name"]?.string,
            let parameter = missing["name"]?.string
        else { return nil }
        tool = ToolID(service: service, name: name)
        self.parameter = parameter
        guidelines = (details["matched_guidelines"]?.array ?? []).compactMap {
            $0["id"]?.string.map { GuidelineID($0) }
        }
    }

    /// The form in which a problem is kept in the status event, for ``init(completedStatus:)``.
    static func json(of problem: ParameterProblem) -> JSONValue {
        [
            "service_name": .string(problem.tool.service), "tool_name": .string(problem.tool.name),
            "name": .string(problem.parameter.name),
        ]
    }
}

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
