/// A table of bounded size that keeps what was used lately.
///
/// Entries are in two generations. When the young one is full it becomes the old one, and what nobody has used since is
/// gone. That costs O(1) per use, and no list of ages.
struct RecentEntries<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Most entries of a generation.
    private let limit: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// A table that keeps at least the `limit` entries that were used last, and at most twice as many.
    init(limit: Int) { self.limit = limit }

    /// The entry, which counts as a use.
    mutating func find(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        keep(value, for: key)
        return value
    }

    /// Keeps a value in the place of what was there.
    mutating func keep(_ value: Value, for key: Key) {
        if young.updateValue(value, forKey: key) == nil, young.count > limit {
            old = young
            young = [:]
        }
    }

    /// Makes as if it had never been there.
    mutating func forget(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }

    mutating func forgetAll() { (young, old) = ([:], [:]) }
}
