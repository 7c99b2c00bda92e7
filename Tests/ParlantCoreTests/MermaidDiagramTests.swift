import ParlantCore
import Testing

@Suite("A journey's diagram")
struct MermaidDiagramTests {
    @Test("draws states, ways and ends; text cannot break it")
    func states() {
        let graph = JourneyGraph(
            start: "ask",
            states: [
                JourneyState(
                    name: "ask", kind: .chat(instruction: "Ask: \"what?\""),
                    next: .first([
                        ConditionalTransition(condition: "They say; it", target: .state("book")),
                        ConditionalTransition(condition: "They give up", target: .end),
                    ])),
                JourneyState(
                    name: "book",
                    kind: .tools(
                        [ToolID(service: "b", name: "t"), ToolID(service: "b", name: "u")], instruction: "Both"),
                    next: .always("choose")),
                JourneyState(
                    name: "choose", kind: .fork,
                    next: .first([
                        ConditionalTransition(condition: "It worked", target: .state("other")),
                        ConditionalTransition(condition: "It failed", target: .state("ask")),
                    ])),
                JourneyState(name: "other", kind: .journey("feedback")),
            ])
        let journey = Journey(id: "j", title: "Book", description: "d", graph: graph)
        #expect(
            MermaidDiagram(journey, conditions: ["They want to book"]).description == """
                stateDiagram-v2
                    state "Book" as journey {
                        state "ask#58; Ask#58; #34;what?#34;" as s1
                        state "book#58; call t, u#59; Both" as s2
                        state s3 <<choice>>
                        note right of s3: choose
                        state "other#58; journey feedback" as s4
                        [*] --> s1
                        s1 --> s2: They say#59; it
                        s1 --> [*]: They give up
                        s2 --> s3
                        s3 --> s4: It worked
                        s3 --> s1: It failed
                        s4 --> [*]
                    }
                    [*] --> journey: They want to book
                    journey --> [*]

                """)
    }
}
