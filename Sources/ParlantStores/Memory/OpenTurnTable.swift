import ParlantCore

/// Open turns in memory.
struct OpenTurnTable {
    private var turns: [SessionID: [OpenTurn]] = [:]

    mutating func open(_ turn: OpenTurn) {
        if index(of: turn.traceID, in: turn.session) == nil { turns[turn.session, default: []].append(turn) }
    }

    mutating func update(_ turn: OpenTurn) throws {
        guard let index = index(of: turn.traceID, in: turn.session) else {
            throw StoreError.notFound("turn", turn.traceID)
        }
        turns[turn.session]?[index].attempts = turn.attempts
        turns[turn.session]?[index].calls = turn.calls
    }

    mutating func close(_ traceID: TraceID, of session: SessionID) { remove(from: session) { $0.traceID == traceID } }

    mutating func close(askedFrom offset: Int, in session: SessionID) {
        remove(from: session) { ($0.causeOffset ?? -1) >= offset }
    }

    mutating func removeAll(of session: SessionID) { turns[session] = nil }

    func list(of session: SessionID?) -> [OpenTurn] {
        let found = session.map { turns[$0] ?? [] } ?? turns.values.flatMap(\.self)
        return found.sorted(by: OpenTurn.isOpenedBefore)
    }

    private func index(of traceID: TraceID, in session: SessionID) -> Int? {
        turns[session]?.firstIndex { $0.traceID == traceID }
    }

    private mutating func remove(from session: SessionID, where isDone: (OpenTurn) -> Bool) {
        turns[session]?.removeAll(where: isDone)
        if turns[session]?.isEmpty == true { turns[session] = nil }
    }
}
