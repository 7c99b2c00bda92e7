public import ParlantCore
import Synchronization

extension MemoryKeyValueStore: RecordStore {
    public func recordCount() async -> Int { count }

    /// - Complexity: O(entries).
    public func records(after last: KeyValueEntry?, limit: Int) async -> [KeyValueEntry] {
        let all = state.withLock { state in
            state.scopes.flatMap { scope, entries in
                entries.byKey.map { KeyValueEntry(scope: scope, key: $0.text, value: $1.value, endsAt: $1.end) }
            }
        }
        return Array(
            all.filter { entry in last.map { $0.precedes(entry) } ?? true }.sorted { $0.precedes($1) }.prefix(limit))
    }

    public func restore(_ records: [KeyValueEntry]) async {
        state.withLock { state in
            for record in records {
                let bytes = record.key.utf8.count + JSONWriter.bytes(of: record.value).count
                let entry = Entry(value: record.value, bytes: bytes, end: record.endsAt)
                state.scopes[record.scope, default: Entries()].put(entry, record.key)
            }
        }
    }

    public func removeAllRecords() async { state.withLock { $0 = State() } }
}

extension KeyValueEntry {
    /// By scope, then by key, byte by byte.
    fileprivate func precedes(_ other: KeyValueEntry) -> Bool {
        let (mine, theirs) = (scope.text, other.scope.text)
        if !mine.utf8.elementsEqual(theirs.utf8) { return mine.utf8.lexicographicallyPrecedes(theirs.utf8) }
        return key.utf8.lexicographicallyPrecedes(other.key.utf8)
    }
}

extension MemoryExplanationStore: RecordStore {
    public var capacity: Int? { limit }

    public func recordCount() async -> Int { state.withLock { $0.order.count } }

    public func records(after last: Explanation?, limit: Int) async -> [Explanation] {
        state.withLock { state in
            let start = last.flatMap { state.order.firstIndex(of: Turn(session: $0.session, traceID: $0.traceID)) }
            return state.order.dropFirst(start.map { $0 + 1 } ?? 0).prefix(limit).compactMap { state.explanations[$0] }
        }
    }

    public func restore(_ records: [Explanation]) async throws { for record in records { try await save(record) } }

    public func removeAllRecords() async { state.withLock { $0 = State() } }
}
