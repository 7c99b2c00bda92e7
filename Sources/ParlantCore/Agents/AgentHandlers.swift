/// One message of a conversation, as handlers and models see it.
public struct InteractionMessage: Sendable, Equatable {
    /// Who said it. Raw values are those of the Lua surface.
    public enum Role: String, Sendable { case customer, agent, human }

    public var role: Role
    public var text: String
    public var at: Timestamp
    /// Whether these are an agent's quick first words and not a reply.
    public var isPreamble: Bool

    public init(role: Role, text: String, at: Timestamp, isPreamble: Bool = false) {
        self.role = role
        self.text = text
        self.at = at
        self.isPreamble = isPreamble
    }
}

/// What has happened so far in a session, as far as a turn needs it.
public struct Interaction: Sendable, Equatable {
    /// Oldest first.
    public var messages: [InteractionMessage]
    /// Results of tools in earlier turns, oldest first, as they stand in tool events.
    public var toolCalls: [JSONValue]

    public init(messages: [InteractionMessage] = [], toolCalls: [JSONValue] = []) {
        self.messages = messages
        self.toolCalls = toolCalls
    }

    /// Text of the newest customer message; empty when there is none.
    public var lastCustomerMessage: String {
        messages.last { $0.role == .customer }?.text ?? ""
    }

    /// Customer messages since the last reply, oldest first: what the coming reply answers. Quick first words answer
    /// nothing.
    public var unansweredCustomerMessages: [String] {
        messages.reversed().prefix { $0.role == .customer || $0.isPreamble }.filter { !$0.isPreamble }.reversed()
            .map(\.text)
    }
}

/// Which function of a script runs; decides what its `ctx` can do.
public enum HandlerKind: String, Sendable, CaseIterable {
    case tool, retriever
    /// The function that a retriever returned, for when the reply is about to be written.
    case deferredRetriever = "deferred_retriever"
    case matcher
    case onSelected = "on_selected"
    case onMessage = "on_message"
    /// `agent:on(step, handler)`.
    case hook
    /// An entry of a plugin's `hooks`, which has the plugin's state besides.
    case pluginHook = "plugin_hook"
    case choices
    /// `validate` and `adapter` of a parameter.
    case validate
    case cannedResponseFields = "canned_response_fields"
    /// A function of a plugin's `nlp`; there is no conversation.
    case provider
    /// A function of a plugin's `customer_store`; there is no conversation.
    case customerStore = "customer_store"
    /// `load`, `unload` and `save` of a plugin; there is no conversation.
    case plugin
}

/// What a script's function sees of the turn that called it.
public struct HandlerContext: Sendable {
    public var agent: Agent
    public var customer: Customer
    /// The customer's tags, with their names.
    public var customerTags: [Tag]
    public var session: Session
    public var interaction: Interaction
    /// Values of the agent's variables for this customer, by name.
    public var variables: JSONObject
    /// Calls of tools in this turn so far, as they stand in tool events.
    public var toolCalls: [JSONValue]
    /// Guidelines that apply in this turn, as far as that is known; functions of retrievers see them.
    public var matchedGuidelines: [GuidelineMatch]
    public var traceID: TraceID
    /// Where what the function does to the session goes.
    public var effects: any TurnEffects

    public init(
        agent: Agent, customer: Customer, customerTags: [Tag], session: Session, interaction: Interaction,
        variables: JSONObject = [:], toolCalls: [JSONValue] = [], matchedGuidelines: [GuidelineMatch] = [],
        traceID: TraceID, effects: any TurnEffects
    ) {
        self.agent = agent
        self.customer = customer
        self.customerTags = customerTags
        self.session = session
        self.interaction = interaction
        self.variables = variables
        self.toolCalls = toolCalls
        self.matchedGuidelines = matchedGuidelines
        self.traceID = traceID
        self.effects = effects
    }
}

/// What a script's function may do to the session that it works for. A turn that was cancelled refuses.
public protocol TurnEffects: Sendable {
    /// Sends a message to the customer at once, in the agent's name.
    func emitMessage(_ text: String) async throws
    /// Shows a status with details at once.
    func emitStatus(_ status: SessionStatus, _ details: JSONObject) async throws
    /// Appends a custom event with this data at once.
    func emitCustom(_ data: JSONValue) async throws
    /// Changes the session: mode, metadata, labels.
    ///
    /// - Throws: What the store throws: ``StoreError`` `tooLarge` when the session would exceed the change's limits.
    func updateSession(_ change: SessionChange) async throws
    /// Changes the session's customer.
    ///
    /// - Throws: What the store throws, as ``updateSession(_:)``.
    func updateCustomer(_ change: CustomerChange) async throws
    /// Gives a variable of the agent a value for the session's customer.
    ///
    /// - Throws: ``StoreError`` `notFound` when the agent has no variable of this name.
    func setVariable(_ name: String, to value: JSONValue) async throws
    /// Passages of the documents of the session's customer that answer a question, best first; none of the guest's.
    ///
    /// - Throws: What the store throws; `CancellationError`.
    func customerDocuments(answering question: String, limit: Int) async throws -> [FoundPassage]
    /// The documents of the session's customer in order of creation; none of the guest's.
    ///
    /// - Throws: What the store throws.
    func customerDocuments() async throws -> [Document]
    /// Where scripts keep small values.
    var keyValues: any KeyValueStore { get }
    /// What the session's agent remembers of its customer.
    var memories: any CustomerMemories { get }
}

/// Runs the functions that a script attached to its definitions. One value belongs to one generation.
public protocol AgentHandlers: Sendable {
    /// Asks a guideline's matcher.
    ///
    /// - Returns: Whether the guideline applies, and the reason if the matcher gave one.
    /// - Throws: When the matcher fails; the guideline then does not apply.
    func match(_ guideline: Guideline, in context: HandlerContext) async throws -> (applies: Bool, reason: String?)
    /// The allowed values of a parameter whose choices are a function.
    func choices(of parameter: ToolParameter, of tool: Tool, in context: HandlerContext) async throws -> [JSONValue]
    /// Checks the arguments, then runs the tool. Never throws but `CancellationError`: a fault is an outcome.
    func run(_ tool: Tool, arguments: JSONObject, in context: HandlerContext) async throws -> ToolOutcome
    /// Values for placeholders, from the owner's function.
    ///
    /// - Throws: When the function fails, after it is in the log; `CancellationError`. So do the functions below.
    func cannedResponseFields(of owner: HandlerOwner, in context: HandlerContext) async throws -> JSONObject
    /// Tells the owner's function that it was selected, or that the message was sent.
    ///
    /// - Parameter match: Why it applies, for functions of guidelines.
    func notify(
        _ handler: GuidelineHandler, of owner: HandlerOwner, match: GuidelineMatch?, in context: HandlerContext
    ) async throws
    /// Asks a retriever for grounding data.
    ///
    /// - Returns: What it brought; nil when it brought nothing, or said why it could not, which is in the log.
    func retrieve(_ retriever: Retriever, in context: HandlerContext) async throws -> Retrieval?
    /// Whether anything runs at a step; a turn asks before it prepares an event. O(1).
    func hasHooks(_ step: HookStep) -> Bool
    /// Runs the handlers of a step one after the other: those of plugins in the order of the server's list, then the
    /// agent's in the order of registration. The text that one leaves is what the next one sees. One that fails is in
    /// the log and changes nothing.
    ///
    /// - Throws: `CancellationError` alone.
    func runHooks(_ step: HookStep, _ event: HookEvent, in context: HandlerContext) async throws -> HookVerdict
}
