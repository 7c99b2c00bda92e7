/// What each of many has spent. Memory is bounded: when there are too many accounts, those are forgotten that were
/// charged longest ago.
///
/// There are two generations: a charge brings an account into the younger one, and when that is half of what there may
/// be, it takes the place of the older one.
struct SpendingAccounts<Key: Hashable & Sendable>: Sendable {
    /// Most accounts. The half of them that was charged last is never forgotten.
    let capacity: Int
    private var recent: [Key: Spending] = [:]
    private var older: [Key: Spending] = [:]

    init(capacity: Int) { self.capacity = max(2, capacity) }

    /// Number of accounts.
    var count: Int { recent.count + older.count }

    /// What was spent; nothing by whom there is no account of.
    subscript(_ key: Key) -> Spending { recent[key] ?? older[key] ?? Spending() }

    /// - Complexity: O(1), amortized.
    mutating func charge(_ spending: Spending, to key: Key) {
        var account = recent[key] ?? older.removeValue(forKey: key) ?? Spending()
        account += spending
        recent[key] = account
        guard recent.count >= capacity / 2 else { return }
        (older, recent) = (recent, [:])
    }

    mutating func forget(_ key: Key) {
        recent[key] = nil
        older[key] = nil
    }

    mutating func forgetAll() { self = SpendingAccounts(capacity: capacity) }
}
