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
            return .failure(reason: reason)
        case "data":
            guard let data = JSONValue(value) else { throw ScriptDefect(place + HandlerWording.noResult) }
            return .result(ToolResult(data: try measured(data)))
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
        func object(_ field: String) -> JSONObject { fields[field].flatMap { JSONValue($0) }?.object ?? [:] }
        let control = Dictionary(
            (fields["control"]?.fields ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        return ToolResult(
            data: try measured(data), metadata: object("metadata"),
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

    private func measured(_ data: JSONValue) throws -> JSONValue {
        let bytes = JSONWriter.bytes(of: data).count
        guard bytes <= limits.resultBytes else {
            throw ScriptDefect(place + HandlerWording.dataTooLarge(bytes, limit: limits.resultBytes))
        }
        return data
    }
}
