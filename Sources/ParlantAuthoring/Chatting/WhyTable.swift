import ParlantCore

/// The record of a turn (`GET /sessions/{id}/events/{event_id}/explain`) as people read it in a terminal.
struct WhyTable {
    /// Most columns of a line; with the indent of ``Chat`` it is 80.
    static let width = 78

    private let record: JSONValue
    private(set) var lines: [String] = []

    /// Reads a record; what it does not have is left out.
    init(_ record: JSONValue) {
        self.record = record
        addEnding()
        addGuidelines()
        addJourneys()
        addKnowledge()
        addTools()
        addHooks()
        addReply()
        addModelCalls()
        addTimes()
    }

    private func list(_ name: String) -> [JSONValue] { record[name]?.array ?? [] }

    private mutating func addEnding() {
        guard let ending = record["ending"]?.string, ending != "completed" else { return }
        lines.append("the turn ended as \(ending)")
    }

    private mutating func addGuidelines() {
        let all = list("guidelines")
        let omitted = Int(record["omitted"]?["guidelines"]?.integer ?? 0)
        func those(_ outcomes: String...) -> [JSONValue] {
            all.filter { $0["outcome"]?.string.map(outcomes.contains) ?? false }
        }
        let (applied, others) = (those("applied"), those("dropped", "failed", "undecided"))
        lines.append("guidelines: \(applied.count) of \(all.count + omitted) applied")
        let names = Self.nameWidth(of: applied + others)
        for guideline in applied { addGuideline(guideline, names, why: guideline["rationale"]) }
        for guideline in others { addGuideline(guideline, names, why: guideline["reason"]) }
        addNames("not matched", those("not_matched"), more: omitted)
        addNames("not asked about", those("narrowed"))
    }

    private mutating func addGuideline(_ guideline: JSONValue, _ names: Int, why: JSONValue?) {
        let what = guideline["condition"]?.string ?? guideline["action"]?.string ?? ""
        addEntry(guideline["outcome"]?.string ?? "", guideline["id"]?.string ?? "?", names, what)
        guard let why = why?.string else { return }
        addCell("why: \(why)", after: names)
    }

    private mutating func addJourneys() {
        let moves = list("journey_moves")
        for journey in list("journeys") {
            guard let id = journey["id"]?.string else { continue }
            let way = moves.filter { $0["journey_id"]?.string == id }
            let steps = (way.first?["from"]?.string.map { [$0] } ?? []) + way.map { $0["to"]?.string ?? "end" }
            let place = journey["state"]?.string ?? "ended"
            addLine("journey \(id): " + (steps.isEmpty ? place : steps.joined(separator: " -> ")))
        }
    }

    private mutating func addKnowledge() {
        for variable in list("variables") {
            let outcome = variable["failure"]?.string.map { "not fetched: \($0)" } ?? "fetched"
            addLine("variable \(variable["name"]?.string ?? "?"): \(outcome)\(Self.time(of: variable))")
        }
        for run in list("retrievers") {
            let data = run["data"].flatMap { $0.isNull ? nil : ": \($0.string ?? $0.description)" } ?? ""
            addLine(
                "retriever \(run["id"]?.string ?? "?"): \(run["outcome"]?.string ?? "")\(Self.time(of: run))\(data)")
        }
        for passage in list("passages") {
            addLine("document '\(passage["title"]?.string ?? "?")', passage \(passage["passage"]?.description ?? "?")")
        }
        let terms = list("terms").compactMap(\.string)
        let count = Int(record["term_count"]?.integer ?? 0)
        if !terms.isEmpty { addLine("terms, \(terms.count) of \(count): \(terms.joined(separator: ", "))") }
    }

    private mutating func addTools() {
        for call in list("tool_calls") {
            let arguments = call["arguments"]?.description ?? "{}"
            addLine("tool \(call["tool_id"]?.string ?? "?")(\(arguments))\(Self.time(of: call))")
            let outcome = call["outcome"]?.string ?? ""
            let said = call["reason"]?.string.map { "\(outcome): \($0)" } ?? call["data"]?.description ?? outcome
            addLine("-> \(said)", indent: 4)
        }
        let missing = list("missing_parameters").map { problem in
            let name = problem["parameter"]?.string ?? "?"
            return problem["reason"]?.string.map { "\(name) (\($0))" } ?? name
        }
        if !missing.isEmpty { addLine("asked for: \(missing.joined(separator: ", "))") }
    }

    private mutating func addHooks() {
        for run in list("hooks") {
            let decision = run["decision"]?.string ?? ""
            let changed = run["changed_text"]?.boolean == true
            guard decision != "next" || changed else { continue }
            let what = decision == "next" ? "changed the text" : decision
            let who = run["decider"]?.string.map { " by \($0)" } ?? ""
            addLine("hook \(run["step"]?.string ?? "?"): \(what)\(who)\(Self.time(of: run))")
        }
    }

    private mutating func addReply() {
        guard let mode = record["composition"]?["mode"]?.string else { return }
        addLine("reply, \(mode): \(record["composition"]?["reason"]?.string ?? "nothing was said")")
        if let draft = record["composition"]?["draft"]?.string { addLine("draft: \(draft)", indent: 2) }
        let all = list("canned_responses")
        let shown = all.filter { ["said", "weighed"].contains($0["outcome"]?.string) }
        let names = Self.nameWidth(of: shown)
        for response in shown.prefix(10) {
            addEntry(
                response["outcome"]?.string ?? "", response["id"]?.string ?? "?", names,
                response["text"]?.string ?? "")
        }
        addNames("weighed as well", Array(shown.dropFirst(10)))
        addNames("less like it", all.filter { $0["outcome"] == "too_unlike" })
        for response in all.filter({ $0["outcome"] == "unusable" }).prefix(5) {
            addLine("unusable \(response["id"]?.string ?? "?"): \(response["reason"]?.string ?? "")", indent: 2)
        }
        addNames("unusable as well", Array(all.filter { $0["outcome"] == "unusable" }.dropFirst(5)))
    }

    private mutating func addModelCalls() {
        let calls = list("model_calls")
        guard !calls.isEmpty else { return lines.append("no model was called") }
        lines.append(Self.row("model calls", "model", ["calls", "tries", "in", "out", "ms"]))
        let keys: [String] = ["attempts", "input_tokens", "output_tokens", "milliseconds"]
        func sums(_ calls: [JSONValue]) -> [String] {
            [String(calls.count)]
                + keys.map { key in
                    let sum = calls.compactMap { $0[key]?.number }.reduce(0, +)
                    return key == "milliseconds" ? TextCells.milliseconds(sum) : String(Int(clamping: Int64(sum)))
                }
        }
        var groups: [(key: [String], calls: [JSONValue])] = []
        for call in calls {
            let key = [call["step"]?.string ?? "?", call["model"]?.string ?? ""]
            if let place = groups.firstIndex(where: { $0.key == key }) {
                groups[place].calls.append(call)
            } else {
                groups.append((key, [call]))
            }
        }
        for (key, calls) in groups { lines.append(Self.row("  " + key[0], key[1], sums(calls))) }
        if groups.count > 1 { lines.append(Self.row("  total", "", sums(calls))) }
        for call in calls {
            guard let failure = call["failure"]?.string else { continue }
            addLine("\(call["step"]?.string ?? "?") failed: \(failure)", indent: 2)
        }
    }

    private mutating func addTimes() {
        guard let totals = record["totals"], let total = totals["milliseconds"]?.number else { return }
        let phases = list("phases").map { phase in
            "\(phase["phase"]?.string ?? "?") \(TextCells.milliseconds(phase["milliseconds"]?.number ?? 0))"
        }
        let waited = TextCells.milliseconds(totals["model_milliseconds"]?.number ?? 0)
        addLine(
            "time: \(TextCells.milliseconds(total)) ms, \(waited) of them for models; \(phases.joined(separator: ", "))"
        )
    }

    // MARK: Lines

    /// ` 12 ms` in brackets.
    private static func time(of entry: JSONValue) -> String {
        entry["milliseconds"]?.number.map { " [\(TextCells.milliseconds($0)) ms]" } ?? ""
    }

    private static func row(_ first: String, _ second: String, _ numbers: [String]) -> String {
        let cells = zip(numbers, [6, 6, 8, 7, 8]).map { TextCells.right($0, $1) }
        return TextCells.left(first, 19) + " " + TextCells.left(second, 23) + cells.joined()
    }

    private static func nameWidth(of entries: [JSONValue]) -> Int {
        min(24, entries.compactMap { $0["id"]?.string?.count }.max() ?? 0)
    }

    /// A word, a name and a text in three columns.
    private mutating func addEntry(_ word: String, _ name: String, _ names: Int, _ text: String) {
        let head = "  " + TextCells.left(word, 10) + TextCells.left(name, names) + "  "
        let cells = TextCells.wrapped(text, width: Self.width - head.count, most: 3)
        lines.append(cells.isEmpty ? head.trimmingEnd : head + cells[0])
        for cell in cells.dropFirst() { lines.append(String(repeating: " ", count: head.count) + cell) }
    }

    /// A text in the third column.
    private mutating func addCell(_ text: String, after names: Int) {
        let indent = 14 + names
        for cell in TextCells.wrapped(text, width: Self.width - indent, most: 3) {
            lines.append(String(repeating: " ", count: indent) + cell)
        }
    }

    /// A text over the whole width; further lines are indented.
    private mutating func addLine(_ text: String, indent: Int = 0) {
        let cells = TextCells.wrapped(text, width: Self.width - indent - 4, most: 4)
        for (index, cell) in cells.enumerated() {
            lines.append(String(repeating: " ", count: indent + (index > 0 ? 4 : 0)) + cell)
        }
    }

    private mutating func addNames(_ word: String, _ entries: [JSONValue], more: Int = 0) {
        let names = entries.compactMap { $0["id"]?.string }
        guard names.count + more > 0 else { return }
        addLine("\(word), \(names.count + more): \(names.joined(separator: ", "))", indent: 2)
    }
}

extension String {
    fileprivate var trimmingEnd: String { String(reversed().drop { $0.isWhitespace }.reversed()) }
}
