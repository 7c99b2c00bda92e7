import ParlantCore
import ParlantStores

/// Sessions in a folder. Their events and open turns are in the files beside this one.
struct LocalSessionStore: SessionStore {
    /// Most sessions that one write removes, so that others do not wait long.
    private static let removedAtOnce = 50

    let folder: StoreFolder

    init(_ folder: StoreFolder) { self.folder = folder }

    private var table: Table<Session> { folder.contents.sessions }

    func create(_ draft: SessionDraft) async throws -> Session {
        let id = SessionID(folder.ids.entityID())
        return try await folder.write { [folder, table] changes in
            guard table.row(id.rawValue) == nil else { throw StoreError.alreadyExists("session", id) }
            let session = Session(
                id: id, agentID: draft.agentID, customerID: draft.customerID,
                createdAt: table.nextMoment(folder.clock.now), title: draft.title, metadata: draft.metadata,
                labels: draft.labels)
            changes.add(table.put(session))
            changes.add(folder.contents.events.begin(id))
            return session
        }
    }

    func read(_ id: SessionID) async throws -> Session {
        try await folder.read { try $0.session(id) }
    }

    /// - Complexity: O(page) without filters, else O(sessions of the agent, the customer or the label, whichever has
    ///   the fewest).
    func list(_ query: SessionQuery) async throws -> Page<Session> {
        try await folder.read { contents in
            contents.sessions.page(query.page, after: query.page.cursor, traits: query.traits, query.matches)
        }
    }

    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session {
        try await folder.write { [table] changes in
            guard var session = table.row(id.rawValue) else { throw StoreError.notFound("session", id) }
            try change.apply(to: &session)
            changes.add(table.put(session))
            return session
        }
    }

    func delete(_ id: SessionID) async throws {
        try await folder.write { [self] changes in
            guard table.row(id.rawValue) != nil else { throw StoreError.notFound("session", id) }
            remove(id, &changes)
        }
    }

    /// Removes all sessions with their events, in writes of 50 sessions each. One that is created meanwhile may stay.
    func removeAll() async throws {
        var waiting = try await folder.read { $0.sessions.rows().map(\.id) }[...]
        while !waiting.isEmpty {
            let some = Array(waiting.prefix(Self.removedAtOnce))
            waiting.removeFirst(some.count)
            try await folder.write { [self] changes in
                // Somebody else may have removed it.
                for id in some where table.row(id.rawValue) != nil { remove(id, &changes) }
            }
        }
    }

    private func remove(_ id: SessionID, _ changes: inout Changes) {
        changes.add(table.remove(id.rawValue))
        changes.add(folder.contents.events.drop(id))
        closeAll(of: id, &changes)
    }
}

extension Contents {
    /// A session that was published.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    func session(_ id: SessionID) throws -> Session {
        guard let session = sessions.published(id.rawValue) else { throw StoreError.notFound("session", id) }
        return session
    }
}

extension SessionQuery {
    fileprivate var traits: [RowTrait] {
        [agentID.map { RowTrait("agent", $0.rawValue) }, customerID.map { RowTrait("customer", $0.rawValue) }]
            .compactMap(\.self) + labels.map { RowTrait("label", $0) }
    }
}
