import LuaRuntime
import ParlantCore

/// `ctx:emit_message` and the other events, and the changes of session, customer and variables.
extension ContextServices {
    var session: [HostFunction] {
        [
            .waiting("emit_message") { [limits] call in
                let context = try CallScope.of(call, "ctx:emit_message").conversation("ctx:emit_message")
                let text = try Self.argument(call, 0, "ctx:emit_message", "a string")
                guard text.contains(where: { !$0.isWhitespace }) else {
                    throw HostError("ctx:emit_message: \(Wording.emptyText)")
                }
                guard text.utf8.count <= limits.eventBytes else {
                    let problem = Wording.tooLarge("text", text.utf8.count, limit: limits.eventBytes)
                    throw HostError("ctx:emit_message: \(problem)")
                }
                try await Self.effect("ctx:emit_message") { try await context.effects.emitMessage(text) }
                return []
            },
            .waiting("emit_status") { [limits] call in
                let context = try CallScope.of(call, "ctx:emit_status").conversation("ctx:emit_status")
                let name = try Self.argument(call, 0, "ctx:emit_status", "a status")
                guard Self.statuses.contains(name), let status = SessionStatus(rawValue: name) else {
                    throw HostError("ctx:emit_status: \(Wording.expectedChoice(name, among: Self.statuses))")
                }
                let details = call.argument(1)
                guard details.isAbsent || details.fields != nil, let json = JSONValue(details) else {
                    throw HostError("ctx:emit_status: the second argument is a table with named fields")
                }
                try Self.check(json, "ctx:emit_status: the table of details", "send less", limits)
                try await Self.effect("ctx:emit_status") {
                    try await context.effects.emitStatus(status, json.object ?? [:])
                }
                return []
            },
            .waiting("emit_custom") { [limits] call in
                let context = try CallScope.of(call, "ctx:emit_custom").conversation("ctx:emit_custom")
                guard let fields = call.argument(0).fields, let data = JSONValue(.object(fields)) else {
                    throw HostError("ctx:emit_custom: expected a table with named fields")
                }
                try Self.check(data, "ctx:emit_custom: the data", "send less", limits)
                try await Self.effect("ctx:emit_custom") { try await context.effects.emitCustom(data) }
                return []
            },
            .waiting("set_variable") { [limits] call in
                let context = try CallScope.of(call, "ctx:set_variable").conversation("ctx:set_variable")
                let name = try Self.argument(call, 0, "ctx:set_variable", "a name")
                let value = call.argument(1)
                guard !value.isAbsent, let data = JSONValue(value) else {
                    throw HostError("ctx:set_variable: expected a JSON value")
                }
                try Self.check(data, "ctx:set_variable: the value", "keep less", limits)
                try await Self.effect("ctx:set_variable") { try await context.effects.setVariable(name, to: data) }
                return []
            },
            .waiting("set_session_metadata") { [limits] call in
                let context = try CallScope.of(call, "ctx.session:set_metadata").conversation(
                    "ctx.session:set_metadata")
                let change = try Self.metadata(call, "ctx.session:set_metadata", limits)
                try await Self.effect("ctx.session:set_metadata") {
                    try await context.effects.updateSession(SessionChange(metadata: change, limits: limits.metadata))
                }
                return []
            },
            .waiting("set_customer_metadata") { [limits] call in
                let context = try CallScope.of(call, "ctx.customer:set_metadata").conversation(
                    "ctx.customer:set_metadata")
                guard !context.customer.isGuest else {
                    throw HostError(
                        "ctx.customer:set_metadata: the guest is built in; look at ctx.customer.is_guest first")
                }
                let change = try Self.metadata(call, "ctx.customer:set_metadata", limits)
                try await Self.effect("ctx.customer:set_metadata") {
                    try await context.effects.updateCustomer(CustomerChange(metadata: change, limits: limits.metadata))
                }
                return []
            },
            .waiting("add_label") { [limits] call in
                let context = try CallScope.of(call, "ctx.session:add_label").conversation("ctx.session:add_label")
                let label = try Self.argument(call, 0, "ctx.session:add_label", "a string")
                guard !label.isEmpty else { throw HostError("ctx.session:add_label: \(Wording.emptyText)") }
                try await Self.effect("ctx.session:add_label") {
                    try await context.effects.updateSession(SessionChange(addLabels: [label], limits: limits.metadata))
                }
                return []
            },
            .waiting("set_mode") { call in
                let context = try CallScope.of(call, "ctx.session:set_mode").conversation("ctx.session:set_mode")
                let name = try Self.argument(call, 0, "ctx.session:set_mode", "a mode")
                guard let mode = Session.Mode(rawValue: name) else {
                    let modes = Session.Mode.allCases.map(\.rawValue)
                    throw HostError("ctx.session:set_mode: \(Wording.expectedChoice(name, among: modes))")
                }
                try await Self.effect("ctx.session:set_mode") {
                    try await context.effects.updateSession(SessionChange(mode: mode))
                }
                return []
            },
        ]
    }

    /// What a script may say that it is doing; the others are the engine's.
    private static let statuses = ["processing", "typing", "ready"]

    private static func argument(_ call: HostCall, _ index: Int, _ name: String, _ expectation: String) throws -> String
    {
        guard let text = call.argument(index).text else {
            throw HostError("\(name): expected \(expectation)")
        }
        return text
    }

    private static func metadata(_ call: HostCall, _ name: String, _ limits: ScriptLimits) throws -> MetadataChange {
        let key = try argument(call, 0, name, "a name")
        guard !call.argument(1).isAbsent else { return MetadataChange(unset: [key]) }
        guard let value = JSONValue(call.argument(1)) else { throw HostError("\(name): \(key): expected a JSON value") }
        try check(value, "\(name): the value", "keep less", limits)
        return MetadataChange(set: [key: value])
    }

    /// Refuses a value beyond the limit of events: what it is and what to do about it.
    private static func check(_ value: JSONValue, _ what: String, _ remedy: String, _ limits: ScriptLimits) throws {
        let bytes = JSONWriter.bytes(of: value).count
        guard bytes > limits.eventBytes else { return }
        throw HostError(
            "\(what) has \(bytes) bytes of JSON, more than the limit of \(limits.eventBytes) bytes; \(remedy)")
    }

    /// Runs an effect; its failure becomes an error at the script's line that says what could not be done.
    private static func effect(
        _ name: String, _ body: nonisolated(nonsending) () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as StoreError {
            throw HostError("\(name): \(error.message)")
        }
    }
}
