import Logging
import ParlantCore

/// The sessions in which there is something to read, each with the offset at which that begins, kept where small values
/// are kept, so that a restart finds them without looking at all sessions.
///
/// Writes happen beside the turns. One that a crash loses costs nothing but time: the session's next message brings it
/// back.
struct UnreadSessions: Sendable {
    /// No script is an agent of this name, so none sees the entries.
    static let scope = KeyValueScope.agent("parlant-runtime/memories")

    private let store: any KeyValueStore
    private let writes: PendingWrites<SessionID, Int?>

    init(store: any KeyValueStore, logger: Logger) {
        self.store = store
        writes = PendingWrites { session, begin in
            do {
                if let begin {
                    try await store.set(
                        session.rawValue, to: .integer(Int64(begin)), in: Self.scope, lifetime: nil)
                } else {
                    try await store.delete(session.rawValue, in: Self.scope)
                }
            } catch {
                logger.warning(
                    "a restart would not know that a conversation is to be remembered",
                    metadata: ["session": "\(session)", "error": "\(error)"])
            }
        }
    }

    /// All that are kept.
    ///
    /// - Throws: what the store throws.
    func all() async throws -> [(session: SessionID, begin: Int)] {
        try await store.entries(in: Self.scope).map {
            (SessionID($0.key), max(0, Int(clamping: $0.value.integer ?? 0)))
        }
    }

    /// Keeps a session, or forgets it (nil), soon. Never waits.
    func set(_ session: SessionID, _ begin: Int?) { writes.add(begin, for: session) }

    /// Returns when all is written, or the log says why not.
    func flush() async { await writes.flush() }
}
