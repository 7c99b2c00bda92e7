import ParlantCore

extension ResolutionState {
    typealias Requirement = RelationshipIndex.Requirement

    /// Begins a round: what was matched or entailed applies, unless it gave way, or its dependencies are not met.
    mutating func settleDependencies() {
        set(applying: grounded(takesPart.indices.map { takesPart[$0] && !isRemoved[$0] }))
    }

    /// Takes away what applies without its dependencies. It may come back in the next round.
    mutating func dropUngrounded() { set(applying: grounded(applies)) }

    /// The largest part of `candidates` in which every dependency is met by something that stands on its own feet: a
    /// circle that nothing outside holds up falls, so that relationships made over REST cannot keep each other alive.
    ///
    /// Nodes are visited after what they depend on, so one pass settles all that is in no circle.
    func grounded(_ candidates: [Bool]) -> [Bool] {
        var settled = [Bool](repeating: false, count: candidates.count)
        var isSettling = true
        while isSettling {
            isSettling = false
            var isOpen = false
            for node in index.order where candidates[node] && !settled[node] {
                let isHosted = hosts[node].map { settled[$0] } ?? true
                if isHosted && index.requirements[node].allSatisfy({ isMet($0, of: node, in: settled) }) {
                    settled[node] = true
                    isSettling = true
                } else {
                    isOpen = true
                }
            }
            if !isOpen { break }
        }
        // Nothing depends on these.
        for node in index.count..<candidates.count where candidates[node] {
            guard let extra = extra(node), extra.dependency != nil else {
                settled[node] = true
                continue
            }
            settled[node] = extra.journey.map { settled[$0] } ?? false
        }
        return settled
    }

    func isMet(_ requirement: Requirement, of node: Node, in applying: [Bool]) -> Bool {
        requirement.alternatives.contains { isMet($0, of: node, in: applying) }
    }

    private func isMet(_ alternative: Requirement.Alternative, of node: Node, in applying: [Bool]) -> Bool {
        switch alternative.members {
        case .nobody: false
        case .all(let nodes): nodes.allSatisfy { $0 == node || applying[$0] }
        case .any(let nodes): nodes.contains { $0 == node || applying[$0] }
        }
    }

    /// One decision for each requirement of a node that is not met.
    func unmetDependencies(of node: Node, in applying: [Bool]) -> [Decision] {
        if let extra = extra(node) {
            guard let dependency = extra.dependency, extra.journey.map({ !applying[$0] }) ?? true else { return [] }
            let journey = index.entity(of: dependency.target)
            return [Decision(.unmetDependencyAll, ResolutionWording.unmet(journey), dependency, [journey])]
        }
        var unmet: [Decision] = []
        if let host = hosts[node], !applying[host] {
            unmet.append(Decision(.unmetDependencyAll, ResolutionWording.unmet(entity(host)), nil, [entity(host)]))
        }
        return unmet
            + index.requirements[node].filter { !isMet($0, of: node, in: applying) }.map { requirement in
                let targets = requirement.alternatives.map { index.entity(of: $0.relationship.target) }
                let relationship = requirement.alternatives.first?.relationship
                if requirement.isGroup {
                    return Decision(.unmetDependencyAny, ResolutionWording.unmetGroup(targets), relationship, targets)
                }
                return Decision(
                    .unmetDependencyAll, ResolutionWording.unmet(targets[0], all: relationship?.quantifier == .all),
                    relationship, targets)
            }
    }

    /// What holds the nodes up: all that they depend on and that applies, and so on; themselves included.
    func support(of nodes: [Node]) -> [Bool] {
        var isSupport = [Bool](repeating: false, count: applies.count)
        var waiting = nodes
        for node in nodes { isSupport[node] = true }
        func reach(_ node: Node) {
            guard applies[node], !isSupport[node] else { return }
            isSupport[node] = true
            waiting.append(node)
        }
        while let node = waiting.popLast() {
            if let extra = extra(node) {
                if let journey = extra.journey { reach(journey) }
                continue
            }
            if let host = hosts[node] { reach(host) }
            for alternative in index.requirements[node].flatMap(\.alternatives) {
                switch alternative.members {
                case .nobody: continue
                case .all(let nodes), .any(let nodes): nodes.forEach(reach)
                }
            }
        }
        return isSupport
    }
}
