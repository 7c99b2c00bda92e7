import ParlantCore
import Synchronization

/// The last place of a session's log that was ever used.
struct LogEnd: Sendable {
    var offset: Int
    var moment: Timestamp
}

/// What this node knows of the ends of logs: a hint, as another node may have appended since. At most ``limit`` sessions
/// are known.
final class LogEnds: Sendable {
    static let limit = 10_000

    private let known = Mutex<[SessionID: LogEnd]>([:])

    func end(of session: SessionID) -> LogEnd? { known.withLock { $0[session] } }

    func set(_ end: LogEnd?, of session: SessionID) {
        known.withLock { known in
            if known.count >= Self.limit, known[session] == nil { known = [:] }
            known[session] = end
        }
    }
}
