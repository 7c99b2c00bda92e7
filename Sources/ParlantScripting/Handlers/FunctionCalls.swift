import Logging
import LuaRuntime
import ParlantCore

/// Calls the functions of one bundle that work for a conversation.
struct FunctionCalls: Sendable {
    /// What the functions belong to. Whoever holds the calls keeps its Lua states open.
    let generation: BundleGeneration
    /// Settings of every bundle: a tool of a plugin sees the plugin's.
    var settings: [String: BundleSettings]
    let redactor: Redactor
    let limits: ScriptLimits
    let clock: any TimeSource
    let defects: DefectLog
    let logger: Logger

    /// All calls of one session go to one lane, so that they come one after the other where they do not wait.
    func lane(of context: HandlerContext) -> BundleLane {
        let lanes = generation.lanes
        return lanes[Int(StableHash.of(context.session.id.rawValue) % UInt64(lanes.count))]
    }

    /// What a call knows; one that is no part of a tool's call gets the time that such handlers may take.
    func scope(
        _ kind: HandlerKind, _ context: HandlerContext, _ subject: String, service: String? = nil,
        deadline: Deadline? = nil
    ) -> CallScope {
        CallScope(
            kind: kind, context: context, settings: settings[service ?? generation.name] ?? BundleSettings(),
            redactor: redactor, subject: subject, generation: generation.number,
            deadline: deadline ?? Deadline(limits.handlerTimeout, on: clock, unless: generation.retirement),
            limits: limits, state: kind == .pluginHook ? generation.state : nil)
    }

    /// Calls a function with its context and one more argument.
    ///
    /// - Parameter entry: The prelude's entry that the function's results need.
    func call(
        _ key: FunctionKey, _ argument: some LuaEncodable & Sendable, on lane: BundleLane, _ scope: CallScope,
        entry: String = "call"
    ) async throws -> [LuaValue] {
        try generation.retirement.check()
        guard let function = lane.functions[key] else { throw ScriptDefect(HandlerWording.noFunction(scope.subject)) }
        do {
            return try await lane.call(entry, .function(function), scope, [argument])
        } catch let error as LuaError where error.location == nil && error.code != .cancelled {
            throw ScriptDefect(error, at: place(key, lane))
        }
    }

    /// Where a function stands, for defects that Lua did not see: `agents/x.lua:8: `.
    func place(_ key: FunctionKey, _ lane: BundleLane) -> String {
        lane.functions[key].map { "\($0.location): " } ?? ""
    }

    /// Runs a call that is no tool.
    ///
    /// - Parameter place: Where the function stands.
    /// - Throws: What made it fail, which is in the log then; `CancellationError`.
    func guarded<Value: Sendable>(
        _ scope: CallScope, place: String, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            let defect = try defect(error, place: place)
            _ = defects.report(defect, in: scope)
            throw defect
        }
    }

    /// The defect behind an error.
    ///
    /// - Parameter place: Where the function stands; Lua's own errors know better.
    /// - Throws: `CancellationError` when it is the caller that was cancelled.
    func defect(_ error: any Error, place: String) throws -> ScriptDefect {
        switch error {
        case let error as ScriptDefect: return error
        case is CancellationError: throw CancellationError()
        case let error as LuaError where error.code == .cancelled: throw CancellationError()
        case let error as LuaError: return ScriptDefect(error, at: place)
        case let error as DeadlineError: return ScriptDefect(place + HandlerWording.deadline(error.limit))
        default: return ScriptDefect(place + "\(error)")
        }
    }
}
