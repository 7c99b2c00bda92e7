import ParlantCore

extension ResolutionState {
    /// Adds what is entailed by something that applies, and what that entails. What gave way stays away and passes
    /// nothing on; what failed a dependency is tried again in the next round, and no entailment spares it that.
    mutating func entail() {
        var waiting = applying
        let entailing = waiting
        var isNew = [Bool](repeating: false, count: index.count)
        while let node = waiting.popLast() {
            for target in entailments(of: node).flatMap(\.nodes) where !isRemoved[target] {
                if takesPart[target] { continue }
                entail(target)
                isNew[target] = true
                waiting.append(target)
            }
        }
        for source in entailing + index.guidelines.indices.filter({ isNew[$0] }) {
            for link in entailments(of: source) {
                for target in link.nodes where isNew[target] && target != source {
                    let entity = entity(source)
                    note(
                        Decision(.entailed, ResolutionWording.entailed(by: entity), link.relationship, [entity]),
                        about: target)
                }
            }
        }
    }

    private func entailments(of node: Node) -> [RelationshipIndex.Link] {
        node < index.count ? index.entailments[node] : []
    }
}
