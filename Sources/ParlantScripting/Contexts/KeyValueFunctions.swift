import LuaRuntime
import ParlantCore

/// `ctx.kv` and `ctx.state`.
extension ContextServices {
    var keyValues: [HostFunction] {
        [
            .waiting("kv_get") { call in
                let entry = try Entry(call, "get")
                guard entry.belongsToSomebody else { return [.nil] }
                return [try await entry.store.read(entry.key, in: entry.scope)?.lua ?? .nil]
            },
            .waiting("kv_set") { call in
                let entry = try Entry(call, "set").writable()
                let (value, lifetime) = (try entry.value(call), try entry.lifetime(call))
                try await entry.attempt { try await $0.set(entry.key, to: value, in: entry.scope, lifetime: lifetime) }
                return []
            },
            .waiting("kv_add") { call in
                let entry = try Entry(call, "add").writable()
                let (value, lifetime) = (try entry.value(call), try entry.lifetime(call))
                return [
                    .boolean(
                        try await entry.attempt {
                            try await $0.add(entry.key, value, in: entry.scope, lifetime: lifetime)
                        })
                ]
            },
            .waiting("kv_increment") { call in
                let entry = try Entry(call, "increment").writable()
                let amount = call.argument(2)
                guard let number = amount.isAbsent ? 1 : amount.int else {
                    throw HostError("\(entry.name): expected a whole number to add")
                }
                return [
                    .integer(
                        try await entry.attempt { try await $0.increment(entry.key, by: number, in: entry.scope) })
                ]
            },
            .waiting("kv_delete") { call in
                let entry = try Entry(call, "delete").writable()
                try await entry.attempt { try await $0.delete(entry.key, in: entry.scope) }
                return []
            },
        ]
    }

    var pluginState: [HostFunction] {
        [
            .immediate("state_get") { call in
                [try Self.state(call).value(of: try Self.stateName(call))?.lua ?? .nil]
            },
            .immediate("state_all") { call in
                let fields = try Self.state(call).values.map { LuaField($0.key, $0.value.lua) }
                return [.object(fields)]
            },
            .immediate("state_set") { call in
                let name = try Self.stateName(call)
                let given = call.argument(1)
                let value = JSONValue(given)
                guard given.isAbsent || value != nil else {
                    throw HostError("ctx.state.\(name): expected a JSON value")
                }
                guard try Self.state(call).set(name, to: given.isAbsent ? nil : value) else {
                    throw HostError(
                        "ctx.state.\(name): the state would have more than \(PluginState.limitBytes) bytes of JSON")
                }
                return []
            },
        ]
    }

    private static func state(_ call: HostCall) throws -> PluginState {
        guard let state = try CallScope.of(call, "ctx.state").state else {
            throw HostError("ctx.state: not available here")
        }
        return state
    }

    private static func stateName(_ call: HostCall) throws -> String {
        guard let name = call.argument(0).text else { throw HostError("ctx.state: names are strings") }
        return name
    }

    /// The entry that a call of `ctx.kv` speaks of: scope, then key.
    private struct Entry {
        let name: String
        let scope: KeyValueScope
        let key: String
        let store: any KeyValueStore
        /// False for the guest: what they leave behind would be everybody's.
        let belongsToSomebody: Bool

        init(_ call: HostCall, _ method: String) throws {
            let word = call.argument(0).text ?? "session"
            let name = "ctx.kv.\(word):\(method)"
            let context = try CallScope.of(call, name).conversation(name)
            guard let key = call.argument(1).text else { throw HostError("\(name): expected a string as the key") }
            // A turn that was cancelled changes nothing any more.
            try Task.checkCancellation()
            self.name = name
            self.key = key
            store = context.effects.keyValues
            switch word {
            case "agent": scope = .agent(context.agent.id)
            case "customer": scope = .customer(context.customer.id)
            default: scope = .session(context.session.id)
            }
            belongsToSomebody = word != "customer" || !context.customer.isGuest
        }

        func writable() throws -> Entry {
            guard belongsToSomebody else {
                throw HostError(
                    "\(name): the guest is everybody that nobody knows; use ctx.kv.session, or look at ctx.customer.is_guest first"
                )
            }
            return self
        }

        func value(_ call: HostCall) throws -> JSONValue {
            let given = call.argument(2)
            guard !given.isAbsent, let value = JSONValue(given) else {
                throw HostError("\(name): expected a JSON value; to remove an entry, use delete")
            }
            return value
        }

        func lifetime(_ call: HostCall) throws -> Duration? {
            let options = call.argument(3)
            guard !options.isAbsent else { return nil }
            guard let fields = options.fields else {
                throw HostError("\(name): options: expected a table with named fields")
            }
            for field in fields where field.key != "ttl" {
                throw HostError(
                    "\(name): unknown option '\(field.key)'\(Wording.didYouMean(field.key, among: ["ttl"]))")
            }
            guard let ttl = fields.first else { return nil }
            // A century is for ever, and fits any clock.
            guard let seconds = ttl.value.double, seconds > 0, seconds <= 3_155_760_000 else {
                throw HostError("\(name): ttl: expected a number of seconds above 0")
            }
            return .seconds(seconds)
        }

        /// Runs a change; its refusal becomes an error at the script's line.
        nonisolated(nonsending) func attempt<Value: Sendable>(
            _ change: nonisolated(nonsending) (any KeyValueStore) async throws -> Value
        ) async throws -> Value {
            do {
                return try await change(store)
            } catch let error as StoreError {
                throw HostError("\(name): \(error.message)")
            }
        }
    }
}
