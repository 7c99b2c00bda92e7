/// The open turns of a store, of which there are never many, as records.
struct OpenTurnRecords: RecordStore {
    private let sessions: any SessionStore

    init(_ sessions: any SessionStore) { self.sessions = sessions }

    func recordCount() async throws -> Int { try await sessions.openTurns(of: nil).count }

    func records(after last: OpenTurn?, limit: Int) async throws -> [OpenTurn] {
        let turns = try await sessions.openTurns(of: nil)
        let place = last.flatMap { last in
            turns.firstIndex { $0.session == last.session && $0.traceID == last.traceID }
        }
        return Array(turns.dropFirst(place.map { $0 + 1 } ?? 0).prefix(limit))
    }

    func restore(_ records: [OpenTurn]) async throws {
        for turn in records {
            try await sessions.close(turn.traceID, of: turn.session)
            try await sessions.open(turn)
        }
    }

    func removeAllRecords() async throws {
        for turn in try await sessions.openTurns(of: nil) { try await sessions.close(turn.traceID, of: turn.session) }
    }
}
