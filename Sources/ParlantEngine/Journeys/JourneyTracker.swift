public import ParlantCore

/// Where one session is in the journeys of its agent. Pure: it decides nothing about conditions, it is told.
public struct JourneyTracker: Sendable, Equatable {
    /// Where a session is in one journey.
    public enum Place: Sendable, Equatable {
        case at(String)
        case ended
    }

    /// A way that was gone. A journey's end is no state: `to` is nil there.
    public struct Edge: Sendable, Hashable {
        public var journey: JourneyID
        public var from: String
        public var to: String?

        public init(journey: JourneyID, from: String, to: String?) {
            self.journey = journey
            self.from = from
            self.to = to
        }
    }

    /// What a session cannot do.
    public enum Refusal: Error, Sendable, Equatable {
        /// The journey is not active.
        case notActive
        /// There is no such way from here; these there are.
        case noWay(from: String, ways: [String])
    }

    private let graphs: [JourneyID: JourneyGraph]
    private var places: [JourneyID: Place] = [:]

    /// A session that is in no journey.
    public init(_ journeys: [Journey]) {
        graphs = Dictionary(
            journeys.compactMap { journey in journey.graph.map { (journey.id, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Where the session is; nil when the journey never began.
    public func place(in journey: JourneyID) -> Place? { places[journey] }

    /// Begins a journey at its start; one that is under way goes on where it is, one that has ended begins anew.
    ///
    /// - Returns: Ways that were gone because the start is a state that leads on by itself.
    public mutating func activate(_ journey: JourneyID) -> [Edge] {
        guard let graph = graphs[journey] else { return [] }
        if case .at? = places[journey] { return [] }
        places[journey] = .at(graph.start)
        return goOn(journey, graph)
    }

    /// Goes one way: to a state, or to the end when `state` is nil. What leads on by itself from there is gone, too.
    ///
    /// - Returns: All ways that were gone, in order.
    /// - Throws: ``Refusal``; then nothing has changed.
    public mutating func take(_ journey: JourneyID, to state: String?) throws(Refusal) -> [Edge] {
        guard let graph = graphs[journey], case .at(let here)? = places[journey] else { throw .notActive }
        let target = state.map(JourneyTarget.state) ?? .end
        let ways = graph.state(here)?.next.transitions.map(\.target) ?? []
        guard ways.contains(target) || (ways.isEmpty && target == .end) else {
            throw .noWay(from: here, ways: ways.map(Self.name(of:)))
        }
        return [move(journey, from: here, to: target)] + goOn(journey, graph)
    }

    /// Calls of tools and journeys within the journey lead on by themselves where there is one way only.
    private mutating func goOn(_ journey: JourneyID, _ graph: JourneyGraph) -> [Edge] {
        var edges: [Edge] = []
        // A circle of tools cannot be loaded; the bound keeps one that was made otherwise from hanging.
        for _ in 0...graph.states.count {
            guard case .at(let here)? = places[journey], let state = graph.state(here) else { break }
            switch state.kind {
            case .chat, .fork: return edges
            case .tools, .journey:
                switch state.next {
                case .always(let next): edges.append(move(journey, from: here, to: .state(next)))
                case .end: edges.append(move(journey, from: here, to: .end))
                case .first: return edges
                }
            }
        }
        return edges
    }

    private mutating func move(_ journey: JourneyID, from here: String, to target: JourneyTarget) -> Edge {
        switch target {
        case .state(let name):
            places[journey] = .at(name)
            return Edge(journey: journey, from: here, to: name)
        case .end:
            places[journey] = .ended
            return Edge(journey: journey, from: here, to: nil)
        }
    }

    private static func name(of target: JourneyTarget) -> String {
        switch target {
        case .state(let name): name
        case .end: "END"
        }
    }
}
