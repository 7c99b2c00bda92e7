import ParlantCore
import Synchronization

/// Sessions that were used lately, so that a message does not cost a look into the file.
///
/// It never shows what is older than an acknowledged write: one process has the file, every write tells the cache in the
/// order of the commits, and a reading that was overtaken by a write is not kept.
final class SessionCache: Sendable {
    private struct State {
        var sessions: RecentEntries<SessionID, Session>
        /// Writes that were told.
        var writes = 0
    }

    private let state: Mutex<State>

    init(limit: Int = 4096) { state = Mutex(State(sessions: RecentEntries(limit: limit))) }

    /// The session, if it is at hand. O(1).
    func find(_ id: SessionID) -> Session? { state.withLock { $0.sessions.find(id) } }

    /// What a reading that begins now hands to ``keep(_:since:)``.
    var mark: Int { state.withLock { $0.writes } }

    /// Keeps what was read, unless there was a write since the reading began.
    func keep(_ session: Session, since mark: Int) {
        state.withLock { state in
            if state.writes == mark { state.sessions.keep(session, for: session.id) }
        }
    }

    /// Keeps what was written. Called after each commit, in their order.
    func wrote(_ session: Session) {
        state.withLock { state in
            state.writes += 1
            state.sessions.keep(session, for: session.id)
        }
    }

    /// Forgets what was removed. Called as ``wrote(_:)`` is.
    func removed(_ ids: [SessionID]) {
        state.withLock { state in
            state.writes += 1
            for id in ids { state.sessions.forget(id) }
        }
    }
}
