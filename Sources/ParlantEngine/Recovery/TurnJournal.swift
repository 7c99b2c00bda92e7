import ParlantCore

/// Writes down which calls a turn makes that cannot be undone, and how they ended, so that a crash at any moment leaves
/// behind what is known of them. A turn without such calls writes nothing here.
actor TurnJournal {
    private let store: any SessionStore
    private let lease: TurnLease?
    private var turn: OpenTurn
    /// What is known of the turn's calls, whether it could be written down or not.
    var calls: [OpenCall] { turn.calls }
    private var last: Task<Void, any Error>?

    /// A journal that goes on where `turn` stands.
    ///
    /// - Parameter lease: Under which it is written; nil where no other node could run the turn.
    init(_ turn: OpenTurn, store: any SessionStore, under lease: TurnLease? = nil) {
        self.turn = turn
        self.store = store
        self.lease = lease
    }

    /// Returns when it is durable that these calls are about to run: whoever takes the turn over will know of them.
    ///
    /// - Returns: The place of the first of them, for ``end(_:_:)``; the others follow.
    /// - Throws: what the store throws; then none of them may run.
    func begin(_ calls: [ToolCall]) async throws -> Int {
        let first = turn.calls.count
        turn.calls += calls.map { OpenCall(tool: $0.tool, arguments: $0.arguments) }
        do {
            try await write()
        } catch {
            turn.calls.removeSubrange(first...)
            throw error
        }
        return first
    }

    /// Returns when it is durable how the call at this place ended.
    ///
    /// - Throws: what the store throws; then a crash leaves open whether the call took effect.
    func end(_ place: Int, _ run: ToolRun) async throws {
        turn.calls[place].outcome = run.recordJSON
        try await write()
    }

    /// Writes go one after the other, each with all that is known, and also when the turn is cancelled.
    private func write() async throws {
        let write = Task { [turn, store, lease, last] in
            _ = await last?.result
            try await store.update(turn, under: lease)
        }
        last = write
        try await write.value
    }
}
