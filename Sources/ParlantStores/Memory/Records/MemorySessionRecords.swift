public import ParlantCore
import Synchronization

extension MemorySessionStore: RecordStore {
    public func recordCount() async -> Int { state.withLock { $0.index.entries.count } }

    public func records(after last: SessionRecord?, limit: Int) async throws -> [SessionRecord] {
        try logs(after: last?.session).prefix(limit).map { try $0.record() }
    }

    public func restore(_ records: [SessionRecord]) async throws {
        try state.withLock { state in
            for record in records {
                let session = record.session
                let log = state.logs[session.id] ?? SessionLog(session)
                if state.logs[session.id] != nil {
                    state.index.remove(session.id.rawValue, at: try log.session().createdAt)
                }
                try log.restore(record)
                state.logs[session.id] = log
                state.index.insert(session.id.rawValue, at: session.createdAt)
            }
        }
    }

    /// Removes the events too, and the open turns.
    public func removeAllRecords() async {
        state.withLock { $0 = State() }
        turns.withLock { $0 = OpenTurnTable() }
    }

    /// The logs of all sessions after this one, in order of creation.
    func logs(after last: Session?) -> [SessionLog] {
        state.withLock { state in
            state.index.following(last.map { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) }, .ascending)
                .compactMap { state.logs[SessionID($0.id)] }
        }
    }
}

/// The events of all sessions in memory.
struct MemoryEventRecords: RecordStore {
    private let sessions: MemorySessionStore

    init(_ sessions: MemorySessionStore) { self.sessions = sessions }

    func recordCount() async throws -> Int {
        try sessions.logs(after: nil).reduce(0) { try $0 + $1.events(matching: EventQuery()).count }
    }

    func records(after last: EventRecord?, limit: Int) async throws -> [EventRecord] {
        var logs = sessions.logs(after: nil)[...]
        var minOffset = 0
        if let last {
            logs = logs.drop { $0.id != last.session }
            minOffset = last.event.offset + 1
        }
        var records: [EventRecord] = []
        for log in logs where records.count < limit {
            let query = EventQuery(minOffset: minOffset, limit: limit - records.count)
            records += try log.events(matching: query).map { EventRecord($0, of: log.id) }
            minOffset = 0
        }
        return records
    }

    func restore(_ records: [EventRecord]) async throws {
        for record in records {
            guard let log = sessions.state.withLock({ $0.logs[record.session] }) else {
                throw StoreError.notFound("session", record.session)
            }
            try log.restore(record.event)
        }
    }

    /// Sessions stay, and the ends of their logs.
    func removeAllRecords() async throws {
        for log in sessions.logs(after: nil) { try log.deleteEvents(from: 0) }
    }
}
