import ParlantCore
import ParlantStores

/// Sessions in a folder, with the ends of their logs.
struct SessionRecords: RecordStore {
    private let folder: StoreFolder

    init(_ folder: StoreFolder) { self.folder = folder }

    func recordCount() async throws -> Int { try await folder.read { $0.sessions.count } }

    func records(after last: SessionRecord?, limit: Int) async throws -> [SessionRecord] {
        try await folder.read { contents in
            var records: [SessionRecord] = []
            for session in contents.sessions(after: last?.session, limit: limit) {
                let end = try await contents.events.log(session.id).stagedEnd()
                let moment = end.newest.flatMap { end.next > 0 ? $0 : nil }
                records.append(
                    SessionRecord(session, end: moment.map { .init(offset: end.next - 1, moment: $0) }))
            }
            return records
        }
    }

    func restore(_ records: [SessionRecord]) async throws {
        try await folder.write { [contents = folder.contents] changes in
            for record in records {
                let id = record.session.id
                let log = contents.sessions.row(id.rawValue) == nil ? nil : contents.events.known(id)
                changes.add(contents.sessions.put(record.session))
                let begin = contents.events.begin(id)
                if log == nil { changes.add(begin) }
                if let end = record.end {
                    try LogOffsets.check(end.offset, of: id)
                    changes.add(contents.events.end(end.offset + 1, end.moment, log ?? begin.log))
                }
            }
        }
    }

    /// Removes the events too, and the open turns.
    func removeAllRecords() async throws { try await LocalSessionStore(folder).removeAll() }
}

/// The events of all sessions in a folder, session by session in order of creation.
struct EventRecords: RecordStore {
    private let folder: StoreFolder

    init(_ folder: StoreFolder) { self.folder = folder }

    /// - Complexity: O(events): files are read.
    func recordCount() async throws -> Int {
        try await folder.read { contents in
            var count = 0
            for session in contents.sessions.rows() {
                count += try await contents.events.withEvents(session.id) { $0.events(matching: EventQuery()).count }
            }
            return count
        }
    }

    func records(after last: EventRecord?, limit: Int) async throws -> [EventRecord] {
        try await folder.read { contents in
            var session = last.flatMap { contents.sessions.published($0.session.rawValue) }
            var minOffset = last.map { $0.event.offset + 1 } ?? 0
            if session == nil { session = contents.sessions(after: nil, limit: 1).first }
            var records: [EventRecord] = []
            while let present = session, records.count < limit {
                let query = EventQuery(minOffset: minOffset, limit: limit - records.count)
                records += try await contents.events.withEvents(present.id) { log in
                    log.events(matching: query).map { EventRecord($0, of: present.id) }
                }
                session = contents.sessions(after: present, limit: 1).first
                minOffset = 0
            }
            return records
        }
    }

    func restore(_ records: [EventRecord]) async throws {
        try await folder.read { contents in
            var logs: [SessionID: EventLog] = [:]
            for id in Set(records.map(\.session)) {
                _ = try contents.session(id)
                logs[id] = try await contents.events.log(id)
            }
            try await folder.write { [logs] changes in
                for record in records {
                    try LogOffsets.check(record.event.offset, of: record.session)
                    if let log = logs[record.session] { changes.add(contents.events.put(record.event, log)) }
                }
            }
        }
    }

    /// Sessions stay, and the ends of their logs.
    func removeAllRecords() async throws {
        let store = LocalSessionStore(folder)
        for session in try await folder.read({ $0.sessions.rows() }) {
            try await store.deleteEvents(of: session.id, from: 0)
        }
    }
}

extension Contents {
    /// Sessions that follow this one in order of creation.
    func sessions(after last: Session?, limit: Int) -> [Session] {
        let cursor = last.map { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) }
        return sessions.page(PageRequest(limit: limit), after: cursor, traits: []) { _ in true }.items
    }
}
