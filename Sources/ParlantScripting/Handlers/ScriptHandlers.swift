import Logging
import LuaRuntime
import ParlantCore

/// Runs the functions of one agent's script.
struct ScriptHandlers: AgentHandlers {
    var calls: FunctionCalls
    /// Those of plugins among them.
    let hooks: HookChain

    // MARK: Guidelines, journeys and states

    func match(_ guideline: Guideline, in context: HandlerContext) async throws -> (applies: Bool, reason: String?) {
        guard guideline.matcher == .code else { return (guideline.matcher == .always, nil) }
        let lane = calls.lane(of: context)
        let key = FunctionKey.guideline(guideline.id, of: context.agent.id, "matcher")
        let scope = calls.scope(.matcher, context, "matcher of guideline \(guideline.id)")
        let place = calls.place(key, lane)
        let handle = lane.handles[key.subject].map(LuaValue.handle) ?? .nil
        return try await calls.guarded(scope, place: place) {
            let values = try await calls.call(key, handle, on: lane, scope)
            let reason = try (values.count > 1 ? values[1].text : nil).map {
                try calls.limits.measured($0, "reason", at: place)
            }
            switch values.first ?? .nil {
            case .boolean(let applies): return (applies, reason)
            case .nil: return (false, reason)
            case let other: throw ScriptDefect(place + HandlerWording.matcherResult(other))
            }
        }
    }

    func cannedResponseFields(of owner: HandlerOwner, in context: HandlerContext) async throws -> JSONObject {
        let lane = calls.lane(of: context)
        let field = GuidelineHandler.cannedResponseFields.rawValue
        let key = FunctionKey.owner(owner, of: context.agent.id, field)
        let scope = calls.scope(.cannedResponseFields, context, "\(field) of \(owner)")
        let place = calls.place(key, lane)
        return try await calls.guarded(scope, place: place) {
            let value = try await calls.call(key, LuaValue.nil, on: lane, scope).first ?? .nil
            if value.isAbsent { return [:] }
            guard value.fields != nil, let fields = JSONValue(value)?.object ?? (value.items != nil ? [:] : nil) else {
                throw ScriptDefect(place + HandlerWording.fieldsResult(value))
            }
            try calls.limits.measured(.object(fields), at: place)
            return fields
        }
    }

    func notify(
        _ handler: GuidelineHandler, of owner: HandlerOwner, match: GuidelineMatch?, in context: HandlerContext
    ) async throws {
        let kind: HandlerKind
        switch handler {
        case .onSelected: kind = .onSelected
        case .onMessage: kind = .onMessage
        case .cannedResponseFields: return
        }
        let lane = calls.lane(of: context)
        let key = FunctionKey.owner(owner, of: context.agent.id, handler.rawValue)
        let scope = calls.scope(kind, context, "\(handler.rawValue) of \(owner)")
        let argument = argument(match, of: owner, lane.handles[key.subject])
        _ = try await calls.guarded(scope, place: calls.place(key, lane)) {
            try await calls.call(key, argument, on: lane, scope)
        }
    }

    /// Functions of guidelines get the match; those of journeys and states get their context alone.
    private func argument(_ match: GuidelineMatch?, of owner: HandlerOwner, _ handle: LuaHandle?) -> LuaValue {
        guard case .guideline = owner, let match else { return .nil }
        return .object([
            LuaField("guideline", handle.map(LuaValue.handle) ?? .nil),
            LuaField("rationale", .string(match.rationale)), LuaField("score", .number(match.score)),
        ])
    }

    // MARK: Hooks

    func hasHooks(_ step: HookStep) -> Bool { hooks.has(step) }

    func runHooks(
        _ step: HookStep, _ event: HookEvent, in context: HandlerContext
    ) async throws -> HookVerdict {
        try await hooks.run(step, event, in: context, by: calls)
    }

    // MARK: Tools

    func choices(of parameter: ToolParameter, of tool: Tool, in context: HandlerContext) async throws -> [JSONValue] {
        let run = toolRun(tool, context, calls.limits.handlerTimeout)
        let key = FunctionKey.tool(tool.id, "choices \(parameter.name)")
        let scope = calls.scope(
            .choices, context, "choices of \(parameter.name) of tool \(tool.id)", service: tool.id.service)
        return try await calls.guarded(scope, place: calls.place(key, run.lane)) {
            try await run.choices(of: parameter) ?? []
        }
    }

    func run(_ tool: Tool, arguments: JSONObject, in context: HandlerContext) async throws -> ToolOutcome {
        let run = toolRun(tool, context, tool.timeout)
        let scope = calls.scope(.tool, context, "tool \(tool.id)", service: tool.id.service, deadline: run.deadline)
        do {
            let outcome = try await run.outcome(of: arguments)
            log(outcome, scope)
            return outcome
        } catch {
            let defect = try calls.defect(error, place: calls.place(.tool(tool.id, "run"), run.lane))
            return .defect(calls.defects.report(defect, in: scope, arguments: arguments))
        }
    }

    /// What is expected to happen now and then is worth a line, but not the level of a defect.
    private func log(_ outcome: ToolOutcome, _ scope: CallScope) {
        switch outcome {
        case .failure(let reason):
            calls.logger.info("the tool could not: \(calls.redactor.redact(reason))", metadata: scope.logMetadata)
        case .invalid(let problems):
            let text = problems.map { $0.reason ?? "\($0.parameter.name): missing" }.joined(separator: "; ")
            calls.logger.debug("arguments refused: \(calls.redactor.redact(text))", metadata: scope.logMetadata)
        case .result, .defect: break
        }
    }

    private func toolRun(_ tool: Tool, _ context: HandlerContext, _ limit: Duration) -> ToolRun {
        ToolRun(
            calls: calls, tool: tool, context: context, lane: calls.lane(of: context),
            deadline: Deadline(limit, on: calls.clock, unless: calls.generation.retirement))
    }
}
