import ParlantCore

extension ResolutionState {
    // MARK: By relation

    /// Drops what something else that applies has priority over, then what depends on the dropped.
    ///
    /// All at once: whoever applies at the begin of the step counts, also when it is dropped itself, so no order
    /// matters. Whoever does not apply passes nothing on. A journey takes its states and guidelines with it, because
    /// they depend on it, but not the observations that start it.
    mutating func followPriorities() {
        let dropped = applying.compactMap { node -> (node: Node, decisions: [Decision])? in
            let decisions = rivals(of: node).compactMap { outranking($0, node) }
            return decisions.isEmpty ? nil : (node, decisions)
        }
        if dropped.isEmpty { return }
        for (node, decisions) in dropped {
            remove(node)
            for decision in decisions { note(decision, about: node) }
        }
        removeDependents()
    }

    private func rivals(of node: Node) -> [RelationshipIndex.Link] { node < index.count ? index.rivals[node] : [] }

    private func outranking(_ rivalry: RelationshipIndex.Link, _ node: Node) -> Decision? {
        guard let winner = rivalry.nodes.first(where: { $0 != node && applies[$0] }).map(entity) else { return nil }
        return Decision(.deprioritized, ResolutionWording.outranked(by: winner), rivalry.relationship, [winner])
    }

    private mutating func removeDependents() {
        let before = applying
        dropUngrounded()
        for node in before where !applies[node] {
            for unmet in unmetDependencies(of: node, in: applies) {
                let reason = ResolutionWording.baseLost(unmet.counterparts)
                note(Decision(.deprioritized, reason, unmet.relationship, unmet.counterparts), about: node)
            }
            remove(node)
        }
    }

    // MARK: By number

    /// Keeps only the highest priority of what was matched, with what that depends on: a number never takes away the
    /// ground under the winner. Entailed guidelines neither count nor go.
    mutating func keepHighestLevel() {
        let counting = applying.filter { !isEntailed[$0] }
        let levels = counting.map { level(of: $0) }
        guard let highest = levels.max(), let lowest = levels.min(), lowest < highest else { return }
        let winners = zip(counting, levels).filter { $0.1 == highest }.map(\.0)
        let isSupport = support(of: winners)
        for (node, level) in zip(counting, levels) where !isSupport[node] {
            remove(node)
            let reason = ResolutionWording.below(level, highest)
            note(Decision(.deprioritized, reason, nil, winners.map(entity)), about: node)
        }
    }

    /// The priority that counts: of what belongs to an active journey, or starts it, the journey's.
    private func level(of node: Node) -> Int {
        if index.isJourney(node) { return level(ofJourney: node) }
        if let extra = extra(node) {
            if let journey = extra.journey { return level(ofJourney: journey) }
            return matchOfNode[node].map { matches[$0].guideline.priority } ?? 0
        }
        let journeys = index.journeysOfGuideline[node].filter { applies[$0] }
        return journeys.map { level(ofJourney: $0) }.max() ?? index.guidelines[node].priority
    }

    private func level(ofJourney node: Node) -> Int {
        let own = index.journey(node).priority
        return hosts[node].map { max(own, level(ofJourney: $0)) } ?? own
    }
}
