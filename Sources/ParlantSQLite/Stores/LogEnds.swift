import ParlantCore
import Synchronization

/// Where the logs of sessions end that were written to lately, so that an append does not look for the end.
///
/// Only the writing connection's queue asks and tells. What it is told within a transaction counts at once, for the next
/// write of the same transaction; when changes are taken back, all that the transaction has told is forgotten and looked
/// for again.
final class LogEnds: Sendable {
    /// The last event that was ever there.
    struct End {
        var offset: Int
        var createdAt: Timestamp

        /// Of a log that never had an event.
        static let none = End(offset: -1, createdAt: Timestamp(microseconds: .min))
    }

    private struct State {
        var ends: RecentEntries<SessionID, End>
        /// Told in the transaction that is open.
        var uncommitted: [SessionID] = []
    }

    private let state: Mutex<State>

    /// Ends of at least `limit` sessions and at most twice as many, about 100 bytes each.
    init(limit: Int = 16384) { state = Mutex(State(ends: RecentEntries(limit: limit))) }

    /// Nil: it is not known here.
    func end(of id: SessionID) -> End? { state.withLock { $0.ends.find(id) } }

    func keep(_ end: End, of id: SessionID) {
        state.withLock { state in
            state.ends.keep(end, for: id)
            state.uncommitted.append(id)
        }
    }

    func forget(_ id: SessionID) { state.withLock { $0.ends.forget(id) } }

    func forgetAll() { state.withLock { $0.ends.forgetAll() } }

    /// How the transaction ended, or a part of it.
    func ended(_ end: GroupCommit.End) {
        state.withLock { state in
            if case .rolledBack = end {
                for id in state.uncommitted { state.ends.forget(id) }
            }
            state.uncommitted.removeAll(keepingCapacity: true)
        }
    }
}
