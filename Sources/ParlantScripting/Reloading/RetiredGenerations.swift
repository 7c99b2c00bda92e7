/// Generations that were replaced and still have calls under way.
struct RetiredGenerations {
    private struct Entry {
        weak var generation: BundleGeneration?
        var endsAt: Duration
    }

    private var entries: [String: [Entry]] = [:]
    private let limit: Int
    private let time: Duration

    /// - Parameters:
    ///   - limit: Generations of one bundle at a time.
    ///   - time: How long each may go on.
    init(limit: Int, time: Duration) {
        self.limit = limit
        self.time = time
    }

    /// When the next one has to go; nil when there is none. On the monotonic clock.
    var nextEnd: Duration? { entries.values.joined().filter { $0.generation != nil }.map(\.endsAt).min() }

    /// Whose end makes room for one more of a bundle; nil when there is room.
    func occupant(of name: String) -> OneShot? {
        let alive = entries[name, default: []].compactMap(\.generation)
        return alive.count < limit ? nil : alive.first?.isFree
    }

    /// Takes a generation that was replaced.
    ///
    /// - Returns: Those whose calls have to end now, because there are too many: the oldest.
    mutating func add(_ generation: BundleGeneration, at now: Duration) -> [BundleGeneration] {
        var kept = entries[generation.name, default: []].filter { $0.generation != nil }
        kept.append(Entry(generation: generation, endsAt: now + time))
        let excess = kept.prefix(max(0, kept.count - limit)).compactMap(\.generation)
        entries[generation.name] = Array(kept.suffix(limit))
        return excess
    }

    /// - Returns: Those whose time is over; they are forgotten here.
    mutating func due(at now: Duration) -> [BundleGeneration] {
        let due = entries.values.joined().filter { $0.endsAt <= now }.compactMap(\.generation)
        entries = entries.mapValues { $0.filter { $0.endsAt > now && $0.generation != nil } }.filter {
            !$0.value.isEmpty
        }
        return due
    }
}
