import OrderedCollections
import ParlantCore

/// A place in a journey: its state, inside the states through which it was entered where journeys are nested.
struct JourneySpot: Sendable, Equatable {
    struct Frame: Sendable, Equatable {
        var journey: Journey
        var state: JourneyState
    }

    /// Outermost first; never empty.
    var frames: [Frame]

    /// The innermost state. One that goes through another journey is only ever the innermost when that journey is over
    /// and a way out has to be chosen.
    var state: JourneyState { frames[frames.count - 1].state }
    /// The journey that the innermost state belongs to.
    var journey: Journey { frames[frames.count - 1].journey }
    /// Names of states, outermost first: `identify/ask_name`.
    var name: String { frames.map(\.state.name).joined(separator: "/") }
}

/// The drawings of one agent's journeys, and how to walk on them. Pure.
struct JourneyMap: Sendable {
    /// Journeys may be nested this deep; one that is nested deeper is passed by.
    static let mostLevels = 8
    /// States that are passed by in one step, because there is nothing in them.
    static let mostPassed = 32

    private let journeys: OrderedDictionary<JourneyID, Journey>

    /// Journeys without states are left out: nobody can be anywhere in them.
    init(_ journeys: [Journey]) {
        self.journeys = OrderedDictionary(
            journeys.filter { $0.graph != nil }.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func contains(_ id: JourneyID) -> Bool { journeys[id] != nil }

    /// Where a journey begins; nil when it does not exist, or is over as soon as it begins.
    func start(of id: JourneyID, moves: inout [JourneyMove]) -> JourneySpot? {
        guard let journey = journeys[id], let graph = journey.graph else { return nil }
        var passed = 0
        return enter(graph.start, of: journey, in: [], &moves, &passed)
    }

    /// The spot with this name; nil when a state of it does not exist any more.
    func spot(_ name: String, of id: JourneyID) -> JourneySpot? {
        journeys[id].flatMap { find(Substring(name), in: $0, []) }
    }

    /// Where a way leads from a spot; nil when it leads to the end of the outermost journey.
    func go(_ target: JourneyTarget, from spot: JourneySpot, moves: inout [JourneyMove]) -> JourneySpot? {
        var passed = 0
        let here = spot.frames[spot.frames.count - 1]
        let outer = Array(spot.frames.dropLast())
        switch target {
        case .state(let name):
            moves.append(JourneyMove(journey: here.journey.id, from: here.state.name, to: name))
            return enter(name, of: here.journey, in: outer, &moves, &passed)
        case .end:
            moves.append(JourneyMove(journey: here.journey.id, from: here.state.name, to: nil))
            return outer.isEmpty ? nil : leave(outer, &moves, &passed)
        }
    }

    private func enter(
        _ name: String, of journey: Journey, in outer: [JourneySpot.Frame], _ moves: inout [JourneyMove],
        _ passed: inout Int
    ) -> JourneySpot? {
        guard let state = journey.graph?.state(name) else { return nil }
        let frames = outer + [JourneySpot.Frame(journey: journey, state: state)]
        guard case .journey(let id) = state.kind else { return JourneySpot(frames: frames) }
        let isCircle = frames.contains { $0.journey.id == id }
        guard !isCircle, frames.count < Self.mostLevels, let inner = journeys[id], let graph = inner.graph else {
            return leave(frames, &moves, &passed)
        }
        return enter(graph.start, of: inner, in: frames, &moves, &passed)
    }

    /// Goes on behind the journey that the innermost state goes through.
    private func leave(
        _ frames: [JourneySpot.Frame], _ moves: inout [JourneyMove], _ passed: inout Int
    ) -> JourneySpot? {
        let here = frames[frames.count - 1]
        let outer = Array(frames.dropLast())
        passed += 1
        switch here.state.next {
        case .always(let name) where passed < Self.mostPassed:
            moves.append(JourneyMove(journey: here.journey.id, from: here.state.name, to: name))
            return enter(name, of: here.journey, in: outer, &moves, &passed)
        case .end:
            moves.append(JourneyMove(journey: here.journey.id, from: here.state.name, to: nil))
            return outer.isEmpty ? nil : leave(outer, &moves, &passed)
        case .always, .first: return JourneySpot(frames: frames)
        }
    }

    private func find(_ name: Substring, in journey: Journey, _ outer: [JourneySpot.Frame]) -> JourneySpot? {
        if let state = journey.graph?.state(String(name)) {
            return JourneySpot(frames: outer + [JourneySpot.Frame(journey: journey, state: state)])
        }
        guard outer.count + 1 < Self.mostLevels else { return nil }
        // Names of states may contain the separator, so every cut is tried.
        for cut in name.indices where name[cut] == "/" {
            guard let state = journey.graph?.state(String(name[..<cut])), case .journey(let id) = state.kind,
                let inner = journeys[id]
            else { continue }
            let frames = outer + [JourneySpot.Frame(journey: journey, state: state)]
            if let spot = find(name[name.index(after: cut)...], in: inner, frames) { return spot }
        }
        return nil
    }
}
