import HTTPTypes
import ParlantCore
import ParlantEngine

extension Explanation {
    /// What the engine writes of a turn (`ExplanationWriter`).
    static let schema = Schema.named(
        "Explanation",
        .record([
            "trace_id": .string(), "agent_id": .nullable(.string()), "began_at": .timestamp,
            "ending": .choice(["completed", "unanswered", "cancelled", "failed"]),
            "cause": .record([
                "kind": .choice(["message", "request", "guidance"]), "offset": .nullable(.integer(0...Int.max)),
                "messages": count, "double_text": .nullable(.choice(of: DoubleText.self)),
            ]),
            "guidelines": .list(guideline), "relationships": .list(decision),
            "journeys": .list(.record(["id": .string(), "state": .nullable(.string()), "ended": .boolean])),
            "journey_moves": .list(
                .record([
                    "journey_id": .string(), "from": .string(), "to": .nullable(.string()), "back": .boolean,
                ])),
            "variables": .list(
                .record([
                    "name": .string(), "tool_id": .string(), "failure": .nullable(.string()), "milliseconds": .number,
                ])),
            "terms": .list(.string()), "term_count": count, "capabilities": .list(.string()),
            "memories": .list(.record(["id": .string(), "relevance": .number, "score": .number])),
            "retrievers": .list(
                .record([
                    "id": .string(), "outcome": .choice(["result", "nothing", "failed"]), "data": .anything,
                    "milliseconds": .number,
                ])),
            "passages": .list(passage),
            "tool_verdicts": .list(toolVerdict), "tool_calls": .list(toolCall), "missing_parameters": .list(missing),
            "hooks": .list(hook),
            "composition": .nullable(
                .record([
                    "mode": .choice(of: CompositionMode.self), "draft": .nullable(.string()),
                    "reason": .nullable(.string()),
                ])),
            "canned_responses": .list(cannedResponse),
            "model_calls": .list(modelCall), "budgets": .list(budgetDecision),
            "steps": .list(
                .record([
                    "step": .choice(of: ModelStep.self), "calls": count, "attempts": count, "input_tokens": count,
                    "output_tokens": count, "milliseconds": .number,
                ])),
            "phases": .list(.record(["phase": .choice(of: TurnPhase.self), "milliseconds": .number])),
            "totals": .record([
                "calls": count, "attempts": count, "input_tokens": count, "output_tokens": count,
                "milliseconds": .number, "model_milliseconds": .number,
            ]),
            "omitted": .dictionary(count),
        ]))

    private static let count = Schema.integer(0...Int.max)

    private static let guideline = Schema.record([
        "id": .string(), "condition": .nullable(.string()), "action": .nullable(.string()),
        "matcher": .choice(["condition", "always", "code"]), "outcome": .choice(of: GuidelineOutcome.self),
        "rationale": .nullable(.string()), "score": .nullable(.number), "reason": .nullable(.string()),
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
        "outcome": .choice(["result", "failure", "defect", "invalid"]), "data": .anything,
        "reason": .nullable(.string()), "milliseconds": .number,
    ])

    private static let missing = Schema.record([
        "tool_id": .string(), "parameter": .string(), "reason": .nullable(.string()),
    ])

    private static let passage = Schema.record([
        "document_id": .string(), "owner": .choice(["customer", "agent"]), "title": .string(),
        "passage": .integer(1...Int.max), "score": .number,
    ])

    private static let hook = Schema.record([
        "step": .choice(of: HookStep.self), "decision": .choice(["next", "resolve", "bail"]),
        "decider": .nullable(.string()), "changed_text": .boolean, "milliseconds": .number,
    ])

    private static let cannedResponse = Schema.record([
        "id": .string(), "outcome": .choice(of: CannedResponseOutcome.self),
        "origin": .nullable(.choice(["tool", "guideline", "agent"])), "text": .nullable(.string()),
        "reason": .nullable(.string()),
    ])

    private static let modelCall = Schema.record([
        "step": .choice(of: ModelStep.self), "name": .string(), "model": .string(), "attempts": count,
        "began_after_milliseconds": .number, "milliseconds": .number, "input_tokens": count, "output_tokens": count,
        "failure": .nullable(.string()),
    ])

    private static let budgetDecision = Schema.record([
        "scope": .choice(of: BudgetScope.self), "measure": .choice(of: SpendingMeasure.self),
        "step": .choice(of: ModelStep.self), "effect": .choice(of: BudgetDecision.Effect.self),
    ])
}

extension Operation {
    /// What explains a turn.
    static let explain = Operation(
        "explain_event", in: "sessions", as: "explain_event", "Explain an agent's message",
        about: """
            Why the turn that wrote the event went as it did: the guidelines that were considered, those that applied, \
            and why the others did not; journeys, variables, memories, documents, retrievers, tools and hooks; the canned responses \
            that were \
            weighed; and each call of a language model with its tokens and its time. Long lists and texts are cut, and \
            omitted says how many entries; sums are those of everything.
            """,
        .ok(Explanation.schema), refusing: [.notFound])
}
