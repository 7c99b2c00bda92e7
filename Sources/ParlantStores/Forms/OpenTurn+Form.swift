public import ParlantCore

extension OpenTurn: StoredForm {
    public static var formName: String { "open turn" }

    public var members: JSONObject {
        var members: JSONObject = ["session": .string(session.rawValue), "trace_id": .string(traceID.rawValue)]
        if let causeOffset { members["cause"] = .integer(Int64(causeOffset)) }
        members.put("opened_at", openedAt)
        members.put("attempts", attempts, unless: 0)
        members.put("calls", calls.map(\.members))
        return members
    }

    public init(reading fields: FieldReader) throws(StoredFormError) {
        var calls: [OpenCall] = []
        for call in try fields.objects("calls") { calls.append(try OpenCall(reading: call)) }
        self.init(
            session: try fields.id("session"), traceID: try fields.id("trace_id"),
            causeOffset: fields.has("cause") ? try fields.count("cause") : nil,
            openedAt: try fields.moment("opened_at"), attempts: try fields.countOrZero("attempts"),
            calls: calls)
    }
}

extension OpenCall {
    fileprivate var members: JSONObject {
        var members: JSONObject = ["tool": .object(tool.members), "arguments": .object(arguments)]
        if let outcome { members["outcome"] = outcome }
        return members
    }

    fileprivate init(reading fields: FieldReader) throws(StoredFormError) {
        self.init(
            tool: try ToolID(reading: fields.object("tool")), arguments: try fields.json("arguments"),
            outcome: fields.has("outcome") ? try fields.value("outcome") : nil)
    }
}
