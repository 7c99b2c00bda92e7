import ParlantCore

/// Which tools do similar things, so that one question has to pick.
enum ToolOverlap {
    /// Groups of candidates that overlap, alone where one overlaps with none; groups and members in the order of the
    /// candidates.
    ///
    /// A tool with `always` overlaps with each other one, one with `none` with none. In between, relationships of the
    /// kind `overlap` decide, whichever way they point; who overlaps with the same tool overlaps with each other.
    ///
    /// - Complexity: O(relationships + candidates²).
    static func groups(of candidates: [ToolCandidate], _ relationships: [Relationship]) -> [[ToolCandidate]] {
        let willing = candidates.filter { $0.tool.overlap != .none }
        guard willing.count > 1 else { return candidates.map { [$0] } }
        var sets = DisjointSets()
        for relationship in relationships where relationship.kind == .overlap {
            guard case .tool(let source) = relationship.source, case .tool(let target) = relationship.target else {
                continue
            }
            if !isAlone(source, candidates), !isAlone(target, candidates) { sets.join(source, target) }
        }
        if let hub = willing.first(where: { $0.tool.overlap == .always }) {
            for candidate in willing { sets.join(hub.tool.id, candidate.tool.id) }
        }
        var groups: [[ToolCandidate]] = []
        var places: [ToolID: Int] = [:]
        for candidate in candidates {
            let root = sets.root(of: candidate.tool.id)
            if let place = places[root] {
                groups[place].append(candidate)
            } else {
                places[root] = groups.count
                groups.append([candidate])
            }
        }
        return groups
    }

    private static func isAlone(_ tool: ToolID, _ candidates: [ToolCandidate]) -> Bool {
        candidates.contains { $0.tool.id == tool && $0.tool.overlap == .none }
    }
}

/// Tools in groups that grow together.
private struct DisjointSets {
    private var parents: [ToolID: ToolID] = [:]

    /// Stands for the whole group of a tool.
    func root(of tool: ToolID) -> ToolID {
        var root = tool
        while let parent = parents[root] { root = parent }
        return root
    }

    mutating func join(_ left: ToolID, _ right: ToolID) {
        let (left, right) = (root(of: left), root(of: right))
        if left != right { parents[right] = left }
    }
}
