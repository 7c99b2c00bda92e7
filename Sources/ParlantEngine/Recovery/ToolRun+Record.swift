import ParlantCore

/// How calls outlive the process: in the record of an open turn, and as tool events.
extension ToolRun {
    /// The outcome as the record of an open turn keeps it, with all that a turn that goes on has to know.
    var recordJSON: JSONValue {
        var record: JSONObject = [:]
        switch outcome {
        case .result(let result):
            record["result"] = eventJSON["result"] ?? .null
            record["guidelines"] = .array(result.guidelines.map(\.recordJSON))
        case .failure(let reason): record["failure"] = .string(reason)
        case .defect(let text): record["defect"] = .string(text)
        case .invalid: record["refused"] = .boolean(true)
        }
        record["rivals"] = .array(rivals.sorted().map(\.recordJSON))
        return .object(record)
    }

    /// A call as the record of an open turn has it. One without an outcome may have taken effect.
    ///
    /// Nil when its arguments were refused: it did not run, and may run again.
    init?(_ call: OpenCall) {
        self.init(call: ToolCall(tool: call.tool, arguments: call.arguments), outcome: .defect(Self.interruption))
        isConsequential = true
        guard let record = call.outcome else { return }
        if record["refused"] != nil { return nil }
        rivals = Set((record["rivals"]?.array ?? []).compactMap(ToolID.init(record:)))
        if let result = record["result"] {
            var result = ToolResult(event: result)
            if let rules = record["guidelines"]?.array {
                result.guidelines = rules.compactMap(ToolResult.TransientGuideline.init(record:))
            }
            outcome = .result(result)
        } else if let reason = record["failure"]?.string {
            outcome = .failure(reason: reason)
        } else if let text = record["defect"]?.string {
            outcome = .defect(text)
        }
    }

    /// A call as a tool event shows it, of one of these tools.
    init?(event json: JSONValue, of tools: [ToolID: Tool]) {
        guard let name = json["tool_id"]?.string, let tool = tools.values.first(where: { $0.id.description == name })
        else { return nil }
        let result = ToolResult(event: json["result"] ?? .null)
        self.init(
            call: ToolCall(tool: tool.id, arguments: json["arguments"]?.object ?? [:]), outcome: .result(result),
            isConsequential: tool.consequential)
        if tool.consequential, result.data == .string(Self.unknownEffect) { outcome = .defect(Self.interruption) }
    }

    /// For the log: nobody knows how the call ended.
    private static let interruption = "the server stopped while it ran"
}

extension ToolResult {
    /// A result as a tool event shows it (`wire-api.md` 7).
    fileprivate init(event json: JSONValue) {
        self.init(
            data: json["data"] ?? .null, metadata: json["metadata"]?.object ?? [:],
            mode: json["control"]?["mode"]?.string.flatMap(Session.Mode.init(rawValue:)),
            lifespan: json["control"]?["lifespan"]?.string.flatMap(Lifespan.init(rawValue:)) ?? .session,
            cannedResponses: (json["canned_responses"]?.array ?? []).compactMap(\.string),
            cannedResponseFields: json["canned_response_fields"]?.object ?? [:],
            guidelines: (json["guidelines"]?.array ?? []).compactMap(TransientGuideline.init(record:)))
    }
}

extension ToolResult.TransientGuideline {
    fileprivate var recordJSON: JSONValue {
        var record: JSONObject = [
            "action": .string(action), "criticality": .string(criticality.rawValue),
            "priority": .integer(Int64(priority)),
        ]
        if let condition { record["condition"] = .string(condition) }
        if let description { record["description"] = .string(description) }
        return .object(record)
    }

    fileprivate init?(record: JSONValue) {
        guard let action = record["action"]?.string else { return nil }
        self.init(
            action: action, condition: record["condition"]?.string,
            criticality: record["criticality"]?.string.flatMap(Criticality.init(rawValue:)) ?? .medium,
            priority: record["priority"]?.integer.map(Int.init) ?? 0, description: record["description"]?.string)
    }
}

extension ToolID {
    fileprivate var recordJSON: JSONValue { ["service": .string(service), "name": .string(name)] }

    fileprivate init?(record: JSONValue) {
        guard let service = record["service"]?.string, let name = record["name"]?.string else { return nil }
        self.init(service: service, name: name)
    }
}
