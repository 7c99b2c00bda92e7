import LuaRuntime
import ParlantCore

/// One call of a tool: the checks of its arguments, then its function.
struct ToolRun: Sendable {
    let calls: FunctionCalls
    let tool: Tool
    let context: HandlerContext
    let lane: BundleLane
    /// For the checks and the tool's function together.
    let deadline: Deadline

    /// Checks each argument in the order present, type, choices, limits, `validate`, `adapter`, and keeps the first
    /// problem of each; runs the tool when there is none. Arguments that the tool does not have are dropped.
    func outcome(of arguments: JSONObject) async throws -> ToolOutcome {
        var checked = JSONObject()
        var problems: [ParameterProblem] = []
        for parameter in tool.parameters {
            switch try await check(parameter, arguments[parameter.name]) {
            case .absent: continue
            case .value(let value): checked[parameter.name] = value
            case .problem(let problem): problems.append(problem)
            }
        }
        guard problems.isEmpty else { return .invalid(problems) }
        let scope = calls.scope(.tool, context, "tool \(tool.id)", service: tool.id.service, deadline: deadline)
        let key = FunctionKey.tool(tool.id, "run")
        let values = try await calls.call(key, JSONValue.object(checked), on: lane, scope, entry: "run")
        return try ToolResultReader(limits: calls.limits, place: calls.place(key, lane)).outcome(of: values)
    }

    /// Allowed values of a parameter; nil: any.
    func choices(of parameter: ToolParameter) async throws -> [JSONValue]? {
        switch parameter.choices {
        case .any: return nil
        case .fixed(let values): return values
        case .code:
            let key = FunctionKey.tool(tool.id, "choices \(parameter.name)")
            let subject = "choices of \(parameter.name) of tool \(tool.id)"
            let scope = calls.scope(
                .choices, context, subject, service: tool.id.service, deadline: deadline)
            let value = try await calls.call(key, LuaValue.nil, on: lane, scope).first ?? .nil
            guard let items = value.items else {
                throw ScriptDefect(calls.place(key, lane) + HandlerWording.choicesResult(value))
            }
            let choices = items.compactMap { JSONValue($0) }
            try calls.limits.measured(.array(choices), at: calls.place(key, lane))
            return choices
        }
    }

    private enum Checked {
        case absent
        case value(JSONValue)
        case problem(ParameterProblem)
    }

    private func check(_ parameter: ToolParameter, _ given: JSONValue?) async throws -> Checked {
        guard let given, !given.isNull else {
            // A default was checked when the file was loaded; only its adapter is left.
            if let value = parameter.defaultValue { return try await adapted(parameter, value) }
            guard parameter.isRequired else { return .absent }
            return problem(parameter, nil, try await choices(of: parameter))
        }
        let choices = try await choices(of: parameter)
        switch parameter.check(parameter.kind.asArray(given), choices: choices) {
        case .failure(let violation): return problem(parameter, violation.message, choices)
        case .success(let value):
            if parameter.hasValidator, let reason = try await refusal(parameter, value) {
                return problem(parameter, "\(parameter.name): \(reason)", choices, isAuthored: true)
            }
            return try await adapted(parameter, value)
        }
    }

    private func problem(
        _ parameter: ToolParameter, _ reason: String?, _ choices: [JSONValue]?, isAuthored: Bool = false
    ) -> Checked {
        .problem(
            ParameterProblem(
                tool: tool.id, parameter: parameter, reason: reason, isAuthored: isAuthored, choices: choices ?? []))
    }

    /// Why `validate` refuses the value; nil when it does not.
    private func refusal(_ parameter: ToolParameter, _ value: JSONValue) async throws -> String? {
        let (values, key) = try await call("validate", parameter, value)
        switch values.first ?? .nil {
        case .boolean(true): return nil
        case .boolean(false), .nil:
            guard values.count > 1, let reason = values[1].text else { return HandlerWording.refused }
            return try calls.limits.measured(reason, "reason", at: calls.place(key, lane))
        case let other: throw ScriptDefect(calls.place(key, lane) + HandlerWording.validateResult(other))
        }
    }

    /// What `adapter` makes of the value; it may still refuse with `nil, "reason"`.
    private func adapted(_ parameter: ToolParameter, _ value: JSONValue) async throws -> Checked {
        guard parameter.hasAdapter else { return .value(value) }
        let (values, key) = try await call("adapter", parameter, value)
        let place = calls.place(key, lane)
        let adapted = values.first ?? .nil
        if adapted.isAbsent {
            guard values.count > 1, let text = values[1].text else { return .absent }
            let reason = try calls.limits.measured(text, "reason", at: place)
            return problem(parameter, "\(parameter.name): \(reason)", nil, isAuthored: true)
        }
        return .value(try calls.limits.measured(JSONValue(adapted) ?? .null, at: place))
    }

    private func call(
        _ field: String, _ parameter: ToolParameter, _ value: JSONValue
    ) async throws -> ([LuaValue], FunctionKey) {
        let key = FunctionKey.tool(tool.id, "\(field) \(parameter.name)")
        let subject = "\(field) of \(parameter.name) of tool \(tool.id)"
        let scope = calls.scope(
            .validate, context, subject, service: tool.id.service, deadline: deadline)
        return (try await calls.call(key, value, on: lane, scope), key)
    }
}
