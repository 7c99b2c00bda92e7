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
        string("id", guideline.id.rawValue)
        text("condition", guideline.content.condition)
        text("action", guideline.content.action)
        string("matcher", guideline.matcher.name)
        string("outcome", outcome.rawValue)
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
        records("relationships", decisions) { writer, item in
            let (entity, decision) = item
            writer.json.key("entity")
            writer.write(entity)
            writer.string("decision", decision.kind.rawValue)
            writer.text("reason", decision.reason)
            writer.string("relationship_id", decision.relationship?.id.rawValue)
            writer.string("location", decision.relationship?.location?.description)
            writer.list("counterparts", decision.counterparts) { $0.write($1) }
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
        string("kind", "\(kind)")
        string("id", id)
        json.endObject()
    }

    mutating func writeJourneys() {
        records("journeys", report.journeys.elements) { writer, item in
            writer.string("id", item.key.rawValue)
            writer.string("state", item.value.current)
            writer.json.key("ended")
            writer.json.boolean(item.value.hasEnded)
        }
        records("journey_moves", report.moves) { writer, move in
            writer.string("journey_id", move.journey.rawValue)
            writer.string("from", move.from)
            writer.string("to", move.to)
            writer.json.key("back")
            writer.json.boolean(move.isBack)
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
