import Logging
import LuaRuntime
import ParlantCore

/// Runs the functions of one bundle's scripts.
struct ScriptHandlers: AgentHandlers {
    /// What the functions belong to. Whoever holds the handlers keeps its Lua states open.
    let generation: BundleGeneration
    /// Settings of every bundle: a tool of a plugin sees the plugin's.
    var settings: [String: BundleSettings]
    let redactor: Redactor
    let limits: ScriptLimits
    let clock: any TimeSource
    let defects: DefectLog
    let logger: Logger

    private var bundle: String { generation.name }
    private var lanes: [BundleLane] { generation.lanes }

    // MARK: Guidelines

    func match(_ guideline: Guideline, in context: HandlerContext) async throws -> (applies: Bool, reason: String?) {
        guard guideline.matcher == .code else { return (guideline.matcher == .always, nil) }
        let lane = lane(of: context)
        let key = FunctionKey.guideline(guideline.id, of: context.agent.id, "matcher")
        let scope = scope(.matcher, context, "matcher of guideline \(guideline.id)")
        let handle = lane.handles[key.subject].map(LuaValue.handle) ?? .nil
        return try await guarded(scope) {
            let values = try await call(key, handle, on: lane, scope)
            switch values.first ?? .nil {
            case .boolean(let applies): return (applies, values.count > 1 ? values[1].text : nil)
            case .nil: return (false, values.count > 1 ? values[1].text : nil)
            case let other: throw ScriptDefect(place(key, lane) + HandlerWording.matcherResult(other))
            }
        }
    }

    func cannedResponseFields(of guideline: Guideline, in context: HandlerContext) async throws -> JSONObject {
        let lane = lane(of: context)
        let key = FunctionKey.guideline(guideline.id, of: context.agent.id, "canned_response_fields")
        let scope = scope(.cannedResponseFields, context, "canned_response_fields of guideline \(guideline.id)")
        return try await guarded(scope) {
            let value = try await call(key, LuaValue.nil, on: lane, scope).first ?? .nil
            if value.isAbsent { return [:] }
            guard value.fields != nil, let fields = JSONValue(value)?.object ?? (value.items != nil ? [:] : nil) else {
                throw ScriptDefect(place(key, lane) + HandlerWording.fieldsResult(value))
            }
            return fields
        }
    }

    func notify(_ handler: GuidelineHandler, of match: GuidelineMatch, in context: HandlerContext) async throws {
        let kind: HandlerKind
        switch handler {
        case .onSelected: kind = .onSelected
        case .onMessage: kind = .onMessage
        case .cannedResponseFields: return
        }
        let lane = lane(of: context)
        let key = FunctionKey.guideline(match.guideline.id, of: context.agent.id, handler.rawValue)
        let scope = scope(kind, context, "\(handler.rawValue) of guideline \(match.guideline.id)")
        let handle = lane.handles[key.subject].map(LuaValue.handle) ?? .nil
        let argument = LuaValue.object([
            LuaField("guideline", handle), LuaField("rationale", .string(match.rationale)),
            LuaField("score", .number(match.score)),
        ])
        _ = try await guarded(scope) { try await call(key, argument, on: lane, scope) }
    }

    // MARK: Tools

    func choices(of parameter: ToolParameter, of tool: Tool, in context: HandlerContext) async throws -> [JSONValue] {
        let run = toolRun(tool, context, limits.handlerTimeout)
        let scope = scope(
            .choices, context, "choices of \(parameter.name) of tool \(tool.id)", service: tool.id.service)
        return try await guarded(scope) { try await run.choices(of: parameter) ?? [] }
    }

    func run(_ tool: Tool, arguments: JSONObject, in context: HandlerContext) async throws -> ToolOutcome {
        let run = toolRun(tool, context, tool.timeout)
        let scope = scope(.tool, context, "tool \(tool.id)", service: tool.id.service, deadline: run.deadline)
        do {
            let outcome = try await run.outcome(of: arguments)
            log(outcome, scope)
            return outcome
        } catch {
            return .defect(
                defects.report(try defect(error, key: .tool(tool.id, "run"), run.lane), in: scope, arguments: arguments)
            )
        }
    }

    /// What is expected to happen now and then is worth a line, but not the level of a defect.
    private func log(_ outcome: ToolOutcome, _ scope: CallScope) {
        switch outcome {
        case .failure(let reason):
            logger.info("the tool could not: \(redactor.redact(reason))", metadata: scope.logMetadata)
        case .invalid(let problems):
            let text = problems.map { $0.reason ?? "\($0.parameter.name): missing" }.joined(separator: "; ")
            logger.debug("arguments refused: \(redactor.redact(text))", metadata: scope.logMetadata)
        case .result, .defect: break
        }
    }

    private func toolRun(_ tool: Tool, _ context: HandlerContext, _ limit: Duration) -> ToolRun {
        ToolRun(
            handlers: self, tool: tool, context: context, lane: lane(of: context),
            deadline: Deadline(limit, on: clock, unless: generation.retirement))
    }

    // MARK: Calls

    /// All calls of one session go to one lane, so that they come one after the other where they do not wait.
    func lane(of context: HandlerContext) -> BundleLane {
        lanes[Int(StableHash.of(context.session.id.rawValue) % UInt64(lanes.count))]
    }

    /// What a call knows; one that is no part of a tool's call gets the time that such handlers may take.
    func scope(
        _ kind: HandlerKind, _ context: HandlerContext, _ subject: String, service: String? = nil,
        deadline: Deadline? = nil
    ) -> CallScope {
        CallScope(
            kind: kind, context: context, settings: settings[service ?? bundle] ?? BundleSettings(), redactor: redactor,
            subject: subject, generation: generation.number,
            deadline: deadline ?? Deadline(limits.handlerTimeout, on: clock, unless: generation.retirement),
            limits: limits)
    }

    /// Calls a function with its context and one more argument.
    ///
    /// - Parameter entry: `call`, or `run` for a tool's main function, whose result has more forms.
    func call(
        _ key: FunctionKey, _ argument: some LuaEncodable & Sendable, on lane: BundleLane, _ scope: CallScope,
        entry: String = "call"
    ) async throws -> [LuaValue] {
        try generation.retirement.check()
        guard let function = lane.functions[key] else { throw ScriptDefect(HandlerWording.noFunction(scope.subject)) }
        var scope = scope
        scope.vm = lane.vm
        scope.gate = lane.gate
        do {
            let values = try await lane.vm.call(
                entry, [LuaValue.function(function), scope, argument], budget: limits.callBudget, context: scope)
            await scope.resources.close()
            return values
        } catch {
            await scope.resources.close()
            throw error
        }
    }

    /// Where a function stands, for defects that Lua did not see: `agents/x.lua:8: `.
    func place(_ key: FunctionKey, _ lane: BundleLane) -> String {
        lane.functions[key].map { "\($0.location): " } ?? ""
    }

    /// Runs a call that is no tool; what fails is logged and thrown.
    private func guarded<Value: Sendable>(
        _ scope: CallScope, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            let defect = try defect(error, key: nil, nil)
            _ = defects.report(defect, in: scope)
            throw defect
        }
    }

    /// The defect behind an error.
    ///
    /// - Throws: `CancellationError` when it is the caller that was cancelled.
    private func defect(_ error: any Error, key: FunctionKey?, _ lane: BundleLane?) throws -> ScriptDefect {
        let place = key.flatMap { key in lane.map { self.place(key, $0) } } ?? ""
        switch error {
        case let error as ScriptDefect: return error
        case is CancellationError: throw CancellationError()
        case let error as LuaError where error.code == .cancelled: throw CancellationError()
        case let error as LuaError: return ScriptDefect(error)
        case let error as DeadlineError: return ScriptDefect(place + HandlerWording.deadline(error.limit))
        default: return ScriptDefect(place + "\(error)")
        }
    }
}
