import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("The resolver of an engine")
struct RelationalResolverTests {
    private func chat(_ name: String, _ kind: JourneyState.Kind, _ next: JourneyNext = .end) -> JourneyState {
        JourneyState(name: name, kind: kind, next: next)
    }

    @Test("goes by the relationships of the load that the turn began with")
    func generations() {
        let guidelines = [Guideline.make("a", nil), Guideline.make("b", nil)]
        let matches = guidelines.map { GuidelineMatch(guideline: $0, rationale: "because") }
        let before = AgentSnapshot.make(guidelines)
        var after = before
        after.generation = before.generation + 1
        after.relationships = [Relationship(id: "r", kind: .priority, source: .guideline("a"), target: .guideline("b"))]
        let resolver = RelationalResolver()
        // The last one is of a turn that began before the reload.
        for (snapshot, names) in [(before, ["a", "b"]), (after, ["a"]), (after, ["a"]), (before, ["a", "b"])] {
            let resolution = resolver.resolve(matches, in: snapshot)
            #expect(resolution.matches.map(\.guideline.id.rawValue) == names)
        }
    }

    @Test("is told which journeys are under way, which began now, and which goes through which")
    func activeJourneys() {
        let outer = Journey(
            id: "outer", title: "Outer", description: "", conditions: ["t"],
            graph: JourneyGraph(
                start: "through",
                states: [chat("through", .journey("inner"), .always("end")), chat("end", .chat(instruction: "Bye"))]))
        let inner = Journey(
            id: "inner", title: "Inner", description: "",
            graph: JourneyGraph(start: "ask", states: [chat("ask", .chat(instruction: "Ask"))]))
        let simple = Journey(id: "simple", title: "Simple", description: "", conditions: ["t"])
        var first = JourneyNavigator([outer, inner, simple])
        first.begin(triggeredBy: ["t"])
        #expect(
            first.activeJourneys == [
                ActiveJourney("outer", beganNow: true), ActiveJourney("inner", beganNow: true, host: "outer"),
                ActiveJourney("simple", beganNow: true),
            ])
        let second = JourneyNavigator([outer, inner, simple], places: first.places)
        #expect(second.activeJourneys == [ActiveJourney("outer"), ActiveJourney("inner", host: "outer")])
    }
}
