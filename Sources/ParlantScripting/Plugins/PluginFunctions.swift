import LuaRuntime
import ParlantCore
import Synchronization

/// A function of a plugin said `nil, err`: it could not do what was asked, and knows why.
struct PluginRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence, without secrets.
    var message: String
    /// A word for programs, such as `timeout` or `not_found`.
    var kind: String?
    /// When to try again.
    var retryAfter: Duration?

    var description: String { message }
}

/// A function of a plugin broke; the log has the details.
struct PluginDefect: Error, Sendable, Equatable, CustomStringConvertible {
    /// What Lua said, without secrets.
    var message: String

    var description: String { message }
}

/// What a function of a plugin returned is not what it should return.
struct PluginResultProblem: Error {
    /// One sentence for the log.
    var message: String

    init(_ message: String) { self.message = message }
}

/// The functions of one generation of a plugin that work for no conversation: `nlp`, `customer_store`, and those of its
/// own life.
///
/// Calls are spread over the lanes, because none of them belongs to a session.
final class PluginFunctions: Sendable {
    let generation: BundleGeneration
    private let settings: BundleSettings
    private let redactor: Redactor
    private let limits: ScriptLimits
    private let clock: any TimeSource
    private let defects: DefectLog
    private let turns = Atomic<Int>(0)

    init(
        _ generation: BundleGeneration, settings: BundleSettings, redactor: Redactor, limits: ScriptLimits,
        clock: any TimeSource, defects: DefectLog
    ) {
        self.generation = generation
        self.settings = settings
        self.redactor = redactor
        self.limits = limits
        self.clock = clock
        self.defects = defects
    }

    /// What the plugin says about itself.
    var contents: BundleContents.PluginContents? { generation.contents.plugin }

    /// Whether the plugin has this function: `nlp embed`.
    func has(_ field: String) -> Bool { generation.contents.functions[key(field)] != nil }

    /// Longest time of one call, waiting included.
    var timeout: Duration { limits.providerTimeout }

    /// Calls a function with its context and more arguments.
    ///
    /// - Parameters:
    ///   - field: Which: `nlp generate`.
    ///   - receive: Takes what the function hands over with `emit(piece)`, for functions that do; the function waits
    ///     for it.
    /// - Returns: What the function returned.
    /// - Throws: ``PluginRefusal``; ``PluginDefect``, which is in the log; `CancellationError`, and then the call is
    ///   closed.
    func call(
        _ field: String, _ kind: HandlerKind, _ arguments: [LuaValue],
        receive: (@Sendable (String) async throws -> Void)? = nil
    ) async throws -> LuaValue {
        let scope = scope(field, kind, receive)
        do {
            try generation.retirement.check()
            let lane = nextLane
            guard let function = lane.functions[key(field)] else {
                throw ScriptDefect(HandlerWording.noFunction(scope.subject))
            }
            let entry = receive == nil ? "plugin" : "plugin_stream"
            return try result(of: try await lane.call(entry, .function(function), scope, arguments))
        } catch {
            throw failure(error, field, scope)
        }
    }

    /// What a function that returned something else than it should is told in the log.
    func defect(_ field: String, _ text: String) -> PluginDefect {
        PluginDefect(message: defects.report(ScriptDefect(place(field) + text), in: scope(field, .provider)))
    }

    /// Tells the log what a function of the plugin's life did wrong.
    func note(_ field: String, _ text: String) {
        _ = defects.report(ScriptDefect(place(field) + text), in: scope(field, .plugin))
    }

    private func scope(
        _ field: String, _ kind: HandlerKind, _ receive: (@Sendable (String) async throws -> Void)? = nil
    ) -> CallScope {
        CallScope(
            kind: kind, context: nil, settings: settings, redactor: redactor,
            subject: subject(field), generation: generation.number,
            deadline: Deadline(timeout, on: clock, unless: generation.retirement), limits: limits,
            state: generation.state, receive: receive)
    }

    /// What people call a function: `nlp.generate of plugin x`.
    func subject(_ field: String) -> String { "\(field.replacing(" ", with: ".")) of plugin \(generation.name)" }

    /// Where a function stands: `plugins/x/init.lua:8: `.
    private func place(_ field: String) -> String {
        generation.contents.functions[key(field)].map { "\($0.location): " } ?? ""
    }

    private func key(_ field: String) -> FunctionKey { .plugin(generation.name, field) }

    private var nextLane: BundleLane {
        let lanes = generation.lanes
        let turn = turns.wrappingAdd(1, ordering: .relaxed).oldValue
        return lanes[(turn % lanes.count + lanes.count) % lanes.count]
    }

    /// The prelude's entry answers `true, value` or `false, message, kind, retry_after`.
    private func result(of values: [LuaValue]) throws -> LuaValue {
        func value(_ index: Int) -> LuaValue { values.indices.contains(index) ? values[index] : .nil }
        guard value(0).flag == false else { return value(1) }
        throw PluginRefusal(
            message: redactor.redact(value(1).text ?? PluginWording.noReason), kind: value(2).text,
            retryAfter: value(3).double.flatMap { $0.isFinite && $0 >= 0 ? .seconds(min($0, 86400)) : nil })
    }

    /// What a failed call is for whoever asked.
    private func failure(_ error: any Error, _ field: String, _ scope: CallScope) -> any Error {
        switch error {
        case let error as PluginRefusal: return error
        case let error as GenerationRetired: return PluginRefusal(message: "\(error)", kind: "retired")
        case is CancellationError: return error
        case let error as LuaError where error.code == .cancelled: return CancellationError()
        case let error as LuaError where error.code == .busy:
            return PluginRefusal(message: error.message, kind: "busy", retryAfter: .seconds(1))
        case let error as DeadlineError:
            // The line is for the log alone: what is thrown can reach a customer.
            let text = HandlerWording.deadline(error.limit)
            _ = defects.report(ScriptDefect(place(field) + text), in: scope)
            return PluginRefusal(message: text, kind: "timeout")
        case let error as LuaError:
            return PluginDefect(message: defects.report(ScriptDefect(error, at: place(field)), in: scope))
        case let error as ScriptDefect: return PluginDefect(message: defects.report(error, in: scope))
        default:
            // What the receiver of pieces threw is the receiver's own.
            return error
        }
    }
}
