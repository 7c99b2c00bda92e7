import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("A record of a resolution")
struct ResolutionRecordTests {
    /// The reasons for the last word on `name`.
    private func reasons(_ name: String, agent: String = "", _ says: [String], given: String) -> [String] {
        let row = ResolverRow("", agent: agent, says: says, given: given, left: "")
        return row.resolve().record(name)?.decisions.map(\.reason) ?? []
    }

    @Test("is there for everything that took part, and says what changed nothing")
    func complete() {
        let row = ResolverRow("", agent: "d/J", says: ["a > b", "c entails e"], given: "a b c d J J.ask", left: "")
        let names = row.resolve().records.map(\.entity.name)
        #expect(names == ["a", "b", "c", "d", "J.ask", "J", "e"])
        #expect(reasons("a", ["a > b"], given: "a b") == ["no relationship changes it"])
    }

    @Test("names each dependency that is not met")
    func dependencies() {
        #expect(
            reasons("a", agent: "d#t", ["a needs b", "a needs J", "a needs all #t", "a needs any #t"], given: "a") == [
                "depends on guideline 'b', which does not apply", "depends on journey 'J', which does not apply",
                "depends on all that have tag 't', and not all of them apply",
                "depends on any that has tag 't', and none of them applies",
            ])
        #expect(
            reasons("a", ["a needs one of b c"], given: "a") == [
                "depends on any of guideline 'b', guideline 'c', and none of them applies"
            ])
        #expect(reasons("J.ask", agent: "J", [], given: "J.ask") == ["depends on journey 'J', which does not apply"])
    }

    @Test("names who goes before it")
    func priorities() {
        #expect(
            reasons("b", ["a > b", "J > b"], given: "a b J") == [
                "guideline 'a' goes before it", "journey 'J' goes before it",
            ])
        #expect(
            reasons("c", ["a > b", "c needs b"], given: "a b c") == [
                "depends on guideline 'b', which gave way to others"
            ])
        #expect(
            reasons("b", agent: "a@10 b@-1", [], given: "a b") == [
                "its priority -1 is below 10, the highest of what applies"
            ])
    }

    @Test("names everything that entails it, and what it lacks in spite of that")
    func entailment() {
        #expect(
            reasons("c", ["a entails c", "b entails c", "c needs d"], given: "a b") == [
                "guideline 'a' entails it", "guideline 'b' entails it",
                "depends on guideline 'd', which does not apply",
            ])
    }

    @Test("tells what the agent asks, and why")
    func disambiguation() {
        let says = ["o asks a b"]
        #expect(
            reasons("o", says, given: "o a") == [
                "leaves open what is meant, so the agent asks: guideline 'a', guideline 'b'"
            ])
        #expect(
            reasons("a", says, given: "o a") == [
                "waits for the answer: guideline 'o' makes the agent ask whether it is meant"
            ])
    }
}
