import ParlantCore

/// What became of a guideline in a turn. Raw values are those of the explain record.
public enum GuidelineOutcome: String, Sendable, CaseIterable {
    /// It applied.
    case applied
    /// Its condition held, and a relationship or a journey took it out.
    case dropped
    /// Its condition did not hold.
    case notMatched = "not_matched"
    /// No model was asked: it resembles nothing that was said.
    case narrowed
    /// Its matcher failed.
    case failed
    /// The turn broke before it was decided.
    case undecided
}

/// Guidelines, relationships and journeys.
extension ExplanationWriter {
    /// Those that were looked at, then those that relationships and journeys added. Where there are too many, those
    /// that did not apply anyway are left out first.
    mutating func writeGuidelines() {
        let verdicts = GuidelineVerdicts(report)
        let all = report.considered + verdicts.added
        let shown =
            all.count <= ExplanationLimits.entries
            ? all : all.filter(verdicts.holds) + all.filter { !verdicts.holds($0) }
        list("guidelines", shown) { $0.write($1, verdicts) }
    }

    private mutating func write(_ guideline: Guideline, _ verdicts: GuidelineVerdicts) {
        let match = verdicts.applied[guideline.id] ?? verdicts.held[guideline.id]
        let outcome = verdicts.outcome(of: guideline)
        json.beginObject()
        json.key("id")
        json.string(guideline.id.rawValue)
        text("condition", guideline.content.condition)
        text("action", guideline.content.action)
        json.key("matcher")
        json.string(guideline.matcher.name)
        json.key("outcome")
        json.string(outcome.rawValue)
        text("rationale", match?.rationale)
        json.key("score")
        if let match { json.number(match.score) } else { json.null() }
        text("reason", verdicts.reason(for: outcome, of: guideline))
        json.endObject()
    }

    /// Each decision that changed something.
    mutating func writeRelationships() {
        let decisions = report.resolutions.flatMap { record in
            record.decisions.filter { $0.kind != .none }.map { (record.entity, $0) }
        }
        list("relationships", decisions) { writer, item in
            let (entity, decision) = item
            writer.json.beginObject()
            writer.json.key("entity")
            writer.write(entity)
            writer.json.key("decision")
            writer.json.string(decision.kind.rawValue)
            writer.text("reason", decision.reason)
            writer.json.key("relationship_id")
            writer.json.string(decision.relationship?.id.rawValue)
            writer.json.key("location")
            writer.json.string(decision.relationship?.location?.description)
            writer.list("counterparts", decision.counterparts) { $0.write($1) }
            writer.json.endObject()
        }
    }

    private mutating func write(_ entity: ResolutionRecord.Entity) {
        let (kind, id): (StaticString, String) =
            switch entity {
            case .guideline(let id): ("guideline", id.rawValue)
            case .journey(let id): ("journey", id.rawValue)
            case .tag(let id): ("tag", id.rawValue)
            case .tool(let id): ("tool", id.description)
            }
        json.beginObject()
        json.key("kind")
        json.string("\(kind)")
        json.key("id")
        json.string(id)
        json.endObject()
    }

    mutating func writeJourneys() {
        list("journeys", report.journeys.elements) { writer, item in
            writer.json.beginObject()
            writer.json.key("id")
            writer.json.string(item.key.rawValue)
            writer.json.key("state")
            writer.json.string(item.value.current)
            writer.json.key("ended")
            writer.json.boolean(item.value.hasEnded)
            writer.json.endObject()
        }
        list("journey_moves", report.moves) { writer, move in
            writer.json.beginObject()
            writer.json.key("journey_id")
            writer.json.string(move.journey.rawValue)
            writer.json.key("from")
            writer.json.string(move.from)
            writer.json.key("to")
            writer.json.string(move.to)
            writer.json.key("back")
            writer.json.boolean(move.isBack)
            writer.json.endObject()
        }
    }
}

/// What became of each guideline of a report, by id.
private struct GuidelineVerdicts {
    let applied: [GuidelineID: GuidelineMatch]
    let held: [GuidelineID: GuidelineMatch]
    /// Guidelines that nobody looked at and that apply, or would have: states of journeys, and what relationships added.
    let added: [Guideline]
    private let decided: [GuidelineID: ResolutionRecord]
    private let matching: MatchingReport

    init(_ report: TurnReport) {
        applied = Dictionary(report.matches.map { ($0.guideline.id, $0) }) { first, _ in first }
        held = Dictionary(report.judged.map { ($0.guideline.id, $0) }) { first, _ in first }
        let considered = Set(report.considered.map(\.id))
        added = report.matches.map(\.guideline).filter { !considered.contains($0.id) }
        decided = Dictionary(
            report.resolutions.compactMap { record in
                guard case .guideline(let id) = record.entity else { return nil }
                return (id, record)
            }
        ) { first, _ in first }
        matching = report.matching
    }

    func holds(_ guideline: Guideline) -> Bool { applied[guideline.id] != nil || held[guideline.id] != nil }

    func outcome(of guideline: Guideline) -> GuidelineOutcome {
        let id = guideline.id
        if applied[id] != nil { return .applied }
        if held[id] != nil { return decided[id].map { $0.applies ? .undecided : .dropped } ?? .undecided }
        if matching.failed.contains(id) { return .failed }
        if matching.narrowed.contains(id) { return .narrowed }
        return matching.hasJudged ? .notMatched : .undecided
    }

    /// Why it does not apply, or is no match of its own.
    func reason(for outcome: GuidelineOutcome, of guideline: Guideline) -> String? {
        switch outcome {
        case .applied, .dropped:
            let reasons = decided[guideline.id]?.decisions.filter { $0.kind != .none }.map(\.reason) ?? []
            return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        case .narrowed: return "it resembles nothing that was said"
        case .failed: return "its matcher failed; the log says why"
        case .undecided: return "the turn ended before it was decided"
        case .notMatched: return nil
        }
    }
}

extension Guideline.Matcher {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .condition: "condition"
        case .always: "always"
        case .code: "code"
        }
    }
}
