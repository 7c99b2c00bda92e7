import OrderedCollections
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantEngine

/// Sessions that wander through drawings at random: whatever the drawing and whatever the verdicts, a turn comes to an
/// end, and what it leaves behind is a place that exists.
@Suite("A session that wanders")
struct JourneyWalkTests {
    private func drawing(_ id: JourneyID, nesting inner: [JourneyID], _ random: inout SeededGenerator) -> Journey {
        let names = (0..<Int.random(in: 1...7, using: &random)).map { "s\($0)" }
        let states = names.map { name in
            var kind = JourneyState.Kind.chat(instruction: name)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: kind = .fork
            case 1: kind = .tools([Booking.free], instruction: nil)
            case 2: if let id = inner.randomElement(using: &random) { kind = .journey(id) }
            default: break
            }
            var next = JourneyNext.end
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1: next = .always(names.randomElement(using: &random)!)
            case 2:
                next = .first(
                    (0...Int.random(in: 0..<3, using: &random)).map { way in
                        let target = Int.random(in: 0..<5, using: &random)
                        return ConditionalTransition(
                            condition: "c\(way)",
                            target: target == 0 ? .end : .state(names.randomElement(using: &random)!))
                    })
            default: break
            }
            return JourneyState(name: name, kind: kind, next: next)
        }
        return Journey(
            id: id, title: "\(id)", description: "", conditions: [GuidelineID("wants_\(id)")],
            graph: JourneyGraph(start: names[0], states: states))
    }

    @Test("ends each turn within its bounds, at a place that exists, and the same way each time", arguments: 0..<60)
    func walk(seed: Int) {
        var random = SeededGenerator(state: UInt64(seed + 1))
        let ids: [JourneyID] = ["a", "b", "c"]
        // Circles of nested journeys cannot be loaded, and must not hang all the same.
        let journeys = ids.map { drawing($0, nesting: ids, &random) }
        var places = AgentState().journeys
        for _ in 0..<40 {
            let script = random
            let (first, after) = turn(journeys, places, script)
            let (second, _) = turn(journeys, places, script)
            #expect(first.places == second.places && first.moves == second.moves)
            random = after
            let limit = ids.count * (JourneyNavigator.mostMoves + 1) * (JourneyMap.mostPassed + JourneyMap.mostLevels)
            #expect(first.moves.count <= limit)
            for (id, place) in first.places {
                #expect(place.path.count <= JourneyPlace.longestPath)
                if let state = place.current { #expect(first.map.spot(state, of: id)?.name == state, "seed \(seed)") }
            }
            let next = JourneyNavigator(journeys, places: first.places)
            #expect(next.notices.isEmpty && next.places == first.places)
            for match in first.matches { #expect(first.covers(match.guideline.scope)) }
            places = first.places
        }
    }

    /// One turn with random triggers, verdicts and tools; rounds as a turn has them.
    private func turn(
        _ journeys: [Journey], _ places: OrderedDictionary<JourneyID, JourneyPlace>, _ script: SeededGenerator
    ) -> (JourneyNavigator, SeededGenerator) {
        var random = script
        var turn = JourneyNavigator(journeys, places: places, customerSpoke: Int.random(in: 0..<9, using: &random) > 0)
        for _ in 0..<3 {
            let asked = turn.questions
            #expect(Set(asked.map(\.id)).count == asked.count, "nothing is asked twice")
            #expect(asked.count <= 3 * 40)
            turn.judge(asked, holding: Set(asked.map(\.id).filter { _ in Bool.random(using: &random) }))
            for journey in journeys where Int.random(in: 0..<4, using: &random) == 0 {
                turn.begin(triggeredBy: Set(journey.conditions))
            }
            if Int.random(in: 0..<8, using: &random) == 0 { turn.withdraw(allBut: ["a", "b"]) }
            if Bool.random(using: &random) { turn.ran() }
        }
        return (turn, random)
    }
}
