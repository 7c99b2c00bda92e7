import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Disambiguation")
struct DisambiguationRuleTests {
    static let rows: [ResolverRow] = [
        .init(
            "Where two things may be meant, the observation becomes the question and they wait",
            says: ["o asks a b"], given: "o a b c", left: "?o c",
            because: ["o": .disambiguated, "a": .disambiguated, "b": .disambiguated, "c": .none]),
        .init(
            "What may be meant need not have been matched", says: ["o asks a b"], given: "o", left: "?o",
            because: ["o": .disambiguated]),
        .init("Without the observation nobody is asked", says: ["o asks a b"], given: "a b", left: "a b"),
        .init(
            "An observation with an unmet dependency asks nothing", says: ["o asks a b", "o needs c"], given: "o a b",
            left: "a b", because: ["o": .unmetDependencyAll]),
        .init(
            "With one thing left that is possible nobody is asked", says: ["o asks a b", "b needs c"], given: "o a",
            left: "o a", because: ["o": .none]),
        .init(
            "A guideline of a journey is possible only while the journey is active", agent: "b/J",
            says: ["o asks a b"], given: "o a", left: "o a"),
        .init(
            "A journey may be meant, and does not begin before the answer", agent: "t^J", says: ["o asks a J"],
            given: "o t a J! J.ask", left: "?o t",
            because: ["J": .disambiguated, "a": .disambiguated, "t": .none, "J.ask": .unmetDependencyAll]),
        .init("A journey that is not active may be meant", says: ["o asks J K"], given: "o", left: "?o"),
        .init(
            "Where a journey is under way the customer has chosen already", says: ["o asks a J"], given: "o J J.ask",
            left: "o J J.ask"),
        .init(
            "A journey asks in the turn in which it begins", says: ["J asks a b"], given: "J! J.ask a",
            left: "J J.ask ?J", because: ["a": .disambiguated, "J": .disambiguated]),
        .init("A journey under way asks nothing", says: ["J asks a b"], given: "J J.ask a", left: "J J.ask a"),
        .init(
            "What depends on what may be meant waits for the answer", says: ["o asks a b", "c needs a"],
            given: "o a c", left: "?o", because: ["c": .unmetDependencyAll]),
        .init(
            "What depends on the observation applies, because the fact holds", says: ["o asks a b", "c needs o"],
            given: "o c", left: "?o c"),
        .init(
            "What may be meant is not entailed meanwhile", says: ["o asks a b", "c entails a"], given: "o c",
            left: "?o c"),
        .init(
            "The question gives way to what has priority over its observation", says: ["o asks a b", "c > o"],
            given: "o c", left: "c", because: ["o": .deprioritized]),
        .init(
            "The question goes before what its observation has priority over", says: ["o asks a b", "o > c"],
            given: "o c", left: "?o", because: ["c": .deprioritized]),
        .init(
            "The question has the priority of its observation", agent: "o@5", says: ["o asks a b"], given: "o c",
            left: "?o", because: ["c": .deprioritized]),
        .init(
            "Two observations may both ask about the same thing", says: ["o asks a b", "p asks b c"], given: "o p",
            left: "?o ?p"),
        .init(
            "An entailed observation asks in the next round", says: ["a entails o", "o asks b c"], given: "a b",
            left: "a ?o", because: ["b": .disambiguated]),
    ]

    @Test("follows its rules, whatever the order of the matches", arguments: rows)
    func rule(_ row: ResolverRow) { row.check() }

    @Test("asks in words that the author gave")
    func wording() throws {
        let row = ResolverRow("", agent: "a", says: ["o asks a J"], given: "o", left: "?o")
        let question = try #require(row.resolve().matches.first)
        #expect(
            question.guideline.content
                == GuidelineContent(
                    condition: "Condition o",
                    action: "Ask the customer which of these they mean, before anything else is done: “Condition a”, "
                        + "“Journey J”",
                    description: "Name each of them in words that the customer understands, and take none of them for "
                        + "granted."))
        #expect(question.rationale == "because")
        #expect(question.guideline.id == "o")
        #expect(!question.guideline.track)
    }
}
