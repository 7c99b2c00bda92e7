import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Which memories come into a turn")
struct MemoryRankingTests {
    private let now = Timestamp("2026-11-29T00:00:00Z")!

    private func chosen(_ memories: [Stored<Memory>], _ texts: [String], tokens: Int = 300) -> [String] {
        MemoryRanking.chosen(MemoryRanking.ranked(memories, for: texts, now: now), tokens: tokens)
            .map(\.memory.entity.id.rawValue)
    }

    @Test("those that have to do with what was said, oldest first; nothing for a remark about something else")
    func relevance() {
        let memories: [Stored<Memory>] = [
            .make("bike", "The customer rides a red bicycle."),
            .make("nuts", "The customer is allergic to peanuts.", at: "2026-11-20T00:00:00Z"),
            .make("old", "The customer ate peanuts once and was ill.", at: "2026-10-01T00:00:00Z"),
        ]
        #expect(chosen(memories, ["Is there anything with peanuts in it?"]) == ["old", "nuts"])
        #expect(chosen(memories, ["What time is it?"]) == [])
        #expect(chosen(memories, []) == [])
    }

    @Test("a name that stands alone is found as well")
    func entities() {
        let memories: [Stored<Memory>] = [
            .make("a", "Their sister comes to visit every second summer for a week.", entities: ["Klara"])
        ]
        #expect(chosen(memories, ["Klara is here"]) == ["a"])
    }

    @Test("a few things that matter always come unasked")
    func unasked() {
        let memories = (1...5).map {
            Stored<Memory>.make(MemoryID("m\($0)"), "Fact number \($0).", importance: 0.5 + Double($0) / 10)
        }
        #expect(chosen(memories, ["Hello"]) == ["m3", "m4", "m5"])
    }

    @Test("no more than the budget of tokens, the best first")
    func budget() {
        let memories: [Stored<Memory>] = [
            .make("long", "The customer likes tea " + String(repeating: "very ", count: 60)),
            .make("short", "The customer likes tea."), .make("best", "Tea!", importance: 0.9),
        ]
        #expect(chosen(memories, ["Some tea?"], tokens: 30) == ["best", "short"])
        #expect(chosen(memories, ["Some tea?"], tokens: 5) == ["best"])
        #expect(chosen(memories, ["Some tea?"], tokens: 1) == [])
    }

    @Test(
        "of two that are as relevant the newer one, the one that was looked at, and the more important one count more")
    func order() {
        func best(_ left: Stored<Memory>, _ right: Stored<Memory>) -> String? {
            MemoryRanking.found(MemoryRanking.ranked([left, right], for: ["tea"], now: now), limit: 1)
                .first?.memory.entity.id.rawValue
        }
        let plain = Stored<Memory>.make("plain", "Likes tea")
        #expect(best(plain, .make("new", "Likes tea", at: "2026-11-28T00:00:00Z")) == "new")
        #expect(best(plain, .make("used", "Likes tea", accessed: "2026-11-28T00:00:00Z")) == "used")
        #expect(best(plain, .make("weighty", "Likes tea", importance: 0.9)) == "weighty")
    }

    @Test("vectors find what shares no words; a memory without one is judged by words")
    func vectors() {
        let memories: [Stored<Memory>] = [
            .make("pet", "The customer has a dog."), .make("tea", "The customer likes tea."),
            .make("far", "The customer paints."),
        ]
        let ranked = MemoryRanking.ranked(
            memories, for: ["Are animals allowed? And is there tea?"], cosines: [0.6, nil, 0.1], now: now)
        #expect(Set(MemoryRanking.found(ranked, limit: 5).map(\.memory.entity.id)) == ["pet", "tea"])
    }

    @Test("somebody who asks is shown all, what has to do with the question before what matters more")
    func ordered() {
        let memories: [Stored<Memory>] = [
            .make("weighty", "The customer is blind.", importance: 1, at: "2026-11-28T00:00:00Z"),
            .make("light", "The customer paints.", importance: 0.2),
            .make("tea", "The customer likes green tea.", importance: 0, at: "2020-01-01T00:00:00Z"),
        ]
        let ids = MemoryRanking.ordered(memories, by: "Any tea?", now: now).map(\.entity.id)
        #expect(ids == ["tea", "weighty", "light"])
        #expect(MemoryRanking.ordered([], by: "Any tea?", now: now).isEmpty)
    }

    @Test("the least important and oldest make room")
    func surplus() {
        let memories: [Stored<Memory>] = [
            .make("a", "A", importance: 0.9, at: "2020-01-01T00:00:00Z"),
            .make("b", "B", importance: 0.1, at: "2026-11-28T00:00:00Z"),
            .make("c", "C", importance: 0.1, at: "2020-01-01T00:00:00Z"),
        ]
        #expect(MemoryRanking.surplus(memories, most: 3, now: now).isEmpty)
        #expect(MemoryRanking.surplus(memories, most: 2, now: now).map(\.entity.id) == ["c"])
        #expect(MemoryRanking.surplus(memories, most: 0, now: now).map(\.entity.id) == ["c", "a", "b"])
    }

    @Test("the same words of the same customer are one memory, those of another are another")
    func identity() {
        let id = MemoryText.id("Likes tea.", of: "ann", with: "otto")
        #expect(id == MemoryText.id("likes TEA", of: "ann", with: "otto"))
        #expect(id != MemoryText.id("Likes tea.", of: "bob", with: "otto"))
        #expect(id != MemoryText.id("Likes tea.", of: "ann", with: "eva"))
        #expect(id != MemoryText.id("Likes tea.", of: "ann", with: "otto", salt: 1))
        // Where one part ends counts.
        #expect(MemoryText.id("b c", of: "a", with: "x") != MemoryText.id("c", of: "a b", with: "x"))
    }
}
