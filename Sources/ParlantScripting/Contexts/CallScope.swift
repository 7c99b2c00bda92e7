import LuaRuntime
import ParlantCore

/// What the host functions of one call know: for whom it runs, and what it may see.
struct CallScope: Sendable {
    var kind: HandlerKind
    var context: HandlerContext
    /// Settings of the bundle whose file defines the function.
    var settings: BundleSettings
    var redactor: Redactor
    /// What runs, for logs: `tool bank:transfer_funds`.
    var subject: String
    /// Which load of the bundle runs, for logs.
    var generation: Int
    /// When it must have ended, waiting included.
    var deadline: Deadline

    /// The scope of a call; a function that is called while files load has none.
    static func of(_ call: HostCall, _ name: String) throws -> CallScope {
        guard let scope = call.context as? CallScope else { throw HostError("\(name): only inside a handler") }
        return scope
    }
}

extension CallScope: LuaEncodable {
    /// Writes the table that the prelude makes `ctx` of, without a tree of values in between.
    func encode(to writer: inout LuaWriter) throws(LuaError) {
        writer.beginObject(count: 6)
        writer.key("kind")
        writer.string(kind.rawValue)
        writer.key("agent")
        writer.beginObject(count: 2)
        writer.key("id")
        writer.string(context.agent.id.rawValue)
        writer.key("name")
        writer.string(context.agent.name)
        writer.key("customer")
        try encodeCustomer(to: &writer)
        writer.key("session")
        try encodeSession(to: &writer)
        writer.key("interaction")
        encodeInteraction(to: &writer)
        writer.key("config")
        try settings.values.encodeObject(to: &writer)
    }

    private func encodeCustomer(to writer: inout LuaWriter) throws(LuaError) {
        let customer = context.customer
        writer.beginObject(count: 5)
        writer.key("id")
        writer.string(customer.id.rawValue)
        writer.key("name")
        writer.string(customer.name)
        writer.key("is_guest")
        writer.boolean(customer.isGuest)
        writer.key("metadata")
        try customer.metadata.encodeObject(to: &writer)
        writer.key("tags")
        writer.beginArray(count: context.customerTags.count)
        for tag in context.customerTags { writer.string(tag.name) }
    }

    private func encodeSession(to writer: inout LuaWriter) throws(LuaError) {
        let session = context.session
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

    private func encodeInteraction(to writer: inout LuaWriter) {
        let interaction = context.interaction
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
