import ParlantCore

/// Knowledge, tools and hooks.
extension ExplanationWriter {
    mutating func writeKnowledge() {
        records("variables", report.knowledge.refreshes) { writer, fetch in
            writer.string("name", fetch.variable)
            writer.string("tool_id", fetch.tool.description)
            writer.text("failure", fetch.failure)
            writer.milliseconds("milliseconds", fetch.duration)
        }
        list("terms", report.knowledge.terms) { $0.json.string(ExplanationLimits.cut($1.name)) }
        json.key("term_count")
        json.integer(report.knowledge.termCount)
        list("capabilities", report.knowledge.capabilities) { $0.json.string(ExplanationLimits.cut($1.title)) }
        records("memories", report.knowledge.memories) { writer, item in
            writer.string("id", item.memory.entity.id.rawValue)
            writer.json.key("relevance")
            writer.json.number(item.relevance)
            writer.json.key("score")
            writer.json.number(item.score)
        }
        records("retrievers", report.knowledge.retrievals) { writer, run in
            writer.string("id", "\(run.retriever)")
            writer.string("outcome", run.outcome.name)
            writer.json.key("data")
            if case .result(let result) = run.outcome {
                writer.json.value(ExplanationLimits.cut(result.data))
            } else {
                writer.json.null()
            }
            writer.milliseconds("milliseconds", run.duration)
        }
        writePassages()
    }

    /// Their texts stay with the documents, so that an explanation holds nothing that is erased there.
    private mutating func writePassages() {
        records("passages", report.knowledge.passages) { writer, passage in
            writer.string("document_id", passage.document.rawValue)
            writer.string("owner", passage.owner.kind)
            writer.text("title", passage.title)
            writer.json.key("passage")
            writer.json.integer(passage.number)
            writer.json.key("score")
            writer.json.number(passage.score)
        }
    }

    mutating func writeTools() {
        records("tool_verdicts", report.verdicts) { writer, verdict in
            writer.string("tool_id", verdict.tool.description)
            writer.string("outcome", verdict.outcome.rawValue)
            writer.text("reason", verdict.reason)
            writer.json.key("arguments")
            if let arguments = verdict.arguments {
                writer.json.object(ExplanationLimits.cut(arguments))
            } else {
                writer.json.null()
            }
        }
        records("tool_calls", report.runs) { writer, run in
            writer.string("tool_id", run.call.tool.description)
            writer.json.key("arguments")
            writer.json.object(ExplanationLimits.cut(run.call.arguments))
            writer.string("outcome", run.outcome.name)
            writer.json.key("data")
            writer.json.value(run.result.map { ExplanationLimits.cut($0.data) } ?? .null)
            writer.text("reason", run.result == nil ? run.failureText : nil)
            writer.milliseconds("milliseconds", run.duration)
        }
        records("missing_parameters", report.missing) { writer, problem in
            writer.string("tool_id", problem.tool.description)
            writer.string("parameter", problem.parameter.name)
            writer.text("reason", problem.reason)
        }
    }

    mutating func writeHooks() {
        records("hooks", report.hooks) { writer, run in
            writer.string("step", run.step.rawValue)
            writer.string("decision", run.verdict.decision.name)
            writer.string("decider", run.verdict.decider)
            writer.json.key("changed_text")
            writer.json.boolean(run.hasChangedText)
            writer.milliseconds("milliseconds", run.duration)
        }
    }
}

extension KnowledgeOwner {
    /// One word for programs.
    fileprivate var kind: String { if case .customer = self { "customer" } else { "agent" } }
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
