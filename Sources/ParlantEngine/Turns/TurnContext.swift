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
    /// Where they come from.
    var variableEntries: [CustomerVariables.Entry] = []
    /// Terms of the glossary that the conversation needs.
    var terms: [Term] = []
    /// What the agent can offer and the conversation may need.
    var capabilities: [Capability] = []
    /// What is remembered of the customer and has to do with what was said, oldest first.
    var memories: [RankedMemory] = []
    /// Calls of tools in this turn so far, as they stand in tool events.
    var toolCalls: [JSONValue] = []
    /// What applies, once it is known.
    var matchedGuidelines: [GuidelineMatch] = []
    /// What the agent asked for in its last reply and has not got yet.
    var pendingQuestion: PendingQuestion?
    /// How many of the newest tool calls of earlier turns the customer has not been told of, because their turns said
    /// nothing.
    var untoldCalls = 0
    /// What the turn left behind when it was interrupted.
    var remains = TurnRemains()
    var traceID: TraceID
    var effects: any TurnEffects
    /// The language models, as this turn uses them.
    var models: TurnModels
    /// Gathers what the turn decides and does.
    var recorder: TurnRecorder
    var clock: any TimeSource
    /// The time at the begin of the turn, where the customer is.
    var localTime: LocalTime

    var agent: Agent { snapshot.agent }
    /// The date of ``localTime``, as `YYYY-MM-DD`: what "tomorrow" counts from.
    var today: String { localTime.date }

    /// What is known of the customer besides what was said: values of variables, and tags; the first ones, cut.
    var facts: [String] {
        let values = variables.prefix(Self.mostFacts).map { "\($0.key): \($0.value.string ?? "\($0.value)")" }
        return (values + customerTags.prefix(Self.mostFacts).map(\.name)).map { String($0.prefix(200)) }
    }

    private static let mostFacts = 32

    /// What functions of the script see.
    var handlerContext: HandlerContext {
        HandlerContext(
            agent: snapshot.agent, customer: customer, customerTags: customerTags, session: session,
            interaction: interaction, variables: variables, toolCalls: toolCalls, matchedGuidelines: matchedGuidelines,
            traceID: traceID, effects: effects)
    }
}
