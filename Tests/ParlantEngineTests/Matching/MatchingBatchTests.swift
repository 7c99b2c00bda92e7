import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Requests about conditions")
struct MatchingBatchTests {
    /// Each condition takes eight tokens.
    private static let guidelines = (10..<30).map { number in
        Guideline(
            id: GuidelineID("g\(number)"),
            content: GuidelineContent(condition: "The customer asks about \(number)", action: nil),
            criticality: number < 15 ? .low : .medium)
    }

    private static func cut(
        _ numbers: ClosedRange<Int>, questions: Int = 0, _ change: (inout MatchingPolicy) -> Void = { _ in }
    ) -> [MatchingBatch] {
        var policy = MatchingPolicy()
        change(&policy)
        let sheet = ConditionSheet(.make(guidelines), policy)
        let entries = numbers.compactMap { sheet.entry(of: GuidelineID("g\($0 + 9)")) }
        let asked = (0..<questions).map { index in
            JudgedCondition(
                id: .init(journey: "j", state: "s", question: .way(index)), text: "", context: "", presumed: nil)
        }
        let low = policy.judgesLowCriticalityTogether ? [] : guidelines.prefix(5).map(\.id)
        return MatchingBatch.cut(entries, asked, from: sheet, policy, apart: Set(low))
    }

    @Test("all conditions of an agent are one request, before the conversation")
    func one() {
        let batches = Self.cut(1...20)
        #expect(batches.map(\.stable.count) == [20])
        #expect(batches[0].stable[0].line == "1. The customer asks about 10")
        #expect(batches[0].further.isEmpty)
        #expect(batches[0].judged == Set(1...20))
    }

    @Test("most of them are judged on the same sheet, a few are sent alone")
    func some() {
        #expect(Self.cut(1...6).map(\.stable.count) == [20])
        #expect(Self.cut(1...6)[0].judged == Set(1...6))
        let few = Self.cut(4...5)
        #expect(few.map(\.stable.count) == [0])
        #expect(few[0].further.map(\.number) == [4, 5])
    }

    @Test("more tokens than fit are several requests, each once, in the order of definition")
    func many() {
        let batches = Self.cut(1...20) { $0.batchTokens = 40 }
        #expect(batches.map(\.stable.count) == [5, 5, 5, 5])
        #expect(batches.flatMap { $0.stable.map(\.number) } == Array(1...20))
    }

    @Test("a condition that is too long by itself is a request by itself")
    func long() {
        #expect(Self.cut(1...20) { $0.batchTokens = 1 }.count == 20)
    }

    @Test("without a stable prefix only what is judged is sent, behind the conversation")
    func noPrefix() {
        let batches = Self.cut(1...6) { $0.hasStablePrefix = false }
        #expect(batches.map(\.stable.count) == [0])
        #expect(batches[0].further.map(\.number) == Array(1...6))
    }

    @Test("guidelines of low criticality have a request of their own when the policy says so")
    func low() {
        let batches = Self.cut(1...20) { $0.judgesLowCriticalityTogether = false }
        #expect(batches.map { $0.judged.sorted() } == [Array(6...20), Array(1...5)])
        let behind = Self.cut(1...20) {
            $0.judgesLowCriticalityTogether = false
            $0.hasStablePrefix = false
        }
        #expect(behind.map { $0.judged.sorted() } == [Array(6...20), Array(1...5)])
    }

    @Test("questions of journeys go with the first request, and are one when there is no other")
    func questions() {
        #expect(Self.cut(1...20, questions: 2).map { $0.questions.map(\.number) } == [[21, 22]])
        let alone = MatchingBatch.cut(
            [],
            [
                JudgedCondition(
                    id: .init(journey: "j", state: "s", question: .answered), text: "", context: "", presumed: nil)
            ],
            from: ConditionSheet(.make(Self.guidelines), .init()), .init())
        #expect(alone.map { $0.questions.map(\.number) } == [[1]])
        #expect(alone[0].judged.isEmpty)
    }

    @Test("triggers of journeys stand behind the conversation, because they come and go")
    func triggers() {
        var snapshot = AgentSnapshot.make([Self.guidelines[0]])
        snapshot.triggers = [Self.guidelines[1]]
        let sheet = ConditionSheet(snapshot, .init())
        #expect(sheet.parts.map { $0.map(\.number) } == [[1]])
        #expect(sheet.entry(of: "g11")?.number == 2)
    }
}
