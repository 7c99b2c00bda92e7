public import ParlantCore
import Synchronization

/// Entries of scripts in memory, gone with the process. The reference for every other key-value store.
///
/// All calls are safe from any task; each holds one lock for as long as it computes. Entries whose lifetime is over are
/// removed in sweeps that cost O(1) per write on average.
public final class MemoryKeyValueStore: KeyValueStore {
    struct Entry {
        var value: JSONValue
        var bytes: Int
        /// Reading of the clock at which it is gone; nil: never.
        var end: Timestamp?

        func isLive(_ now: Timestamp) -> Bool { end.map { now < $0 } ?? true }
    }

    struct Entries {
        var byKey: [ByteText: Entry] = [:]
        var bytes = 0

        mutating func put(_ entry: Entry, _ key: String) {
            bytes += entry.bytes - (byKey.updateValue(entry, forKey: ByteText(key))?.bytes ?? 0)
        }

        mutating func remove(_ key: String) {
            bytes -= byKey.removeValue(forKey: ByteText(key))?.bytes ?? 0
        }

        mutating func sweep(_ now: Timestamp) {
            byKey = byKey.filter { $0.value.isLive(now) }
            bytes = byKey.values.reduce(0) { $0 + $1.bytes }
        }
    }

    struct State {
        var scopes: [KeyValueScope: Entries] = [:]
        /// Writes until dead entries are looked for everywhere.
        var writesUntilSweep = 1024
    }

    let state = Mutex(State())
    private let clock: any TimeSource
    private let limits: KeyValueLimits

    /// A store without entries.
    ///
    /// - Parameter clock: Its moments end lifetimes.
    public init(clock: any TimeSource, limits: KeyValueLimits = .init()) {
        self.clock = clock
        self.limits = limits
    }

    /// Entries that take up memory, those whose lifetime is over included.
    public var count: Int { state.withLock { $0.scopes.values.reduce(0) { $0 + $1.byKey.count } } }

    public func read(_ key: String, in scope: KeyValueScope) async throws -> JSONValue? {
        let now = clock.now
        return state.withLock { $0.scopes[scope]?.byKey[ByteText(key)].flatMap { $0.isLive(now) ? $0.value : nil } }
    }

    public func set(
        _ key: String, to value: JSONValue, in scope: KeyValueScope, lifetime: Duration?
    ) async throws {
        let bytes = try limits.check(key, value)
        let now = clock.now
        let entry = Entry(value: value, bytes: bytes, end: lifetime.map(now.advanced))
        try state.withLock { try put(entry, key, scope, now, &$0) }
    }

    public func add(
        _ key: String, _ value: JSONValue, in scope: KeyValueScope, lifetime: Duration?
    ) async throws -> Bool {
        let bytes = try limits.check(key, value)
        let now = clock.now
        let entry = Entry(value: value, bytes: bytes, end: lifetime.map(now.advanced))
        return try state.withLock { state in
            if state.scopes[scope]?.byKey[ByteText(key)]?.isLive(now) == true { return false }
            try put(entry, key, scope, now, &state)
            return true
        }
    }

    public func increment(_ key: String, by amount: Int64, in scope: KeyValueScope) async throws -> Int64 {
        let now = clock.now
        return try state.withLock { state in
            let old = state.scopes[scope]?.byKey[ByteText(key)].flatMap { $0.isLive(now) ? $0 : nil }
            let value = old?.value ?? 0
            guard case .integer(let number) = value else { throw StoreError.notCountable(key, value) }
            let (sum, overflow) = number.addingReportingOverflow(amount)
            guard !overflow else { throw StoreError.countOverflow(key) }
            let bytes = try limits.check(key, .integer(sum))
            try put(Entry(value: .integer(sum), bytes: bytes, end: old?.end), key, scope, now, &state)
            return sum
        }
    }

    public func delete(_ key: String, in scope: KeyValueScope) async throws {
        state.withLock { state in
            state.scopes[scope]?.remove(key)
            if state.scopes[scope]?.byKey.isEmpty == true { state.scopes[scope] = nil }
        }
    }

    public func entries(in scope: KeyValueScope) async throws -> [KeyValueEntry] {
        let now = clock.now
        return state.withLock { state in
            state.scopes[scope]?.byKey.filter { $0.value.isLive(now) }.map { key, entry in
                KeyValueEntry(scope: scope, key: key.text, value: entry.value, endsAt: entry.end)
            } ?? []
        }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    public func deleteAll(in scope: KeyValueScope) async throws {
        state.withLock { $0.scopes[scope] = nil }
    }

    private func put(
        _ entry: Entry, _ key: String, _ scope: KeyValueScope, _ now: Timestamp, _ state: inout State
    ) throws {
        state.writesUntilSweep -= 1
        if state.writesUntilSweep <= 0 { sweep(&state, now) }
        do {
            try check(entry, key, scope, state)
        } catch {
            // Dead entries may fill the scope.
            state.scopes[scope]?.sweep(now)
            try check(entry, key, scope, state)
        }
        state.scopes[scope, default: Entries()].put(entry, key)
    }

    private func check(_ entry: Entry, _ key: String, _ scope: KeyValueScope, _ state: State) throws {
        let entries = state.scopes[scope]
        let old = entries?.byKey[ByteText(key)]
        try limits.check(
            scope, key: key, entries: (entries?.byKey.count ?? 0) + (old == nil ? 1 : 0),
            bytes: (entries?.bytes ?? 0) + entry.bytes - (old?.bytes ?? 0))
    }

    /// The next sweep comes after as many writes as there are entries left, so that sweeps cost O(1) per write.
    private func sweep(_ state: inout State, _ now: Timestamp) {
        var left = 0
        for scope in state.scopes.keys {
            state.scopes[scope]?.sweep(now)
            let count = state.scopes[scope]?.byKey.count ?? 0
            if count == 0 { state.scopes[scope] = nil }
            left += count
        }
        state.writesUntilSweep = max(1024, left)
    }
}
