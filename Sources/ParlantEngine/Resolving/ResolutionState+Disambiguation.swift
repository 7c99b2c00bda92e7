import ParlantCore

extension ResolutionState {
    /// Where something applies that leaves open which of several things is meant, makes it the question and lets all of
    /// them wait for the answer. The observation keeps its id and its relations: the fact that it states still holds.
    ///
    /// Any target counts that could apply and has not given way, whether it was matched or not: that it was not is what
    /// makes the question necessary. Where a target is a journey under way, the customer has chosen already. A
    /// journey asks in the turn in which it begins, and not again.
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
        guard source < index.count, let first = index.choices[source].first, !asking.contains(source),
            !isUnderWay(source)
        else { return nil }
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
        ask(question(for: source, about: targets), for: source)
        let choices = targets.map(entity)
        note(
            Decision(.disambiguated, ResolutionWording.asks(about: choices), ambiguity.relationship, choices),
            about: source)
        let reason = ResolutionWording.mayBeMeant(because: entity(source))
        for node in targets {
            remove(node)
            guard takesPart[node] else { continue }
            note(Decision(.disambiguated, reason, ambiguity.relationship, [entity(source)]), about: node)
        }
    }

    /// What the agent asks, as a guideline: the observation itself, which now has an action.
    private func question(for source: Node, about targets: [Node]) -> GuidelineMatch {
        let content = GuidelineContent(
            condition: nil, action: ResolutionWording.ask(targets.map(index.choiceText)),
            description: ResolutionWording.askDescription)
        guard let match = matchOfNode[source].map({ matches[$0] }) else {
            let journey = index.journey(source)
            let guideline = Guideline(
                id: GuidelineID("disambiguation:\(journey.id)"), content: content, track: false, matcher: .always,
                scope: .journey(journey.id))
            return GuidelineMatch(guideline: guideline, rationale: ResolutionWording.asks(about: targets.map(entity)))
        }
        var question = match
        question.guideline.content = content
        question.guideline.content.condition = match.guideline.content.condition
        // It is asked again whenever the observation applies again.
        question.guideline.track = false
        return question
    }
}
