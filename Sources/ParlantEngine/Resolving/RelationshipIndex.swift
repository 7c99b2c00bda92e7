import ParlantCore

/// The relationships of one agent, compiled for the turns that follow: entities are numbers, tags are the lists of
/// those that have them. Building it costs O(guidelines + relationships × members of their tags), once per load.
struct RelationshipIndex: Sendable {
    /// Number of a guideline or a journey.
    typealias Node = Int

    /// A tag, a guideline or a journey at the end of a relationship, as those that stand for it. Both forms count the
    /// one that asks as applying, so that a guideline with a tag can depend on the others of the tag.
    enum Members: Sendable, Equatable {
        /// Nobody stands for it: it never applies.
        case nobody
        case all([Node])
        case any([Node])
    }

    /// What must apply for a node to apply: one of the alternatives.
    struct Requirement: Sendable {
        struct Alternative: Sendable {
            var relationship: Relationship
            var members: Members
        }

        /// Whether this is a group of `depend_on_any`, also when it has one alternative only.
        var isGroup: Bool
        var alternatives: [Alternative]
    }

    /// A relationship with those at its other end.
    struct Link: Sendable {
        var relationship: Relationship
        var nodes: [Node]
    }

    /// Guidelines first, triggers of journeys among them, then journeys.
    let guidelines: [Guideline]
    let journeys: [Journey]
    /// What each node depends on.
    let requirements: [[Requirement]]
    /// Who goes before each node.
    let rivals: [[Link]]
    /// What each node entails; guidelines only.
    let entailments: [[Link]]
    /// What may be meant when a node applies.
    let choices: [[Link]]
    /// Journeys that a guideline belongs to or starts, each as its node.
    let journeysOfGuideline: [[Node]]
    /// All nodes, each after those that it depends on; in a circle somebody comes first.
    let order: [Node]
    private let nodes: [Relationship.End: Node]

    var count: Int { guidelines.count + journeys.count }

    init(_ snapshot: AgentSnapshot) {
        self.init(
            guidelines: snapshot.guidelines + snapshot.triggers, journeys: snapshot.journeys,
            relationships: snapshot.relationships)
    }

    /// - Parameters:
    ///   - guidelines: Those that are not enabled are left out; of two with one id, the first counts.
    ///   - relationships: Whether they contradict each other does not matter. That guidelines of journeys depend on
    ///     their journeys is added here.
    init(guidelines all: [Guideline], journeys: [Journey], relationships: [Relationship]) {
        var seen: Set<GuidelineID> = []
        let guidelines = all.filter { $0.enabled && seen.insert($0.id).inserted }
        let table = EndTable(guidelines, journeys)
        let count = guidelines.count + journeys.count
        var requirements = RequirementTable(count)
        var rivals = [[Link]](repeating: [], count: count)
        var entailments = rivals
        var choices = rivals
        for relationship in guidelines.compactMap(Relationship.onJourney) + relationships {
            let sources = table.nodes(of: relationship.source)
            let targets = table.nodes(of: relationship.target)
            switch relationship.kind {
            case .dependency:
                for node in sources { requirements.add(relationship, table.members(of: relationship), to: node) }
            case .priority where !sources.isEmpty:
                for node in targets { rivals[node].append(Link(relationship: relationship, nodes: sources)) }
            case .entailment:
                let entailed = targets.filter { $0 < guidelines.count }
                if entailed.isEmpty { continue }
                for node in sources { entailments[node].append(Link(relationship: relationship, nodes: entailed)) }
            case .disambiguation where !targets.isEmpty:
                for node in sources { choices[node].append(Link(relationship: relationship, nodes: targets)) }
            // Overlaps and reevaluations are between tools, and for other steps of the turn.
            case .priority, .disambiguation, .overlap, .reevaluation: continue
            }
        }
        self.guidelines = guidelines
        self.journeys = journeys
        self.requirements = requirements.byNode
        self.rivals = rivals
        self.entailments = entailments
        self.choices = choices
        journeysOfGuideline = table.journeysOfGuidelines()
        order = requirements.order()
        nodes = table.nodes
    }

    /// Nil for a guideline that the agent does not have, such as the state of a journey.
    func node(of guideline: GuidelineID) -> Node? { nodes[.guideline(guideline)] }

    /// Nil for a journey that the agent does not have.
    func node(of journey: JourneyID) -> Node? { nodes[.tag(Journey.owner(journey))] }

    func journey(_ node: Node) -> Journey { journeys[node - guidelines.count] }

    func isJourney(_ node: Node) -> Bool { node >= guidelines.count && node < count }

    func entity(_ node: Node) -> ResolutionRecord.Entity {
        isJourney(node) ? .journey(journey(node).id) : .guideline(guidelines[node].id)
    }

    /// What the agent calls a node when it asks whether it is meant.
    func choiceText(_ node: Node) -> String {
        if isJourney(node) { return journey(node).title }
        let guideline = guidelines[node]
        return guideline.title ?? guideline.content.condition ?? guideline.content.action ?? guideline.id.rawValue
    }

    /// An end as people know it: a journey's own tag is the journey.
    func entity(of end: Relationship.End) -> ResolutionRecord.Entity {
        if let node = nodes[end] { return entity(node) }
        return switch end {
        case .guideline(let id): .guideline(id)
        case .tag(let id): .tag(id)
        case .tool(let id): .tool(id)
        }
    }
}

/// Who stands for the ends of relationships.
private struct EndTable {
    typealias Node = RelationshipIndex.Node

    let guidelines: [Guideline]
    let firstJourney: Node
    private(set) var nodes: [Relationship.End: Node] = [:]
    private var tagged: [TagID: [Node]] = [:]

    init(_ guidelines: [Guideline], _ journeys: [Journey]) {
        self.guidelines = guidelines
        firstJourney = guidelines.count
        for (node, guideline) in guidelines.enumerated() {
            nodes[.guideline(guideline.id)] = node
            for tag in guideline.tags { tagged[tag, default: []].append(node) }
        }
        for (offset, journey) in journeys.enumerated() {
            nodes[.tag(Journey.owner(journey.id)), default: firstJourney + offset] = firstJourney + offset
            for tag in journey.tags { tagged[tag, default: []].append(firstJourney + offset) }
        }
    }

    /// A journey's own tag means the journey itself, and not the observations that start it, which have the tag, too.
    func nodes(of end: Relationship.End) -> [Node] {
        if let node = nodes[end] { return [node] }
        if case .tag(let tag) = end { return tagged[tag] ?? [] }
        return []
    }

    func members(of relationship: Relationship) -> RelationshipIndex.Members {
        let found = nodes(of: relationship.target)
        if found.isEmpty { return .nobody }
        return relationship.quantifier == .all ? .all(found) : .any(found)
    }

    func journeysOfGuidelines() -> [[Node]] {
        guidelines.map { guideline in
            if case .journey(let id) = guideline.scope, let node = nodes[.tag(Journey.owner(id))] { return [node] }
            return guideline.tags.compactMap { nodes[.tag($0)] }
        }
    }
}

/// What nodes depend on, gathered one relationship at a time.
private struct RequirementTable {
    typealias Node = RelationshipIndex.Node

    private struct Group: Hashable {
        var source: Relationship.End
        var name: String
        var node: Node
    }

    private(set) var byNode: [[RelationshipIndex.Requirement]]
    private var groups: [Group: Int] = [:]

    init(_ count: Int) { byNode = Array(repeating: [], count: count) }

    mutating func add(_ relationship: Relationship, _ members: RelationshipIndex.Members, to node: Node) {
        let alternative = RelationshipIndex.Requirement.Alternative(relationship: relationship, members: members)
        guard let name = relationship.group else {
            byNode[node].append(.init(isGroup: false, alternatives: [alternative]))
            return
        }
        // Groups are counted by source: the first group of a tag is not the first group of a guideline with the tag.
        let group = Group(source: relationship.source, name: name, node: node)
        if let position = groups[group] {
            byNode[node][position].alternatives.append(alternative)
        } else {
            groups[group] = byNode[node].count
            byNode[node].append(.init(isGroup: true, alternatives: [alternative]))
        }
    }

    /// Nodes after what they depend on, found by a walk in depth that keeps its own stack: chains may be long.
    func order() -> [Node] {
        var order: [Node] = []
        var isSeen = [Bool](repeating: false, count: byNode.count)
        for start in byNode.indices where !isSeen[start] {
            isSeen[start] = true
            var path = [(node: start, waiting: targets(of: start))]
            while let last = path.last {
                guard let next = last.waiting.last else {
                    order.append(last.node)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].waiting.removeLast()
                if isSeen[next] { continue }
                isSeen[next] = true
                path.append((next, targets(of: next)))
            }
        }
        return order
    }

    private func targets(of node: Node) -> [Node] {
        byNode[node].flatMap { requirement in
            requirement.alternatives.flatMap { alternative -> [Node] in
                switch alternative.members {
                case .nobody: []
                case .all(let nodes), .any(let nodes): nodes
                }
            }
        }
    }
}
