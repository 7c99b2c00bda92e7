public import ParlantCore

/// One tool call of this turn, with its outcome.
public struct ToolRun: Sendable, Equatable {
    public var call: ToolCall
    public var outcome: ToolOutcome
    /// How long the call took, waiting included.
    public var duration = Duration.zero
    /// Guidelines on whose behalf it ran.
    var owners: Set<GuidelineID> = []
    /// Tools that overlap with it and that it was picked from.
    var rivals: Set<ToolID> = []
    /// Whether it has an effect that cannot be undone.
    var isConsequential = false

    /// The result, if there is one.
    var result: ToolResult? { if case .result(let result) = outcome { result } else { nil } }

    /// Whether the tool itself ran: with arguments that were refused it did not.
    var hasExecuted: Bool { if case .invalid = outcome { false } else { true } }

    /// Whether the call becomes part of the session: a failure is for this reply only (`lua-authoring-surface.md` 8), and
    /// so is a result that says so. A consequential tool that broke may have done its work, so what comes later has to
    /// know of it.
    var isLasting: Bool {
        switch outcome {
        case .result(let result): result.lifespan != .response
        case .defect: isConsequential
        case .failure, .invalid: false
        }
    }

    /// The call as a tool event shows it, in the wire's form. A failure's reason is its data, as on the reference.
    var eventJSON: JSONValue {
        let result = result ?? ToolResult(data: .string(failureText))
        var control: JSONObject = [:]
        if let mode = result.mode { control["mode"] = .string(mode.rawValue) }
        if result.lifespan == .response { control["lifespan"] = .string(result.lifespan.rawValue) }
        return [
            "tool_id": .string(call.tool.description),
            "arguments": .object(call.arguments),
            "result": [
                "data": result.data, "metadata": .object(result.metadata), "control": .object(control),
                "canned_responses": .array(result.cannedResponses.map(JSONValue.string)),
                "canned_response_fields": .object(result.cannedResponseFields),
                "guidelines": .array(result.guidelines.map { ["action": .string($0.action)] }),
            ],
        ]
    }

    /// What is said of a call that broke and may have done its work.
    static let unknownEffect = "the tool failed, and whether it took effect is not known"

    /// What a model is told of a call that brought no result. A defect's text stays in the log.
    var failureText: String {
        switch outcome {
        case .result: ""
        case .failure(let reason): reason
        case .defect:
            isConsequential ? Self.unknownEffect : "the tool failed"
        case .invalid(let problems):
            problems.isEmpty
                ? "a value was refused"
                : problems.map { $0.reason ?? "\($0.parameter.name): missing" }.joined(separator: "; ")
        }
    }
}

/// Who answers after tools have run.
enum HandOff {
    /// The mode that results switch the session to; nil: it stays as it is. Once a tool of the turn hands over, no other
    /// one undoes it, whether it runs beside it or in a later round.
    ///
    /// - Parameters:
    ///   - ran: Calls of this round.
    ///   - runs: Calls of the rounds before.
    static func mode(after ran: [ToolRun], _ runs: [ToolRun]) -> Session.Mode? {
        guard !runs.contains(where: { $0.result?.mode == .manual }) else { return nil }
        let modes = ran.compactMap { $0.result?.mode }
        return modes.contains(.manual) ? .manual : modes.last
    }
}
