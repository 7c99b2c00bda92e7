import ParlantCore

/// Entries of scripts in MongoDB.
///
/// What a scope comes to is counted in a document of its own, reserved before an entry is written and given back when
/// that fails. A crash in between leaves too much reserved; so when a scope seems full, it is counted anew.
final class MongoKeyValueStore: KeyValueStore {
    /// Writes of this node until entries whose lifetime is over are removed everywhere.
    private static let sweepPeriod = 100
    /// Entries that one sweep removes: more than the writes since the last one, so that sweeps keep up.
    private static let sweepSize = 200

    let database: MongoDatabase
    private let limits: KeyValueLimits
    private let sweeps = SweepCounter(period: sweepPeriod)

    init(_ database: MongoDatabase, limits: KeyValueLimits = .init()) {
        self.database = database
        self.limits = limits
    }

    func read(_ key: String, in scope: KeyValueScope) async throws -> JSONValue? {
        let now = database.clock.now
        return try await database.run { try StoredEntry.find(key, scope, $0)?.live(now)?.value }
    }

    func set(_ key: String, to value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws {
        _ = try limits.check(key, value)
        try await change(key, in: scope) { _, now in (value, lifetime.map(now.advanced)) }
    }

    func add(
        _ key: String, _ value: JSONValue, in scope: KeyValueScope, lifetime: Duration?
    ) async throws -> Bool {
        _ = try limits.check(key, value)
        return try await change(key, in: scope) { old, now in
            old == nil ? (value, lifetime.map(now.advanced)) : nil
        } != nil
    }

    func increment(_ key: String, by amount: Int64, in scope: KeyValueScope) async throws -> Int64 {
        let value = try await change(key, in: scope) { old, _ in
            let value = old?.value ?? 0
            guard case .integer(let number) = value else { throw StoreError.notCountable(key, value) }
            let (sum, overflow) = number.addingReportingOverflow(amount)
            guard !overflow else { throw StoreError.countOverflow(key) }
            return (.integer(sum), old?.end)
        }
        guard case .integer(let sum)? = value else { throw StoreError.notCountable(key, value ?? .null) }
        return sum
    }

    func delete(_ key: String, in scope: KeyValueScope) async throws {
        try await database.run { connection in
            while let entry = try StoredEntry.find(key, scope, connection) {
                guard try entry.delete(connection) else { continue }
                return try ScopeTotals.give(back: entry.bytes, entries: 1, StoredEntry.scope(scope), connection)
            }
            // An attempt before this one may have deleted it, which the majority has to acknowledge, too.
            guard connection.attempt > 0 else { return }
            try connection.delete(Collections.entries, ["_id": .string(StoredEntry.id(key, scope))])
        }
    }

    func entries(in scope: KeyValueScope) async throws -> [KeyValueEntry] {
        let now = database.clock.now
        let entries = try await database.run { connection in
            try connection.find(Collections.entries, ["_scope": StoredEntry.scope(scope)])
                .compactMap { try StoredEntry($0).live(now)?.entry }
        }
        return entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    func deleteAll(in scope: KeyValueScope) async throws {
        try await database.run { connection in
            try connection.delete(Collections.entries, ["_scope": StoredEntry.scope(scope)], many: true)
            try connection.delete(Collections.scopes, ["_id": StoredEntry.scope(scope)])
        }
    }

    /// Changes an entry, and sweeps when it is time.
    ///
    /// - Parameter decide: The new value and its end, from the entry that is there and lives; nil: leave it.
    /// - Returns: The new value; nil when it was left.
    @discardableResult
    private func change(
        _ key: String, in scope: KeyValueScope,
        _ decide: @escaping @Sendable (_ old: StoredEntry?, _ now: Timestamp) throws -> (JSONValue, Timestamp?)?
    ) async throws -> JSONValue? {
        let (call, now) = (database.ids.entityID(), database.clock.now)
        let isDue = sweeps.count()
        return try await database.change(StoredEntry.id(key, scope), in: Collections.entries) { [limits] connection in
            if isDue { try StoredEntry.sweep(now, most: Self.sweepSize, connection) }
            return try Self.change(key, in: scope, call, now, limits, connection) { try decide($0, now) }
        }
    }

    /// Reads, decides and writes, until nobody else wrote in between.
    ///
    /// An attempt that was done but not acknowledged is found by the one that repeats it, whoever wrote since: it returns
    /// a count as that attempt left it.
    static func change(
        _ key: String, in scope: KeyValueScope, _ call: String, _ now: Timestamp, _ limits: KeyValueLimits,
        _ connection: MongoConnection, _ decide: (_ old: StoredEntry?) throws -> (JSONValue, Timestamp?)?
    ) throws -> JSONValue? {
        while true {
            let present = try StoredEntry.find(key, scope, connection)
            if let written = present?.result(of: call) {
                let id = StoredEntry.id(key, scope)
                if try connection.confirm(call, of: id, in: Collections.entries) { return written }
                continue
            }
            guard let (value, end) = try decide(present?.live(now)) else { return nil }
            let entry = StoredEntry(
                key: key, scope: scope, value: value, bytes: try limits.check(key, value), end: end, call: call,
                earlier: present?.writes ?? [])
            let totals = ScopeTotals(entries: present == nil ? 1 : 0, bytes: entry.bytes - (present?.bytes ?? 0))
            try totals.reserve(key, scope, limits, now, connection)
            do {
                if try entry.write(over: present, connection) { return value }
                try ScopeTotals.give(
                    back: totals.bytes, entries: totals.entries, StoredEntry.scope(scope), connection)
            } catch let error as MongoError where !error.isTransient {
                try ScopeTotals.give(
                    back: totals.bytes, entries: totals.entries, StoredEntry.scope(scope), connection)
                throw error
            }
        }
    }
}
