import ParlantCore
import ParlantStores

/// The turns of sessions that have not ended.
extension LocalSessionStore {
    private var turns: Table<OpenTurn> { folder.contents.turns }

    func open(_ turn: OpenTurn) async throws {
        try await folder.write { [self] changes in
            guard folder.contents.sessions.row(turn.session.rawValue) != nil else {
                throw StoreError.notFound("session", turn.session)
            }
            open(turn, &changes)
        }
    }

    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws {
        try await folder.write { [turns] changes in
            guard var open = turns.row(turn.rowID) else { throw StoreError.notFound("turn", turn.traceID) }
            (open.attempts, open.calls) = (turn.attempts, turn.calls)
            changes.add(turns.put(open))
        }
    }

    func close(_ traceID: TraceID, of id: SessionID) async throws {
        try await folder.write { [self] in close(traceID, of: id, &$0) }
    }

    func openTurns(of id: SessionID?) async throws -> [OpenTurn] {
        try await folder.read { contents in
            let traits = id.map { [OpenTurn.trait($0)] } ?? []
            return contents.turns.rows(traits) { id == nil || $0.session == id }.sorted(by: OpenTurn.isOpenedBefore)
        }
    }

    /// Does what a mark says, with the event that has it.
    func apply(_ mark: TurnMark, _ event: Event, _ id: SessionID, _ changes: inout Changes) {
        switch mark {
        case .opens: open(OpenTurn(asking: event, in: id), &changes)
        case .closes: close(event.traceID, of: id, &changes)
        }
    }

    /// Closes all turns of a session, or those that were asked for from an offset on.
    func closeAll(of id: SessionID, askedFrom minOffset: Int? = nil, _ changes: inout Changes) {
        let staged = turns.stagedRows
        let all =
            turns.rows([OpenTurn.trait(id)]) { $0.session == id && !staged.keys.contains(ByteText($0.rowID)) }
            + staged.values.compactMap(\.self).filter { $0.session == id }
        for turn in all where minOffset.map({ $0 <= turn.causeOffset ?? -1 }) ?? true {
            changes.add(turns.remove(turn.rowID))
        }
    }

    private func open(_ turn: OpenTurn, _ changes: inout Changes) {
        if turns.row(turn.rowID) == nil { changes.add(turns.put(turn)) }
    }

    private func close(_ traceID: TraceID, of id: SessionID, _ changes: inout Changes) {
        let row = OpenTurn.rowID(traceID, id)
        if turns.row(row) != nil { changes.add(turns.remove(row)) }
    }
}
