import Logging
import LuaRuntime
import ParlantCore

/// The effects that handlers reach through `ctx`, as host functions. Everything that waits suspends the call.
struct ContextServices: Sendable {
    let http: any HTTPTransport
    let clock: any TimeSource
    let limits: ScriptLimits
    let logger: Logger

    var functions: [HostFunction] {
        views + session + keyValues + memories + pluginState + time + requests + hookEvents
            + [customerDocuments, log, sideBySide, emitPiece]
    }

    // MARK: Views

    private var views: [HostFunction] {
        [
            .immediate("members") { _ in [ContextMembers.table] },
            .immediate("missing_member") { call in
                let scope = try CallScope.of(call, "ctx")
                guard let path = call.argument(0).text else { return [.nil] }
                // A number or another odd key is simply absent, as in any table.
                guard let key = call.argument(1).text else { return [.nil] }
                let refusal = ContextMembers.refusal(
                    of: key, on: path, in: scope.kind, settings: scope.settings.names)
                if let refusal { throw HostError(refusal) }
                return [.nil]
            },
            .immediate("read_only") { call in
                let path = call.argument(0).text ?? "ctx"
                throw HostError(ContextMembers.readOnly(path, Self.text(call.argument(1))))
            },
            .immediate("colon") { call in
                let path = call.argument(0).text ?? "ctx"
                let method = Self.text(call.argument(1))
                throw HostError("\(path).\(method): call it with a colon, as in \(path):\(method)(…)")
            },
            .immediate("raise") { call in throw HostError(Self.text(call.argument(0))) },
            .immediate("wrong_tag") { call in
                throw HostError(
                    "ctx.customer:has_tag: expected parlant.Tag or a name, got a \(Self.text(call.argument(0)))")
            },
        ]
    }

    private static func text(_ value: LuaValue) -> String {
        value.text ?? value.int.map { String($0) } ?? "?"
    }

    // MARK: Log

    private var log: HostFunction {
        .immediate("log") { [logger] call in
            let scope = try CallScope.of(call, "ctx.log")
            let level = Self.levels[call.argument(0).text ?? ""] ?? .info
            guard let message = call.argument(1).text else {
                throw HostError("ctx.log: expected a string as the message")
            }
            var metadata = scope.logMetadata
            if !call.argument(2).isAbsent {
                guard let fields = call.argument(2).fields else {
                    throw HostError("ctx.log: the second argument is a table with named fields")
                }
                for field in fields {
                    let value = JSONValue(field.value)
                    metadata[field.key] = "\(scope.redactor.redact(value?.string ?? value?.description ?? "?"))"
                }
            }
            if let location = call.location { metadata["script"] = "\(location)" }
            logger.log(level: level, "\(scope.redactor.redact(message))", metadata: metadata)
            return []
        }
    }

    private static let levels: [String: Logger.Level] = [
        "debug": .debug, "info": .info, "warn": .warning, "error": .error,
    ]
}

extension CallScope {
    /// What every line of the log about this call has.
    var logMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["handler": "\(subject)", "generation": "\(generation)"]
        if let context {
            metadata["trace_id"] = "\(context.traceID)"
            metadata["session_id"] = "\(context.session.id)"
            metadata["agent_id"] = "\(context.agent.id)"
        }
        return metadata
    }
}
