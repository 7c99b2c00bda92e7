import HTTPTypes
import ParlantCore
import ParlantEngine

extension Explanation {
    /// What the engine records of a turn (`TurnReport.explanation`).
    static let schema = Schema.named(
        "Explanation",
        .record([
            "trace_id": .string(), "agent_id": .nullable(.string()), "began_at": .timestamp,
            "ending": .choice(["completed", "unanswered", "cancelled", "failed"]),
            "guidelines": .list(guideline), "relationships": .list(decision),
            "journeys": .list(.record(["id": .string(), "state": .nullable(.string()), "ended": .boolean])),
            "tool_verdicts": .list(toolVerdict), "tool_calls": .list(toolCall), "missing_parameters": .list(missing),
            "model_calls": .list(modelCall), "steps": .list(step),
            "phases": .list(.record(["phase": .choice(of: TurnPhase.self), "milliseconds": .number])),
            "totals": .record([
                "model_calls": .integer(0...Int.max), "input_tokens": .integer(0...Int.max),
                "output_tokens": .integer(0...Int.max), "milliseconds": .number,
            ]),
        ]))

    private static let guideline = Schema.record([
        "id": .string(), "condition": .nullable(.string()), "action": .nullable(.string()), "matched": .boolean,
        "applied": .boolean, "rationale": .nullable(.string()), "score": .nullable(.number),
    ])

    private static let entity = Schema.record([
        "kind": .choice(["guideline", "journey", "tag", "tool"]), "id": .string(),
    ])

    private static let decision = Schema.record([
        "entity": entity, "decision": .choice(of: ResolutionRecord.Kind.self), "reason": .string(),
        "relationship_id": .nullable(.string()), "location": .nullable(.string()), "counterparts": .list(entity),
    ])

    private static let toolVerdict = Schema.record([
        "tool_id": .string(), "outcome": .choice(of: ToolVerdict.Outcome.self), "reason": .string(),
        "arguments": .nullable(.dictionary(.anything)),
    ])

    private static let toolCall = Schema.record([
        "tool_id": .string(), "arguments": .dictionary(.anything),
        "outcome": .choice(["result", "failure", "defect", "invalid"]), "reason": .nullable(.string()),
        "milliseconds": .number,
    ])

    private static let missing = Schema.record([
        "tool_id": .string(), "parameter": .string(), "reason": .nullable(.string()),
    ])

    private static let modelCall = Schema.record([
        "step": .choice(of: ModelStep.self), "name": .string(), "began_after_milliseconds": .number,
        "milliseconds": .number, "input_tokens": .integer(0...Int.max), "output_tokens": .integer(0...Int.max),
        "failure": .nullable(.string()),
    ])

    private static let step = Schema.record([
        "step": .choice(of: ModelStep.self), "calls": .integer(0...Int.max), "input_tokens": .integer(0...Int.max),
        "output_tokens": .integer(0...Int.max), "milliseconds": .number,
    ])
}

extension Operation {
    /// What explains a turn.
    static let explain = Operation(
        "explain_event", in: "sessions", as: "explain_event", "Explain an agent's message",
        about: "Why the turn that wrote the event went as it did: the guidelines that were considered and those that "
            + "applied, the tools that ran, and each call of a language model with its tokens and its time.",
        .ok(Explanation.schema), refusing: [.notFound])
}
