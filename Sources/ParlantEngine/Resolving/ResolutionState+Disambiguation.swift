import ParlantCore

extension ResolutionState {
    /// Where something applies that leaves open which of several things is meant, puts the question in the place of
    /// all of them.
    ///
    /// Any target counts that could apply and has not given way, whether it was matched or not: that it was not is what
    /// makes the question necessary. Where a target is a journey under way, the customer has chosen already.
    mutating func askWhatIsMeant() {
        let open = applying.compactMap { source in ambiguity(of: source) }
        if open.isEmpty { return }
        for ambiguity in open { ask(ambiguity) }
        dropUngrounded()
    }

    private struct Ambiguity {
        var source: Node
        var relationship: Relationship
        var targets: [Node]
    }

    private func ambiguity(of source: Node) -> Ambiguity? {
        guard source < index.count, let first = index.choices[source].first else { return nil }
        var targets: [Node] = []
        for target in index.choices[source].flatMap(\.nodes)
        where target != source && !isRemoved[target] && !targets.contains(target) {
            targets.append(target)
        }
        targets = targets.filter(isPossible)
        guard targets.count >= 2, !targets.contains(where: isUnderWay) else { return nil }
        return Ambiguity(source: source, relationship: first.relationship, targets: targets)
    }

    /// Whether a target could apply if it were meant: its dependencies are met, its journey's included.
    private func isPossible(_ target: Node) -> Bool {
        index.requirements[target].allSatisfy { isMet($0, of: target, in: applies) }
    }

    private mutating func ask(_ ambiguity: Ambiguity) {
        let (source, targets) = (ambiguity.source, ambiguity.targets)
        let question = question(for: source, about: targets)
        let sourceEntity = entity(source)
        let questionEntity = ResolutionRecord.Entity.guideline(question.guideline.id)
        add(
            question: question, for: source,
            because: Decision(
                .disambiguated, ResolutionWording.question(for: sourceEntity), ambiguity.relationship,
                [sourceEntity] + targets.map(index.entity)))
        withdraw(
            source, Decision(.disambiguated, ResolutionWording.ambiguous, ambiguity.relationship, [questionEntity]))
        // What starts a journey goes with it.
        let starts = targets.filter(index.isJourney).flatMap { index.triggers(ofJourney: $0) }.filter { $0 != source }
        for node in targets + starts {
            withdraw(
                node,
                Decision(
                    .disambiguated, ResolutionWording.candidate(of: sourceEntity), ambiguity.relationship,
                    [questionEntity]))
        }
    }

    /// Removes a node for good, also one that could only come later.
    private mutating func withdraw(_ node: Node, _ decision: Decision) {
        remove(node)
        if takesPart[node] { note(decision, about: node) }
    }

    /// A guideline of this turn only, as sure and as important as the observation that it stands for.
    private func question(for source: Node, about targets: [Node]) -> GuidelineMatch {
        let match = matchOfNode[source].map { matches[$0] }
        let content = GuidelineContent(
            condition: nil, action: ResolutionWording.ask(targets.map(index.choiceText)),
            description: ResolutionWording.askDescription)
        let name = entity(source).rawID
        let guideline = Guideline(
            id: GuidelineID("disambiguation:\(name)"), content: content,
            criticality: match?.guideline.criticality ?? .medium, priority: match?.guideline.priority ?? 0,
            track: false,
            matcher: .always)
        return GuidelineMatch(
            guideline: guideline, rationale: match?.rationale ?? ResolutionWording.question(for: entity(source)),
            score: match?.score ?? 1)
    }
}
