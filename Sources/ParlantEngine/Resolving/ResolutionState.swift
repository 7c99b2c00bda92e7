import ParlantCore

/// What a resolution works on: who takes part, who applies at the moment, and what was decided.
///
/// Nodes are those of the index; behind them come the matches that the index does not know, such as states of journeys
/// and guidelines of tools.
struct ResolutionState {
    typealias Node = RelationshipIndex.Node
    typealias Decision = ResolutionRecord.Decision

    /// A match that the index does not know.
    struct Extra {
        var journey: Node?
        /// That it depends on its journey.
        var dependency: Relationship?
    }

    let index: RelationshipIndex
    /// All matches that take part; those that were given come first.
    private(set) var matches: [GuidelineMatch]
    private let given: [ActiveJourney]
    /// The journey that goes through a nested one.
    private(set) var hosts: [Node: Node] = [:]
    /// Which match is of which node; nil for journeys and for guidelines that take no part.
    private(set) var matchOfNode: [Int?]
    private(set) var extras: [Extra] = []
    /// Nodes of the given matches and journeys, in this order, then of what was added.
    private(set) var participants: [Node] = []
    private(set) var takesPart: [Bool]
    /// Gave way to others, for good.
    private(set) var isRemoved: [Bool]
    private(set) var isEntailed: [Bool]
    private(set) var applies: [Bool]
    private(set) var decisions: [[Decision]]
    /// Those that have made the agent ask what is meant.
    private(set) var asking: Set<Node> = []
    /// Grows with everything that a later round would see.
    private(set) var changes = 0

    init(_ matches: [GuidelineMatch], _ journeys: [ActiveJourney], _ index: RelationshipIndex) {
        self.index = index
        self.matches = []
        var seen: Set<JourneyID> = []
        given = journeys.filter { index.node(of: $0.id) != nil && seen.insert($0.id).inserted }
        matchOfNode = Array(repeating: nil, count: index.count)
        takesPart = Array(repeating: false, count: index.count)
        (isRemoved, isEntailed, applies) = (takesPart, takesPart, takesPart)
        decisions = Array(repeating: [], count: index.count)
        let unknown = Set(matches.map(\.guideline.id)).filter { index.node(of: $0) == nil }.sorted()
        // By id, so that the order of the matches leaves no trace in the decisions.
        let numbers = Dictionary(uniqueKeysWithValues: unknown.enumerated().map { ($1, index.count + $0) })
        for _ in unknown { makeRoom() }
        for match in matches {
            guard let node = index.node(of: match.guideline.id) ?? numbers[match.guideline.id], !takesPart[node]
            else { continue }
            if node >= index.count { extras[node - index.count] = extra(for: match) }
            add(match, as: node)
        }
        for journey in given {
            guard let node = index.node(of: journey.id) else { continue }
            enter(node)
            // Only a journey that came before can be around this one, so there is no circle.
            guard let host = journey.host.flatMap({ index.node(of: $0) }), takesPart[host] else { continue }
            hosts[node] = host
        }
    }

    // MARK: Changes

    private mutating func enter(_ node: Node) {
        takesPart[node] = true
        participants.append(node)
        changes += 1
    }

    private mutating func add(_ match: GuidelineMatch, as node: Node) {
        matchOfNode[node] = matches.count
        matches.append(match)
        enter(node)
    }

    /// Makes one more node behind those of the index.
    private mutating func makeRoom() {
        extras.append(Extra())
        matchOfNode.append(nil)
        takesPart.append(false)
        isRemoved.append(false)
        isEntailed.append(false)
        applies.append(false)
        decisions.append([])
    }

    private func extra(for match: GuidelineMatch) -> Extra {
        var extra = Extra(dependency: Relationship.onJourney(of: match.guideline))
        if case .journey(let id) = match.guideline.scope { extra.journey = index.node(of: id) }
        return extra
    }

    /// Adds a guideline because others entail it.
    mutating func entail(_ node: Node) {
        add(GuidelineMatch(guideline: index.guidelines[node], rationale: "entailed by what applies"), as: node)
        isEntailed[node] = true
        applies[node] = true
    }

    /// Notes that something makes the agent ask, and with what: the question takes the place of an observation's match;
    /// that of a journey is a guideline of the journey, for this turn.
    mutating func ask(_ question: GuidelineMatch, for source: Node) {
        asking.insert(source)
        changes += 1
        if let match = matchOfNode[source] {
            matches[match] = question
            return
        }
        let node = takesPart.count
        makeRoom()
        extras[node - index.count] = extra(for: question)
        add(question, as: node)
        applies[node] = true
    }

    /// Notes a decision about a node without changing what applies.
    mutating func note(_ decision: Decision, about node: Node) { decisions[node].append(decision) }

    /// Takes a node out for good.
    mutating func remove(_ node: Node) {
        if !isRemoved[node] { changes += 1 }
        isRemoved[node] = true
        applies[node] = false
    }

    mutating func set(applying nodes: [Bool]) { applies = nodes }

    // MARK: Questions to it

    /// Nodes that apply, in the order of definition.
    var applying: [Node] { applies.indices.filter { applies[$0] } }

    func extra(_ node: Node) -> Extra? { node < index.count ? nil : extras[node - index.count] }

    func entity(_ node: Node) -> ResolutionRecord.Entity {
        guard let match = matchOfNode[node] else { return index.entity(node) }
        return .guideline(matches[match].guideline.id)
    }

    func entities(_ nodes: [Node]) -> [ResolutionRecord.Entity] { nodes.map(entity) }

    /// What applies, in the order of ``RelationalResolution/matches``.
    var survivors: [GuidelineMatch] {
        participants.compactMap { node in
            guard applies[node], let match = matchOfNode[node] else { return nil }
            return matches[match]
        }
    }

    var activeJourneys: [ActiveJourney] {
        given.filter { journey in index.node(of: journey.id).map { applies[$0] } ?? false }
    }

    /// Whether a journey was under way before this turn.
    func isUnderWay(_ node: Node) -> Bool {
        index.isJourney(node) && given.contains { !$0.beganNow && index.node(of: $0.id) == node }
    }
}
