import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Entailment")
struct EntailmentRuleTests {
    static let rows: [ResolverRow] = [
        .init(
            "What something that applies entails applies, too", says: ["a entails b"], given: "a", left: "a b",
            because: ["b": .entailed]),
        .init("One that does not apply entails nothing", says: ["a entails b"], given: "c", left: "c"),
        .init(
            "Entailment goes on from what was entailed", says: ["a entails b", "b entails c"], given: "a",
            left: "a b c", because: ["b": .entailed, "c": .entailed]),
        .init("A circle of entailments ends", says: ["a entails b", "b entails a"], given: "b", left: "a b"),
        .init(
            "What was matched anyway is not called entailed", says: ["a entails b"], given: "a b", left: "a b",
            because: ["b": .none]),
        .init("A tag entails through any that has it", agent: "a#t", says: ["#t entails b"], given: "a", left: "a b"),
        .init(
            "A tag is entailed in all guidelines that have it", agent: "b#t c#t J#t", says: ["a entails #t"],
            given: "a", left: "a b c"),
        .init("A journey entails while it is active", says: ["J entails a"], given: "J J.ask", left: "J J.ask a"),
        .init(
            "What is entailed still needs its dependencies", says: ["a entails b", "b needs c"], given: "a", left: "a",
            because: ["b": .unmetDependencyAll]),
        .init(
            "An entailed guideline of a journey needs the journey", agent: "b/J", says: ["a entails b"], given: "a",
            left: "a", because: ["b": .unmetDependencyAll]),
        .init(
            "What gave way by relation is not entailed again", says: ["a > b", "c entails b"], given: "a b c",
            left: "a c", because: ["b": .deprioritized]),
        .init(
            "What gave way by number is not entailed again", agent: "a@10", says: ["a entails b"], given: "a b",
            left: "a", because: ["b": .deprioritized]),
        .init(
            "What gave way passes no entailment on", says: ["a > b", "b entails c"], given: "a b", left: "a"),
        .init(
            "What is entailed gives way by relation in the next round", says: ["a entails b", "c > b"], given: "a c",
            left: "a c", because: ["b": .deprioritized]),
        .init(
            "What is entailed goes before others in the next round", says: ["a entails b", "b > c"], given: "a c",
            left: "a b", because: ["c": .deprioritized]),
    ]

    @Test("follows its rules, whatever the order of the matches", arguments: rows)
    func rule(_ row: ResolverRow) { row.check() }

    @Test("never adds a guideline that is switched off")
    func disabled() {
        let said = Relationship(id: "r", kind: .entailment, source: .guideline("a"), target: .guideline("b"))
        var off = Guideline.make("b", nil)
        off.enabled = false
        let on = Guideline.make("a", nil)
        let index = RelationshipIndex(guidelines: [on, off], journeys: [], relationships: [said])
        let match = GuidelineMatch(guideline: on, rationale: "because")
        #expect(RelationalResolution([match], journeys: [], index: index).names == ["a"])
    }
}
