import ParlantCore
import ParlantStores

/// What the entries of one scope come to, or what a change adds to that.
struct ScopeTotals {
    var entries: Int
    var bytes: Int

    /// Adds a change to what its scope comes to, if it fits. When it does not, what is dead is removed and the rest
    /// counted anew, once.
    ///
    /// - Throws: ``StoreError`` `tooLarge`.
    func reserve(
        _ key: String, _ scope: KeyValueScope, _ limits: KeyValueLimits, _ now: Timestamp,
        _ connection: MongoConnection
    ) throws {
        // What makes a scope smaller always fits.
        if try add(scope, limits, connection) { return }
        let name = StoredEntry.scope(scope)
        try connection.delete(
            Collections.entries, ["_scope": name, "_end": ["$lte": .integer(now.microseconds)]], many: true)
        let present = try Self.recount(name.string ?? "", connection)
        if try add(scope, limits, connection) { return }
        try limits.check(scope, key: key, entries: present.entries + entries, bytes: present.bytes + bytes)
        // Others filled it in between.
        try limits.check(scope, key: key, entries: limits.entries + 1, bytes: 0)
    }

    private func add(_ scope: KeyValueScope, _ limits: KeyValueLimits, _ connection: MongoConnection) throws -> Bool {
        var filter: BSONDocument = ["_id": StoredEntry.scope(scope)]
        if entries > 0 { filter["entries"] = ["$lte": .integer(Int64(limits.entries - entries))] }
        if bytes > 0 { filter["bytes"] = ["$lte": .integer(Int64(limits.scopeBytes - bytes))] }
        while true {
            do {
                try connection.update(Collections.scopes, filter, Self.change(entries, bytes), upsert: true)
                return true
            } catch let error as MongoError where error.code == .duplicateKey {
                // The scope is there and has no room; or another call has made it just now, and there is.
                let document = try connection.first(Collections.scopes, ["_id": StoredEntry.scope(scope)])
                guard let document else { continue }
                let isFull =
                    document["entries"]?.integer ?? 0 > limits.entries - max(0, entries)
                    || document["bytes"]?.integer ?? 0 > limits.scopeBytes - max(0, bytes)
                if isFull { return false }
            }
        }
    }

    /// Takes back what was reserved and is not used, or no longer.
    static func give(back bytes: Int, entries: Int, _ scope: BSONValue, _ connection: MongoConnection) throws {
        try connection.update(Collections.scopes, ["_id": scope], change(-entries, -bytes))
    }

    /// Counts the entries of a scope and writes it down. Those that other calls are about to write are missed, so a
    /// scope may exceed its limits by as many until it is counted again.
    @discardableResult
    static func recount(_ scope: String, _ connection: MongoConnection) throws -> ScopeTotals {
        let reply = try connection.read([
            "aggregate": .string(Collections.entries),
            "pipeline": [
                ["$match": ["_scope": .string(scope)]],
                ["$group": ["_id": .null, "entries": ["$sum": 1], "bytes": ["$sum": "$_bytes"]]],
            ],
            "cursor": [:],
        ])
        let sums = reply["cursor"]?.document?["firstBatch"]?.array?.first?.document
        let totals = ScopeTotals(
            entries: Self.total(sums?["entries"]), bytes: Self.total(sums?["bytes"]))
        try connection.update(
            Collections.scopes, ["_id": .string(scope)],
            ["$set": ["entries": .integer(Int64(totals.entries)), "bytes": .integer(Int64(totals.bytes))]], upsert: true
        )
        return totals
    }

    /// A sum. One that was edited beyond all that fits is as large as can be added up.
    private static func total(_ sum: BSONValue?) -> Int {
        guard let sum, let number = sum.integer else { return sum == nil ? 0 : StoredCount.range.upperBound }
        return min(max(Int(clamping: number), StoredCount.range.lowerBound), StoredCount.range.upperBound)
    }

    private static func change(_ entries: Int, _ bytes: Int) -> BSONValue {
        ["$inc": ["entries": .integer(Int64(entries)), "bytes": .integer(Int64(bytes))]]
    }
}
