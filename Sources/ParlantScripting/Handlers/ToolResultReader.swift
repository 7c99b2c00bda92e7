import LuaRuntime
import ParlantCore

/// Reads what a tool's function returned.
struct ToolResultReader {
    let limits: ScriptLimits
    /// Where the function stands, for defects.
    let place: String

    /// The outcome behind the values of the prelude's entry `run`: `data`, `result` or `failure`, then the value.
    func outcome(of values: [LuaValue]) throws -> ToolOutcome {
        let value = values.count > 1 ? values[1] : .nil
        switch values.first?.text {
        case "failure":
            guard let reason = value.text else { throw ScriptDefect(place + HandlerWording.reason(value)) }
            return .failure(reason: try limits.measured(reason, "reason", at: place))
        case "data":
            guard let data = JSONValue(value) else { throw ScriptDefect(place + HandlerWording.noResult) }
            return .result(ToolResult(data: try limits.measured(data, at: place)))
        case "result":
            return .result(try result(value))
        default: throw ScriptDefect(place + HandlerWording.noResult)
        }
    }

    private func result(_ value: LuaValue) throws -> ToolResult {
        // The table was checked when it was made, and may have been changed since.
        var validator = SpecValidator { "a \($0.kind)" }
        let fields = validator.record(value, .result)
        guard validator.notes.isEmpty, let data = fields["data"].flatMap({ JSONValue($0) }) else {
            throw ScriptDefect("\(place)parlant.result: \(validator.notes.joined(separator: "; "))")
        }
        let rest = LuaValue.object((value.fields ?? []).filter { $0.key != "data" })
        try limits.measured(JSONValue(rest) ?? .null, "rest of the result", at: place)
        func object(_ field: String) -> JSONObject { fields[field].flatMap { JSONValue($0) }?.object ?? [:] }
        let control = Dictionary(
            (fields["control"]?.fields ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        return ToolResult(
            data: try limits.measured(data, at: place), metadata: object("metadata"),
            mode: control["mode"]?.text.flatMap(Session.Mode.init(rawValue:)),
            lifespan: control["lifespan"]?.text.flatMap(ToolResult.Lifespan.init(rawValue:)) ?? .session,
            cannedResponses: (fields["canned_responses"]?.items ?? []).compactMap(\.text),
            cannedResponseFields: object("canned_response_fields"),
            guidelines: (fields["guidelines"]?.items ?? []).compactMap(guideline))
    }

    private func guideline(_ value: LuaValue) -> ToolResult.TransientGuideline? {
        let fields = Dictionary(
            (value.fields ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        guard let action = fields["action"]?.text else { return nil }
        return ToolResult.TransientGuideline(
            action: action, condition: fields["condition"]?.text,
            criticality: fields["criticality"]?.text.flatMap(Criticality.init(rawValue:)) ?? .medium,
            priority: fields["priority"]?.int.map { Int($0) } ?? 0, description: fields["description"]?.text)
    }
}

extension ScriptLimits {
    /// The same value, which must not be larger than what a function may return.
    ///
    /// - Parameter place: Where the function stands, for defects.
    @discardableResult
    func measured(_ value: JSONValue, _ noun: String = "data", at place: String) throws -> JSONValue {
        let bytes = JSONWriter.bytes(of: value).count
        guard bytes <= resultBytes else {
            throw ScriptDefect(place + HandlerWording.tooLarge(noun, bytes, limit: resultBytes))
        }
        return value
    }

    /// The same text, likewise.
    func measured(_ text: String, _ noun: String, at place: String) throws -> String {
        guard text.utf8.count <= resultBytes else {
            throw ScriptDefect(place + Wording.tooLarge(noun, text.utf8.count, limit: resultBytes))
        }
        return text
    }
}
