import ParlantCore
import ParlantStores

/// Entries of scripts in a folder.
///
/// Entries whose lifetime is over count for nobody. They leave memory when their scope is full, and the files with the
/// next checkpoint.
struct LocalKeyValueStore: KeyValueStore {
    private let folder: StoreFolder
    private let limits = KeyValueLimits()

    init(_ folder: StoreFolder) { self.folder = folder }

    private var table: Table<Entry> { folder.contents.entries }

    func read(_ key: String, in scope: KeyValueScope) async throws -> JSONValue? {
        try await folder.read { contents in
            let entry = contents.entries.published(Entry.rowID(key, scope))
            return entry.flatMap { $0.isLive(folder.clock.now) ? $0.value : nil }
        }
    }

    func set(_ key: String, to value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws {
        let bytes = try limits.check(key, value)
        try await folder.write { [self] changes in
            let now = folder.clock.now
            try put(key, value, bytes, scope, end: lifetime.map(now.advanced), now, &changes)
        }
    }

    func add(
        _ key: String, _ value: JSONValue, in scope: KeyValueScope, lifetime: Duration?
    ) async throws -> Bool {
        let bytes = try limits.check(key, value)
        return try await folder.write { [self] changes in
            let now = folder.clock.now
            if live(key, scope, now) != nil { return false }
            try put(key, value, bytes, scope, end: lifetime.map(now.advanced), now, &changes)
            return true
        }
    }

    func increment(_ key: String, by amount: Int64, in scope: KeyValueScope) async throws -> Int64 {
        try await folder.write { [self] changes in
            let now = folder.clock.now
            let old = live(key, scope, now)
            let value = old?.value ?? 0
            guard case .integer(let number) = value else { throw StoreError.notCountable(key, value) }
            let (sum, overflow) = number.addingReportingOverflow(amount)
            guard !overflow else { throw StoreError.countOverflow(key) }
            let bytes = try limits.check(key, .integer(sum))
            try put(key, .integer(sum), bytes, scope, end: old?.end, now, &changes)
            return sum
        }
    }

    func entries(in scope: KeyValueScope) async throws -> [KeyValueEntry] {
        try await folder.read { contents in
            let now = folder.clock.now
            return contents.entries.rows([scope.trait]) { $0.scope == scope && $0.isLive(now) }.map(\.record)
                .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        }
    }

    func delete(_ key: String, in scope: KeyValueScope) async throws {
        try await folder.write { [table] changes in
            let id = Entry.rowID(key, scope)
            if table.row(id) != nil { changes.add(table.remove(id)) }
        }
    }

    func deleteAll(in scope: KeyValueScope) async throws {
        try await folder.write { [table] changes in
            for entry in Self.entries(of: scope, table) { changes.add(table.remove(entry.rowID)) }
        }
    }

    /// An entry that counts, as the writer sees it.
    private func live(_ key: String, _ scope: KeyValueScope, _ now: Timestamp) -> Entry? {
        table.row(Entry.rowID(key, scope)).flatMap { $0.isLive(now) ? $0 : nil }
    }

    private func put(
        _ key: String, _ value: JSONValue, _ bytes: Int, _ scope: KeyValueScope, end: Timestamp?, _ now: Timestamp,
        _ changes: inout Changes
    ) throws {
        let old = table.row(Entry.rowID(key, scope))
        let entry = Entry(
            scope: scope, key: key, value: value, bytes: bytes, createdAt: old?.createdAt ?? table.nextMoment(now),
            end: end)
        do {
            try check(entry, old, total(of: scope))
        } catch {
            // Dead entries may fill the scope.
            let entries = Self.entries(of: scope, table)
            let live = entries.filter { $0.isLive(now) || $0.key.hasSameBytes(as: key) }
            try check(
                entry, old, .init(entries: live.count, bytes: live.reduce(0) { $0 + $1.bytes }))
            for dead in entries where !dead.isLive(now) && !dead.key.hasSameBytes(as: key) {
                changes.add(table.remove(dead.rowID))
            }
        }
        changes.add(table.put(entry))
    }

    private func check(_ entry: Entry, _ old: Entry?, _ total: EntryTotals.Total) throws {
        try limits.check(
            entry.scope, key: entry.key, entries: total.entries + (old == nil ? 1 : 0),
            bytes: total.bytes + entry.bytes - (old?.bytes ?? 0))
    }

    /// How much a scope has, as the writer sees it.
    private func total(of scope: KeyValueScope) -> EntryTotals.Total {
        var total = folder.contents.totals.total(scope)
        for (id, staged) in table.stagedRows {
            let before = table.published(id.text)
            guard (staged ?? before)?.scope == scope else { continue }
            total.entries += (staged == nil ? 0 : 1) - (before == nil ? 0 : 1)
            total.bytes += (staged?.bytes ?? 0) - (before?.bytes ?? 0)
        }
        return total
    }

    /// All entries of a scope, dead ones included, as the writer sees them.
    private static func entries(of scope: KeyValueScope, _ table: Table<Entry>) -> [Entry] {
        let staged = table.stagedRows
        return table.rows([scope.trait]) { $0.scope == scope && !staged.keys.contains(ByteText($0.rowID)) }
            + staged.values.compactMap(\.self).filter { $0.scope == scope }
    }
}
