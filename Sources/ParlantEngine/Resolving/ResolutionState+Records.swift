import ParlantCore

extension ResolutionState {
    /// One record for each that took part: matches as they were given, active journeys, then what was added.
    func records() -> [ResolutionRecord] {
        participants.map { node in
            ResolutionRecord(entity: entity(node), applies: applies[node], decisions: decisions(about: node))
        }
    }

    private func decisions(about node: Node) -> [Decision] {
        var all = decisions[node]
        if !applies[node] && !isRemoved[node] { all += unmetDependencies(of: node, in: applies) }
        return all.isEmpty ? [Decision(.none, ResolutionWording.unchanged)] : all
    }
}
