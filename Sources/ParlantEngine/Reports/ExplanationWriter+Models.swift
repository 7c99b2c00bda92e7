import ParlantCore

/// Model calls, their sums, and where the time went.
extension ExplanationWriter {
    mutating func writeModelCalls() {
        records("model_calls", report.calls) { writer, call in
            writer.string("step", call.step.rawValue)
            writer.string("name", call.name)
            writer.string("model", call.model)
            writer.json.key("attempts")
            writer.json.integer(call.attempts)
            writer.milliseconds("began_after_milliseconds", call.startedAfter)
            writer.milliseconds("milliseconds", call.duration)
            writer.write(call.usage)
            writer.text("failure", call.failure)
        }
        list("budgets", report.budgetDecisions) { $0.json.value($1.explanation) }
        let steps = ModelStep.allCases.map { step in (step, report.calls.filter { $0.step == step }) }
        records("steps", steps.filter { !$0.1.isEmpty }) { writer, item in
            let (step, calls) = item
            writer.string("step", step.rawValue)
            writer.writeSums(of: calls)
            writer.milliseconds("milliseconds", calls.map(\.duration).reduce(.zero, +))
        }
    }

    mutating func writeTimes() {
        records("phases", TurnPhase.allCases.filter { report.phases[$0] != nil }) { writer, phase in
            writer.string("phase", phase.rawValue)
            writer.milliseconds("milliseconds", writer.report.phases[phase] ?? .zero)
        }
        json.key("totals")
        json.beginObject()
        writeSums(of: report.calls)
        milliseconds("milliseconds", report.duration)
        milliseconds("model_milliseconds", report.calls.waiting)
        json.endObject()
    }

    private mutating func writeSums(of calls: [ModelCall]) {
        json.key("calls")
        json.integer(calls.count)
        json.key("attempts")
        json.integer(calls.map(\.attempts).reduce(0, +))
        write(calls.map(\.usage).reduce(into: TokenUsage()) { $0 += $1 })
    }

    private mutating func write(_ usage: TokenUsage) {
        json.key("input_tokens")
        json.integer(usage.input)
        json.key("output_tokens")
        json.integer(usage.output)
    }
}

extension [ModelCall] {
    /// The time in which at least one of them was under way: what runs at once counts once.
    var waiting: Duration {
        var (waited, end) = (Duration.zero, Duration.zero)
        for call in sorted(by: { $0.startedAfter < $1.startedAfter }) {
            let begin = Swift.max(call.startedAfter, end)
            let until = call.startedAfter + call.duration
            if until > begin { waited += until - begin }
            end = Swift.max(end, until)
        }
        return waited
    }
}
