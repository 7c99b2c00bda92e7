import ParlantCore
import ParlantStores

/// Entries of scripts in a folder.
struct KeyValueRecords: RecordStore {
    private let folder: StoreFolder

    init(_ folder: StoreFolder) { self.folder = folder }

    func recordCount() async throws -> Int { try await folder.read { $0.entries.count } }

    /// - Complexity: O(limit), in order of creation.
    func records(after last: KeyValueEntry?, limit: Int) async throws -> [KeyValueEntry] {
        try await folder.read { contents in
            let row = last.flatMap { contents.entries.published(Entry.rowID($0.key, $0.scope)) }
            let cursor = row.map { PageCursor(createdAt: $0.createdAt, id: $0.rowID) }
            return contents.entries.page(PageRequest(limit: limit), after: cursor, traits: []) { _ in true }
                .items.map(\.record)
        }
    }

    func restore(_ records: [KeyValueEntry]) async throws {
        try await folder.write { [folder] changes in
            let table = folder.contents.entries
            for record in records {
                let old = table.row(Entry.rowID(record.key, record.scope))
                let bytes = Entry.bytes(record.key, record.value)
                changes.add(
                    table.put(
                        Entry(
                            scope: record.scope, key: record.key, value: record.value, bytes: bytes,
                            createdAt: old?.createdAt ?? table.nextMoment(folder.clock.now), end: record.endsAt)))
            }
        }
    }

    func removeAllRecords() async throws {
        try await folder.write { [table = folder.contents.entries] changes in
            for entry in table.rows() { changes.add(table.remove(entry.rowID)) }
        }
    }
}

extension Entry {
    /// The entry as others see it.
    var record: KeyValueEntry { KeyValueEntry(scope: scope, key: key, value: value, endsAt: end) }
}

/// The explanations of all sessions in a folder: session by session in order of creation, each oldest first.
struct ExplanationRecords: RecordStore {
    private let folder: StoreFolder

    init(_ folder: StoreFolder) { self.folder = folder }

    /// - Complexity: O(bytes of all explanations): files are read.
    func recordCount() async throws -> Int {
        try await folder.read { contents in
            var count = 0
            for session in contents.sessions.rows() {
                count += try await contents.explanations.all(of: session.id).count
            }
            return count
        }
    }

    /// - Complexity: O(bytes of the explanations of the sessions that are in it).
    func records(after last: Explanation?, limit: Int) async throws -> [Explanation] {
        try await folder.read { contents in
            var session = last.flatMap { contents.sessions.published($0.session.rawValue) }
            var trace = last?.traceID
            if session == nil { session = contents.sessions(after: nil, limit: 1).first }
            var records: [Explanation] = []
            while let present = session, records.count < limit {
                var found = try await contents.explanations.all(of: present.id)[...]
                if let trace, let place = found.firstIndex(where: { $0.traceID == trace }) {
                    found = found[(place + 1)...]
                }
                records += found.prefix(limit - records.count)
                session = contents.sessions(after: present, limit: 1).first
                trace = nil
            }
            return records
        }
    }

    func restore(_ records: [Explanation]) async throws {
        try await folder.write { [folder] changes in
            for record in records { changes.add(folder.contents.explanations.put(record)) }
        }
    }

    func removeAllRecords() async throws {
        try await folder.write { [contents = folder.contents] changes in
            for session in contents.sessions.rows() { changes.add(contents.explanations.drop(session.id)) }
        }
    }
}
