import ParlantCore

extension ResolutionState {
    /// Adds what is entailed by something that applies, and what that entails. What gave way stays away and passes
    /// nothing on; what failed a dependency is tried again in the next round, and no entailment spares it that.
    mutating func entail() {
        var waiting = applying
        let entailing = waiting
        var isNew = [Bool](repeating: false, count: index.count)
        while let node = waiting.popLast() {
            for target in links(index.entailments, of: node).flatMap(\.nodes) where !isRemoved[target] {
                if takesPart[target] { continue }
                entail(target)
                isNew[target] = true
                waiting.append(target)
            }
        }
        for source in entailing + index.guidelines.indices.filter({ isNew[$0] }) {
            for link in links(index.entailments, of: source) {
                for target in link.nodes where isNew[target] && target != source {
                    let entity = entity(source)
                    note(
                        Decision(.entailed, ResolutionWording.entailed(by: entity), link.relationship, [entity]),
                        about: target)
                }
            }
        }
    }

    /// The links of a node; a question has those of the observation that it stands for.
    func links(_ table: [[RelationshipIndex.Link]], of node: Node) -> [RelationshipIndex.Link] {
        let known = extra(node).map(\.origin) ?? node
        return known.map { table[$0] } ?? []
    }
}
