import ParlantCore

/// Knowledge, tools and hooks.
extension ExplanationWriter {
    mutating func writeKnowledge() {
        list("variables", report.knowledge.refreshes) { writer, fetch in
            writer.json.beginObject()
            writer.json.key("name")
            writer.json.string(fetch.variable)
            writer.json.key("tool_id")
            writer.json.string(fetch.tool.description)
            writer.text("failure", fetch.failure)
            writer.milliseconds("milliseconds", fetch.duration)
            writer.json.endObject()
        }
        list("terms", report.knowledge.terms) { $0.json.string(ExplanationLimits.cut($1.name)) }
        json.key("term_count")
        json.integer(report.knowledge.termCount)
        list("capabilities", report.knowledge.capabilities) { $0.json.string(ExplanationLimits.cut($1.title)) }
        list("retrievers", report.knowledge.retrievals) { writer, run in
            writer.json.beginObject()
            writer.json.key("id")
            writer.json.string("\(run.retriever)")
            writer.json.key("outcome")
            writer.json.string(run.outcome.name)
            writer.json.key("data")
            if case .result(let result) = run.outcome {
                writer.json.value(ExplanationLimits.cut(result.data))
            } else {
                writer.json.null()
            }
            writer.milliseconds("milliseconds", run.duration)
            writer.json.endObject()
        }
    }

    mutating func writeTools() {
        list("tool_verdicts", report.verdicts) { writer, verdict in
            writer.json.beginObject()
            writer.json.key("tool_id")
            writer.json.string(verdict.tool.description)
            writer.json.key("outcome")
            writer.json.string(verdict.outcome.rawValue)
            writer.text("reason", verdict.reason)
            writer.json.key("arguments")
            if let arguments = verdict.arguments {
                writer.json.object(ExplanationLimits.cut(arguments))
            } else {
                writer.json.null()
            }
            writer.json.endObject()
        }
        list("tool_calls", report.runs) { writer, run in
            writer.json.beginObject()
            writer.json.key("tool_id")
            writer.json.string(run.call.tool.description)
            writer.json.key("arguments")
            writer.json.object(ExplanationLimits.cut(run.call.arguments))
            writer.json.key("outcome")
            writer.json.string(run.outcome.name)
            writer.json.key("data")
            writer.json.value(run.result.map { ExplanationLimits.cut($0.data) } ?? .null)
            writer.text("reason", run.result == nil ? run.failureText : nil)
            writer.milliseconds("milliseconds", run.duration)
            writer.json.endObject()
        }
        list("missing_parameters", report.missing) { writer, problem in
            writer.json.beginObject()
            writer.json.key("tool_id")
            writer.json.string(problem.tool.description)
            writer.json.key("parameter")
            writer.json.string(problem.parameter.name)
            writer.text("reason", problem.reason)
            writer.json.endObject()
        }
    }

    mutating func writeHooks() {
        list("hooks", report.hooks) { writer, run in
            writer.json.beginObject()
            writer.json.key("step")
            writer.json.string(run.step.rawValue)
            writer.json.key("decision")
            writer.json.string(run.verdict.decision.name)
            writer.json.key("decider")
            writer.json.string(run.verdict.decider)
            writer.json.key("changed_text")
            writer.json.boolean(run.hasChangedText)
            writer.milliseconds("milliseconds", run.duration)
            writer.json.endObject()
        }
    }
}

extension RetrieverRun.Outcome {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .result: "result"
        case .nothing: "nothing"
        case .failed: "failed"
        }
    }
}

extension ToolOutcome {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .result: "result"
        case .failure: "failure"
        case .defect: "defect"
        case .invalid: "invalid"
        }
    }
}

extension HookVerdict.Decision {
    /// The word that a script returns, `next` for none.
    fileprivate var name: String {
        switch self {
        case .next: "next"
        case .resolve: "resolve"
        case .bail: "bail"
        }
    }
}
