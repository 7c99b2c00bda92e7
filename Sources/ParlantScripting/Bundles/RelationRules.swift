import LuaRuntime
import ParlantCore

/// Finds what the relations of one agent cannot say together: circles of dependencies and of priorities, and a
/// priority against a dependency or an entailment.
struct RelationRules {
    /// Something wrong, at the line that completes it.
    struct Problem {
        var text: String
        var location: SourceLocation
    }

    private struct Edge {
        var from: Int
        var to: Int
        var location: SourceLocation
    }

    private struct Pair: Hashable {
        var from: Int
        var to: Int
    }

    private var names: [Int: String] = [:]
    private var edges: [RelationVerb: [Edge]] = [:]

    /// Adds one relation. A dependency on any of several things, or on any of a tag's, is no certain one and counts for
    /// nothing here.
    mutating func add(
        _ verb: RelationVerb, from source: Definition, to target: Definition,
        _ quantifier: Relationship.Quantifier, at location: SourceLocation
    ) {
        guard [.dependOn, .prioritizeOver, .entail].contains(verb), quantifier == .all else { return }
        names[source.number] = source.name ?? source.id
        names[target.number] = target.name ?? target.id
        edges[verb, default: []].append(Edge(from: source.number, to: target.number, location: location))
    }

    /// Everything that is wrong, in no order.
    func problems() -> [Problem] { circles(.dependOn) + circles(.prioritizeOver) + contradictions() }

    // MARK: Contradictions

    private func contradictions() -> [Problem] {
        let dependencies = places(.dependOn)
        let entailments = places(.entail)
        return (edges[.prioritizeOver] ?? []).flatMap { edge -> [Problem] in
            let forwards = Pair(from: edge.from, to: edge.to)
            let backwards = Pair(from: edge.to, to: edge.from)
            let opposites: [(VerbWording.Opposite, SourceLocation?)] = [
                (.sourceDepends, dependencies[forwards]), (.targetDepends, dependencies[backwards]),
                (.sourceEntails, entailments[forwards]),
            ]
            return opposites.compactMap { opposite, place -> Problem? in
                guard let place else { return nil }
                let last = max(edge.location, place)
                let text = VerbWording.contradiction(
                    name(edge.from), over: name(edge.to), at: edge.location.place(from: last), opposite,
                    at: place.place(from: last))
                return Problem(text: text, location: last)
            }
        }
    }

    private func places(_ verb: RelationVerb) -> [Pair: SourceLocation] {
        Dictionary((edges[verb] ?? []).map { (Pair(from: $0.from, to: $0.to), $0.location) }) { first, _ in first }
    }

    private func name(_ number: Int) -> String { names[number] ?? "" }

    // MARK: Circles

    /// One problem for each line that closes a circle, with the shortest circle that it closes.
    private func circles(_ verb: RelationVerb) -> [Problem] {
        var earlier: [Int: [Edge]] = [:]
        var problems: [Problem] = []
        for edge in Self.entangled(edges[verb] ?? []).sorted(by: { $0.location < $1.location }) {
            guard let way = Self.way(from: edge.to, to: edge.from, along: earlier) else {
                earlier[edge.from, default: []].append(edge)
                continue
            }
            var circle = way + [edge]
            // The story begins with its first line.
            if let first = circle.indices.min(by: { circle[$0].location < circle[$1].location }) {
                circle = Array(circle[first...] + circle[..<first])
            }
            let steps = circle.map { step in
                (from: name(step.from), to: name(step.to), place: step.location.place(from: edge.location))
            }
            problems.append(Problem(text: VerbWording.circle(verb, steps), location: edge.location))
        }
        return problems
    }

    /// The edges that are left when what nothing leads to, or what leads nowhere, is taken away again and again: all
    /// circles are among them, and mostly there are none. O(edges).
    private static func entangled(_ edges: [Edge]) -> [Edge] {
        let outgoing = trim(edges, { $0.from }, { $0.to })
        return trim(outgoing, { $0.to }, { $0.from })
    }

    /// Takes away, again and again, the edges of nodes that no edge enters.
    private static func trim(_ edges: [Edge], _ near: (Edge) -> Int, _ far: (Edge) -> Int) -> [Edge] {
        var entering: [Int: Int] = [:]
        for edge in edges { entering[far(edge), default: 0] += 1 }
        let leaving = Dictionary(grouping: edges, by: near)
        var gone: Set<Int> = []
        var free = leaving.keys.filter { entering[$0, default: 0] == 0 }
        while let node = free.popLast() {
            gone.insert(node)
            for edge in leaving[node] ?? [] {
                entering[far(edge), default: 0] -= 1
                if entering[far(edge)] == 0 { free.append(far(edge)) }
            }
        }
        return edges.filter { !gone.contains(near($0)) }
    }

    /// The shortest way from one node to another.
    private static func way(from start: Int, to end: Int, along edges: [Int: [Edge]]) -> [Edge]? {
        var reachedBy: [Int: Edge] = [:]
        var waiting = [start]
        var index = 0
        while index < waiting.count, reachedBy[end] == nil {
            for edge in edges[waiting[index]] ?? [] where edge.to != start && reachedBy[edge.to] == nil {
                reachedBy[edge.to] = edge
                waiting.append(edge.to)
            }
            index += 1
        }
        var way: [Edge] = []
        var node = end
        while node != start {
            guard let edge = reachedBy[node] else { return nil }
            way.append(edge)
            node = edge.from
        }
        return way.reversed()
    }
}
