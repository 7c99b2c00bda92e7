import Testing

@testable import ParlantScripting

@Suite("Generations that were replaced")
struct RetiredGenerationTests {
    private func generation(_ name: String, _ number: Int) -> BundleGeneration {
        let bundle = Bundle(kind: .agent, name: name, mainFile: "agents/\(name).lua")
        return BundleGeneration(
            LoadedBundle(bundle: bundle, contents: BundleContents(), lanes: [], problems: []), number: number)
    }

    @Test("two of a bundle may go on; a third makes the oldest end")
    func limit() {
        var retired = RetiredGenerations(limit: 2, time: .seconds(60))
        let generations = (1...4).map { generation("a", $0) }
        let other = generation("b", 1)
        #expect(retired.add(generations[0], at: .zero).isEmpty)
        #expect(retired.add(other, at: .zero).isEmpty)
        #expect(retired.add(generations[1], at: .zero).isEmpty)
        #expect(retired.occupant(of: "a") === generations[0].isFree)
        #expect(retired.occupant(of: "b") == nil)
        #expect(retired.add(generations[2], at: .zero).map(\.number) == [1])
        #expect(retired.add(generations[3], at: .zero).map(\.number) == [2])
    }

    @Test("one whose calls have ended does not count")
    func forgotten() {
        var retired = RetiredGenerations(limit: 2, time: .seconds(60))
        for number in 1...9 { #expect(retired.add(generation("a", number), at: .zero).isEmpty) }
        #expect(retired.nextEnd == nil)
    }

    @Test("each has its own time, and is named once when it is over")
    func time() {
        var retired = RetiredGenerations(limit: 2, time: .seconds(60))
        let (first, second) = (generation("a", 1), generation("a", 2))
        _ = retired.add(first, at: .zero)
        _ = retired.add(second, at: .seconds(10))
        #expect(retired.nextEnd == .seconds(60))
        #expect(retired.due(at: .seconds(59)).isEmpty)
        #expect(retired.due(at: .seconds(60)).map(\.number) == [1])
        #expect(retired.nextEnd == .seconds(70))
        #expect(retired.due(at: .seconds(70)).map(\.number) == [2])
        #expect(retired.nextEnd == nil)
    }

    @Test("a wait ends with the retirement, or with its task, and leaves nothing behind")
    func waits() async throws {
        let retirement = Retirement(bundle: "a", generation: 3)
        let cancelled = Task { try await retirement.wait() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        try retirement.check()
        let waiting = Task { try await retirement.wait() }
        retirement.end()
        await #expect(throws: GenerationRetired(bundle: "a", generation: 3)) { try await waiting.value }
        #expect(throws: GenerationRetired(bundle: "a", generation: 3)) { try retirement.check() }
        await #expect(throws: GenerationRetired.self) { try await retirement.wait() }
    }
}
