import Glibc
public import ParlantCore

/// A memory with the reasons for which it is brought into a turn.
struct RankedMemory: Sendable, Equatable {
    var memory: Stored<Memory>
    /// How much it has to do with what was said, 0 to 1.
    var relevance: Double
    /// Relevance, recency and importance together, 0 to 1.
    var score: Double
}

/// Chooses what is remembered of a customer for a turn: by relevance to what was said, recency and importance.
///
/// Relevance is the better of two: of the words that are shared (``WordIndex``), and of the cosine where there are
/// vectors. What has nothing to do with what was said is left out, but for a few things that matter always.
public enum MemoryRanking {
    /// What each of the three counts for.
    static let (relevanceWeight, recencyWeight, importanceWeight) = (0.6, 0.15, 0.25)
    /// After so many days something counts half as recent.
    static let halfLife = 30.0
    /// Below it a memory has nothing to do with what was said.
    static let relevanceFloor = 0.2
    /// What matters always is at least so important; and so many of it at most come unasked.
    static let (unaskedImportance, mostUnasked) = (0.7, 3)
    /// A cosine up to the first says nothing, and one from the second on all.
    static let (cosineFloor, cosineCeiling) = (0.25, 0.75)

    /// All memories with their scores, in the order given.
    ///
    /// - Parameters:
    ///   - texts: What was said, oldest first; see ``WordIndex/matches(_:)``.
    ///   - cosines: The best of each memory with what was said; nil, or nil for one: words alone decide.
    /// - Complexity: O(words of the memories and texts).
    static func ranked(
        _ memories: [Stored<Memory>], for texts: [String], cosines: [Double?]? = nil, now: Timestamp
    ) -> [RankedMemory] {
        let index = WordIndex(memories.map { [$0.entity.content] + $0.entity.entities })
        let words = texts.isEmpty ? memories.map { _ in 0 } : index.matches(texts).map(\.score)
        return memories.enumerated().map { place, memory in
            var relevance = words[place]
            if let cosine = cosines?[place] {
                relevance = max(relevance, min(max((cosine - cosineFloor) / (cosineCeiling - cosineFloor), 0), 1))
            }
            return RankedMemory(
                memory: memory, relevance: relevance,
                score: relevanceWeight * relevance + recencyWeight * recency(of: memory, now: now)
                    + importanceWeight * memory.entity.importance)
        }
    }

    /// What comes into a turn, oldest first.
    ///
    /// - Parameter tokens: Most tokens of all of it together, at four bytes each.
    static func chosen(_ ranked: [RankedMemory], tokens: Int) -> [RankedMemory] {
        var room = tokens
        var unasked = mostUnasked
        var chosen: [RankedMemory] = []
        for item in ranked.sorted(by: isBefore) {
            if item.relevance < relevanceFloor {
                guard item.memory.entity.importance >= unaskedImportance, unasked > 0 else { continue }
            }
            let cost = item.memory.noteLine.utf8.count / 4 + 1
            guard cost <= room else { continue }
            if item.relevance < relevanceFloor { unasked -= 1 }
            room -= cost
            chosen.append(item)
        }
        return chosen.sorted {
            ($0.memory.moment, $0.memory.entity.id) < ($1.memory.moment, $1.memory.entity.id)
        }
    }

    /// What has to do with what was asked, the most relevant first.
    static func found(_ ranked: [RankedMemory], limit: Int) -> [RankedMemory] {
        Array(ranked.filter { $0.relevance >= relevanceFloor }.sorted(by: isBefore).prefix(max(0, limit)))
    }

    /// All memories for somebody who asks, by words as in a turn without vectors: first what has to do with the question,
    /// then the rest, each the best first.
    ///
    /// - Complexity: O(n log n) memories, and their words.
    public static func ordered(
        _ memories: [Stored<Memory>], by question: String, now: Timestamp
    ) -> [Stored<Memory>] {
        let ranked = ranked(memories, for: [question], now: now).sorted(by: isBefore)
        let (found, others) = (
            ranked.filter { $0.relevance >= relevanceFloor }, ranked.filter { $0.relevance < relevanceFloor }
        )
        return (found + others).map(\.memory)
    }

    /// What makes room when there is too much, the first to go first: the least important and oldest.
    static func surplus(_ memories: [Stored<Memory>], most: Int, now: Timestamp) -> [Stored<Memory>] {
        guard memories.count > most else { return [] }
        func worth(_ memory: Stored<Memory>) -> Double { memory.entity.importance + recency(of: memory, now: now) }
        let sorted = memories.map { (worth($0), $0) }.sorted {
            ($0.0, $0.1.createdAt, $0.1.entity.id) < ($1.0, $1.1.createdAt, $1.1.entity.id)
        }
        return sorted.prefix(memories.count - most).map(\.1)
    }

    private static func isBefore(_ left: RankedMemory, _ right: RankedMemory) -> Bool {
        (left.score, left.memory.moment, right.memory.entity.id) > (
            right.score, right.memory.moment, left.memory.entity.id
        )
    }

    /// 1 for what was so just now, or was looked at just now, half of it each ``halfLife``. Never above 1: what lies
    /// ahead is as recent as now.
    private static func recency(of memory: Stored<Memory>, now: Timestamp) -> Double {
        let last = max(memory.moment, memory.entity.lastAccessedAt ?? memory.moment)
        let days = max(0, now.seconds - last.seconds) / 86_400
        return pow(0.5, days / halfLife)
    }
}
