import ParlantCore

extension TurnReport {
    /// The record in the form in which it is kept and served.
    var explanation: JSONObject {
        [
            "trace_id": .string(traceID.rawValue),
            "agent_id": agent.map { .string($0.rawValue) } ?? .null,
            "began_at": .string(began.description),
            "ending": .string(ending.name),
            "guidelines": .array(considered.map(guideline)),
            "relationships": .array(resolutions.flatMap(\.explanation)),
            "journeys": .array(
                journeys.map { id, place in
                    [
                        "id": .string(id.rawValue), "state": place.current.map(JSONValue.string) ?? .null,
                        "ended": .boolean(place.hasEnded),
                    ]
                }),
            "tool_verdicts": .array(verdicts.map(\.explanation)),
            "tool_calls": .array(runs.map(\.explanation)),
            "missing_parameters": .array(missing.map(\.explanation)),
            "model_calls": .array(calls.map(\.explanation)),
            "steps": .array(ModelStep.allCases.compactMap(step)),
            "phases": .array(
                TurnPhase.allCases.compactMap { phase in
                    phases[phase].map { ["phase": .string(phase.rawValue), "milliseconds": .number($0.milliseconds)] }
                }),
            "totals": [
                "model_calls": .integer(Int64(calls.count)),
                "input_tokens": .integer(Int64(calls.map(\.usage.input).reduce(0, +))),
                "output_tokens": .integer(Int64(calls.map(\.usage.output).reduce(0, +))),
                "milliseconds": .number(duration.milliseconds),
            ],
        ]
    }

    private func guideline(_ guideline: Guideline) -> JSONValue {
        let match = (judged + matches).first { $0.guideline.id == guideline.id }
        return [
            "id": .string(guideline.id.rawValue),
            "condition": guideline.content.condition.map(JSONValue.string) ?? .null,
            "action": guideline.content.action.map(JSONValue.string) ?? .null,
            "matched": .boolean(match != nil),
            "applied": .boolean(matches.contains { $0.guideline.id == guideline.id }),
            "rationale": match.map { .string($0.rationale) } ?? .null,
            "score": match.map { .number($0.score) } ?? .null,
        ]
    }

    private func step(_ step: ModelStep) -> JSONValue? {
        let own = calls.filter { $0.step == step }
        guard !own.isEmpty else { return nil }
        return [
            "step": .string(step.rawValue), "calls": .integer(Int64(own.count)),
            "input_tokens": .integer(Int64(own.map(\.usage.input).reduce(0, +))),
            "output_tokens": .integer(Int64(own.map(\.usage.output).reduce(0, +))),
            "milliseconds": .number(own.map(\.duration.milliseconds).reduce(0, +)),
        ]
    }
}

extension TurnReport.Ending {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .completed: "completed"
        case .unanswered: "unanswered"
        case .cancelled: "cancelled"
        case .failed: "failed"
        }
    }
}

extension ResolutionRecord {
    /// Each decision that changed something.
    fileprivate var explanation: [JSONValue] {
        decisions.filter { $0.kind != .none }.map { decision in
            [
                "entity": .object(entity.explanation), "decision": .string(decision.kind.rawValue),
                "reason": .string(decision.reason),
                "relationship_id": decision.relationship.map { .string($0.id.rawValue) } ?? .null,
                "location": decision.relationship?.location.map { .string($0.description) } ?? .null,
                "counterparts": .array(decision.counterparts.map { .object($0.explanation) }),
            ]
        }
    }
}

extension ResolutionRecord.Entity {
    fileprivate var explanation: JSONObject {
        switch self {
        case .guideline(let id): ["kind": "guideline", "id": .string(id.rawValue)]
        case .journey(let id): ["kind": "journey", "id": .string(id.rawValue)]
        case .tag(let id): ["kind": "tag", "id": .string(id.rawValue)]
        case .tool(let id): ["kind": "tool", "id": .string(id.description)]
        }
    }
}

extension ToolRun {
    fileprivate var explanation: JSONValue {
        let outcome =
            switch self.outcome {
            case .result: "result"
            case .failure: "failure"
            case .defect: "defect"
            case .invalid: "invalid"
            }
        return [
            "tool_id": .string(call.tool.description), "arguments": .object(call.arguments),
            "outcome": .string(outcome), "reason": result == nil ? .string(failureText) : .null,
            "milliseconds": .number(duration.milliseconds),
        ]
    }
}

extension ParameterProblem {
    fileprivate var explanation: JSONValue {
        [
            "tool_id": .string(tool.description), "parameter": .string(parameter.name),
            "reason": reason.map(JSONValue.string) ?? .null,
        ]
    }
}

extension ModelCall {
    fileprivate var explanation: JSONValue {
        [
            "step": .string(step.rawValue), "name": .string(name),
            "began_after_milliseconds": .number(startedAfter.milliseconds),
            "milliseconds": .number(duration.milliseconds), "input_tokens": .integer(Int64(usage.input)),
            "output_tokens": .integer(Int64(usage.output)),
            "failure": failure.map(JSONValue.string) ?? .null,
        ]
    }
}

extension Duration {
    /// With a fraction; exact to the microsecond.
    var milliseconds: Double {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1000
    }
}
