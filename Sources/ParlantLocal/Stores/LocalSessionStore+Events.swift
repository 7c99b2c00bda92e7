import ParlantCore
import ParlantStores

/// The events of sessions.
extension LocalSessionStore {
    /// - Throws: ``StoreError`` as for every store; `tooLarge` when the session has had ``LogOffsets/limit`` events.
    /// - Complexity: O(size of the draft), and the sync, which it shares with all that wait.
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        let eventID = EventID(folder.ids.entityID())
        let log = try await folder.read { contents in
            _ = try contents.session(id)
            return try await contents.events.log(id)
        }
        return try await folder.write { [self] changes in
            guard folder.contents.sessions.row(id.rawValue) != nil else { throw StoreError.notFound("session", id) }
            let end = log.stagedEnd()
            try LogOffsets.checkRoom(at: end.next, of: id)
            let now = folder.clock.now
            let event = Event(
                id: eventID, source: draft.source, kind: draft.kind, offset: end.next,
                createdAt: max(now, end.newest ?? now), traceID: draft.traceID, data: draft.data,
                metadata: draft.metadata)
            changes.add(folder.contents.events.put(event, log))
            if let mark { apply(mark, event, id, &changes) }
            return event
        }
    }

    /// - Complexity: O(events from `minOffset` on) for a session that was used lately, else O(events).
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event] {
        try await folder.read { contents in
            _ = try contents.session(id)
            return try await contents.events.withEvents(id) { $0.events(matching: query) }
        }
    }

    func event(_ event: EventID, of id: SessionID) async throws -> Event {
        try await folder.read { contents in
            _ = try contents.session(id)
            return try await contents.events.withEvents(id) { log in
                guard let found = log.event(event) else { throw StoreError.notFound("event", event) }
                return found
            }
        }
    }

    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event {
        try await folder.read { contents in
            _ = try contents.session(id)
            return try await contents.events.withEvents(id) { log in
                try await folder.write { changes in
                    guard contents.sessions.row(id.rawValue) != nil else { throw StoreError.notFound("session", id) }
                    guard var found = log.stagedEvent(event) else { throw StoreError.notFound("event", event) }
                    change.apply(to: &found)
                    changes.add(contents.events.put(found, log))
                    return found
                }
            }
        }
    }

    func deleteEvents(of id: SessionID, from minOffset: Int) async throws {
        try await folder.read { contents in
            _ = try contents.session(id)
            let log = try await contents.events.log(id)
            try await folder.write { changes in
                guard contents.sessions.row(id.rawValue) != nil else { throw StoreError.notFound("session", id) }
                guard log.stagedEnd().next > max(0, minOffset) else { return }
                changes.add(contents.events.cut(max(0, minOffset), log))
                closeAll(of: id, askedFrom: max(0, minOffset), &changes)
            }
        }
    }
}
