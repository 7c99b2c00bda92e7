import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Dependencies")
struct DependencyRuleTests {
    static let rows: [ResolverRow] = [
        .init(
            "Without relationships all that was matched applies", given: "a b J J.ask", left: "a b J J.ask",
            because: ["a": .none, "J": .none]),
        .init("A guideline applies when what it depends on applies", says: ["a needs b"], given: "a b", left: "a b"),
        .init(
            "A guideline falls when what it depends on was not matched", says: ["a needs b"], given: "a", left: "",
            because: ["a": .unmetDependencyAll]),
        .init(
            "Every one of several dependencies must apply", says: ["a needs b c"], given: "a b", left: "b",
            because: ["a": .unmetDependencyAll]),
        .init(
            "A fall goes on to those that depend on the fallen", says: ["a needs b", "b needs c", "c needs d"],
            given: "a b c", left: "", because: ["a": .unmetDependencyAll, "c": .unmetDependencyAll]),
        .init("A group needs one of its targets", says: ["a needs one of b c"], given: "a c", left: "a c"),
        .init(
            "A group of which nothing applies lets its source fall", says: ["a needs one of b c"], given: "a d",
            left: "d", because: ["a": .unmetDependencyAny]),
        .init(
            "Every group needs one of its own", says: ["a needs one of b c", "a needs one of d e"], given: "a b c",
            left: "b c", because: ["a": .unmetDependencyAny]),
        .init(
            "A target of a group that falls does not count", says: ["a needs one of b c", "b needs d"], given: "a b",
            left: "", because: ["a": .unmetDependencyAny]),
        .init(
            "A tag counts in full when all that have it apply", agent: "b#t c#t", says: ["a needs all #t"],
            given: "a b c", left: "a b c"),
        .init(
            "A tag does not count in full when one that has it does not apply", agent: "b#t c#t",
            says: ["a needs all #t"], given: "a b", left: "b", because: ["a": .unmetDependencyAll]),
        .init(
            "Any of a tag is enough where the author says so", agent: "b#t c#t", says: ["a needs any #t"],
            given: "a c", left: "a c"),
        .init(
            "Any of a tag is not enough when none that has it applies", agent: "b#t", says: ["a needs any #t"],
            given: "a", left: "", because: ["a": .unmetDependencyAll]),
        .init(
            "A tag that nothing has never applies", says: ["a needs all #t"], given: "a", left: "",
            because: ["a": .unmetDependencyAll]),
        .init(
            "A tag in a group counts for all that have it", agent: "b#t", says: ["a needs one of c #t"], given: "a b",
            left: "a b"),
        .init(
            "A guideline with a tag needs the others of the tag only", agent: "a#t b#t", says: ["a needs all #t"],
            given: "a b", left: "a b"),
        .init(
            "A dependency of a tag is one of everything that has it", agent: "a#t b#t", says: ["#t needs c"],
            given: "a b d", left: "d", because: ["a": .unmetDependencyAll, "b": .unmetDependencyAll]),
        .init("A guideline may depend on an active journey", says: ["a needs J"], given: "a J", left: "a J"),
        .init(
            "A guideline may depend on a journey that is in one of its states", says: ["a needs J"],
            given: "a J J.ask", left: "a J J.ask"),
        .init(
            "A guideline falls with a journey that is not active", agent: "b^J", says: ["a needs J"], given: "a b",
            left: "b", because: ["a": .unmetDependencyAll]),
        .init("A guideline of a journey applies while the journey is active", agent: "a/J", given: "a J", left: "a J"),
        .init(
            "A guideline of a journey does not apply without it", agent: "a/J b", given: "a b", left: "b",
            because: ["a": .unmetDependencyAll]),
        .init(
            "A journey rests, with its state, while its dependency is unmet", agent: "b^J", says: ["J needs c"],
            given: "b J J.ask", left: "b", because: ["J": .unmetDependencyAll, "J.ask": .unmetDependencyAll]),
        .init(
            "A nested journey rests with the one that goes through it", says: ["J needs a"], given: "J K(J K.ask",
            left: "", because: ["J": .unmetDependencyAll, "K": .unmetDependencyAll, "K.ask": .unmetDependencyAll]),
        .init(
            "A state without its journey does not apply", agent: "J", given: "J.ask a", left: "a",
            because: ["J.ask": .unmetDependencyAll]),
        .init(
            "A circle of dependencies falls, because nothing holds it up",
            says: ["a needs b", "b needs c", "c needs a"],
            given: "a b c d", left: "d", because: ["a": .unmetDependencyAll, "b": .unmetDependencyAll]),
        .init(
            "What depends on a circle falls with it", says: ["a needs b", "b needs a", "c needs a"], given: "a b c",
            left: "", because: ["c": .unmetDependencyAll]),
        .init(
            "A circle that something outside holds up stands", says: ["a needs b", "b needs one of a c"],
            given: "a b c", left: "a b c"),
        .init(
            "What fell is tried again when an entailment brings its dependency", says: ["a needs b", "c entails b"],
            given: "a c", left: "a b c", because: ["b": .entailed, "a": .none]),
    ]

    @Test("follow their rules, whatever the order of the matches", arguments: rows)
    func rule(_ row: ResolverRow) { row.check() }

    @Test("on a long chain need neither time nor stack that grows with its square")
    func longChain() {
        let names = (0..<5000).map { "g\($0)" }
        let says = zip(names, names.dropFirst()).map { "\($0) needs \($1)" }
        let row = ResolverRow("chain", says: says, given: names.joined(separator: " "), left: "")
        #expect(row.resolve().matches.count == 5000)
        let broken = ResolverRow("chain", says: says, given: names.dropLast().joined(separator: " "), left: "")
        #expect(broken.resolve().matches.isEmpty)
    }
}
