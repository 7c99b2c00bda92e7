import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Priorities by relation")
struct PriorityRuleTests {
    static let rows: [ResolverRow] = [
        .init(
            "Of two that would both apply, only the one with priority does", says: ["a > b"], given: "a b", left: "a",
            because: ["a": .none, "b": .deprioritized]),
        .init("One that does not apply has no priority over others", says: ["a > b"], given: "b", left: "b"),
        .init(
            "One that fell for a dependency has no priority over others", says: ["a > b", "a needs c"], given: "a b",
            left: "b", because: ["a": .unmetDependencyAll, "b": .none]),
        .init(
            "Priority does not go through a link that does not apply", says: ["a > b", "b > c"], given: "a c",
            left: "a c"),
        .init(
            "In a chain of three that apply only the first is left", says: ["a > b", "b > c"], given: "a b c",
            left: "a", because: ["b": .deprioritized, "c": .deprioritized]),
        .init(
            "What depends on the dropped goes, too", says: ["a > b", "c needs b", "d needs c"], given: "a b c d",
            left: "a", because: ["c": .deprioritized, "d": .deprioritized]),
        .init(
            "What depends on one of a group stays while another of the group does",
            says: ["a > b", "d needs one of b c"], given: "a b c d", left: "a c d"),
        .init(
            "A tag with priority has it through any that has the tag", agent: "a#t", says: ["#t > b"], given: "a b",
            left: "a", because: ["b": .deprioritized]),
        .init("A tag of which nothing applies has no priority", agent: "a#t", says: ["#t > b"], given: "b", left: "b"),
        .init(
            "All that have a tag give way to what has priority over the tag", agent: "b#t c#t d", says: ["a > #t"],
            given: "a b c d", left: "a d", because: ["b": .deprioritized, "c": .deprioritized]),
        .init(
            "A guideline has no priority over itself through its tag", agent: "a#t b#t", says: ["a > #t"], given: "a b",
            left: "a"),
        .init(
            "A journey gives way with its states and its guidelines, and its trigger stays",
            agent: "b^J c/J", says: ["a > J"], given: "a b c J J.ask", left: "a b",
            because: ["J": .deprioritized, "J.ask": .deprioritized, "c": .deprioritized, "b": .none]),
        .init(
            "A journey that gave way takes along what depends on it", says: ["a > J", "b needs J"], given: "a b J",
            left: "a", because: ["b": .deprioritized]),
        .init(
            "A nested journey gives way with the one that goes through it", says: ["a > J"], given: "a J K(J K.ask",
            left: "a", because: ["J": .deprioritized, "K": .deprioritized, "K.ask": .deprioritized]),
        .init(
            "A journey goes before a guideline while it is active", says: ["J > a"], given: "a J J.ask",
            left: "J J.ask", because: ["a": .deprioritized]),
        .init(
            "A journey goes before another journey", says: ["J > K"], given: "J J.ask K K.ask", left: "J J.ask",
            because: ["K": .deprioritized, "K.ask": .deprioritized]),
        .init("A journey that is not active goes before nothing", agent: "J", says: ["J > a"], given: "a", left: "a"),
        .init(
            "A journey gives way to what has priority over its tag", agent: "J#t", says: ["a > #t"],
            given: "a J J.ask", left: "a", because: ["J": .deprioritized]),
        .init(
            "Two that claim priority over each other both give way", says: ["a > b", "b > a"], given: "a b c",
            left: "c", because: ["a": .deprioritized, "b": .deprioritized]),
    ]

    @Test("follow their rules, whatever the order of the matches", arguments: rows)
    func rule(_ row: ResolverRow) { row.check() }
}

@Suite("Priorities by number")
struct PriorityNumberTests {
    static let rows: [ResolverRow] = [
        .init(
            "Of what applies only the highest priority stays", agent: "a@10 b@10 c d@5", given: "a b c d", left: "a b",
            because: ["c": .deprioritized, "d": .deprioritized]),
        .init("Equal priorities leave each other alone", agent: "a@5 b@5", given: "a b", left: "a b"),
        .init("A priority below 0 gives way to what has none", agent: "a@-1 b", given: "a b", left: "b"),
        .init(
            "A priority counts only when its guideline applies", agent: "a@10", says: ["a needs c"], given: "a b",
            left: "b", because: ["a": .unmetDependencyAll]),
        .init(
            "One that gave way by relation sets no level", agent: "a@10", says: ["b > a"], given: "a b", left: "b"),
        .init(
            "A state has the priority of its journey", agent: "J@10 a@5", given: "a J J.ask", left: "J J.ask",
            because: ["a": .deprioritized]),
        .init(
            "A guideline of a journey has the priority of the journey", agent: "J@10 b/J@1", given: "a b J",
            left: "b J", because: ["a": .deprioritized]),
        .init(
            "What starts a journey has the journey's priority while it is active", agent: "J@-5 b^J",
            given: "b J J.ask",
            left: "b J J.ask"),
        .init(
            "A journey below the highest priority rests with all its members", agent: "a@10 b^J c/J",
            given: "a b c J J.ask", left: "a",
            because: ["J": .deprioritized, "J.ask": .deprioritized, "c": .deprioritized]),
        .init(
            "The higher of two journeys goes on", agent: "J@2 K@1", given: "J J.ask K K.ask", left: "J J.ask",
            because: ["K": .deprioritized]),
        .init(
            "A nested journey has the priority of the one that goes through it, if that is higher", agent: "J@5 K a",
            given: "a J K(J K.ask", left: "J K K.ask", because: ["a": .deprioritized]),
        .init(
            "What is entailed neither sets the level nor gives way to it", agent: "a@10 b c@20",
            says: ["a entails b c"], given: "a d", left: "a b c", because: ["b": .entailed, "d": .deprioritized]),
        .init(
            "The winner keeps what it depends on, however low", agent: "a@10 b", says: ["a needs b", "b needs c"],
            given: "a b c d", left: "a b c", because: ["d": .deprioritized]),
        .init(
            "The winner keeps the journey that it depends on, and the journey's state gives way", agent: "a@10 J",
            says: ["a needs J"], given: "a J J.ask", left: "a J", because: ["J.ask": .deprioritized]),
    ]

    @Test("follow their rules, whatever the order of the matches", arguments: rows)
    func rule(_ row: ResolverRow) { row.check() }
}
