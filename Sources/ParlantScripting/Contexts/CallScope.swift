import LuaRuntime
import ParlantCore

/// What the host functions of one call know: for whom it runs, and what it may see.
struct CallScope: Sendable {
    var kind: HandlerKind
    /// The conversation; nil for functions of plugins that work for none.
    var context: HandlerContext?
    /// Settings of the bundle whose file defines the function.
    var settings: BundleSettings
    var redactor: Redactor
    /// What runs, for logs: `tool bank:transfer_funds`.
    var subject: String
    /// Which load of the bundle runs, for logs.
    var generation: Int
    /// When it must have ended, waiting included.
    var deadline: Deadline
    /// What the bundle may use.
    var limits: ScriptLimits
    /// `ctx.state`, for functions of plugins.
    var state: PluginState?
    /// `ctx.matches`, for functions that retrievers returned.
    var matches: [LuaValue] = []
    /// Takes the pieces of a function that streams.
    var receive: (@Sendable (String) async throws -> Void)?
    /// The VM that runs the call; nil until it begins.
    var vm: LuaVM?
    /// Counts the requests of the bundle on the VM's lane.
    var gate: RequestGate?
    let resources = CallResources()

    /// The scope of a call; a function that is called while files load has none.
    static func of(_ call: HostCall, _ name: String) throws -> CallScope {
        guard let scope = call.context as? CallScope else { throw HostError("\(name): only inside a handler") }
        return scope
    }

    /// The conversation of a call that must have one.
    func conversation(_ name: String) throws -> HandlerContext {
        guard let context else { throw HostError("\(name): only in a conversation") }
        return context
    }
}

extension CallScope: LuaEncodable {
    /// Writes the table that the prelude makes `ctx` of, without a tree of values in between.
    func encode(to writer: inout LuaWriter) throws(LuaError) {
        writer.beginObject(count: context == nil ? 2 : kind == .deferredRetriever ? 9 : 8)
        writer.key("kind")
        writer.string(kind.rawValue)
        writer.key("config")
        try settings.values.encodeObject(to: &writer)
        if let context { try encode(context, to: &writer) }
        if kind == .deferredRetriever {
            writer.key("matches")
            try matches.encode(to: &writer)
        }
    }

    private func encode(_ context: HandlerContext, to writer: inout LuaWriter) throws(LuaError) {
        writer.key("agent")
        writer.beginObject(count: 2)
        writer.key("id")
        writer.string(context.agent.id.rawValue)
        writer.key("name")
        writer.string(context.agent.name)
        writer.key("customer")
        try encodeCustomer(of: context, to: &writer)
        writer.key("session")
        try encode(context.session, to: &writer)
        writer.key("interaction")
        encode(context.interaction, to: &writer)
        writer.key("variables")
        try context.variables.encodeObject(to: &writer)
        writer.key("tool_calls")
        writer.beginArray(count: context.toolCalls.count)
        for call in context.toolCalls { try call.encode(to: &writer) }
    }

    private func encodeCustomer(of context: HandlerContext, to writer: inout LuaWriter) throws(LuaError) {
        let customer = context.customer
        writer.beginObject(count: 6)
        writer.key("id")
        writer.string(customer.id.rawValue)
        writer.key("name")
        writer.string(customer.name)
        writer.key("about")
        if let about = customer.about { writer.string(about) } else { writer.nil() }
        writer.key("is_guest")
        writer.boolean(customer.isGuest)
        writer.key("metadata")
        try customer.metadata.encodeObject(to: &writer)
        writer.key("tags")
        writer.beginArray(count: context.customerTags.count)
        for tag in context.customerTags { writer.string(tag.name) }
    }

    private func encode(_ session: Session, to writer: inout LuaWriter) throws(LuaError) {
        writer.beginObject(count: 5)
        writer.key("id")
        writer.string(session.id.rawValue)
        writer.key("mode")
        writer.string(session.mode.rawValue)
        writer.key("title")
        if let title = session.title { writer.string(title) } else { writer.nil() }
        writer.key("metadata")
        try session.metadata.encodeObject(to: &writer)
        writer.key("labels")
        writer.beginArray(count: session.labels.count)
        for label in session.labels { writer.string(label) }
    }

    private func encode(_ interaction: Interaction, to writer: inout LuaWriter) {
        writer.beginObject(count: 2)
        writer.key("last_customer_message")
        writer.string(interaction.lastCustomerMessage)
        writer.key("messages")
        writer.beginArray(count: interaction.messages.count)
        for message in interaction.messages {
            writer.beginObject(count: 3)
            writer.key("role")
            writer.string(message.role.rawValue)
            writer.key("text")
            writer.string(message.text)
            writer.key("at")
            writer.string(message.at.description)
        }
    }
}
