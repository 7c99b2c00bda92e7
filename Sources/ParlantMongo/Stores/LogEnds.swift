import ParlantCore
import Synchronization

/// The last place of a session's log that was ever used.
struct LogEnd: Sendable {
    var offset: Int
    var moment: Timestamp
}

/// What this node knows of the ends of logs, and whose turn it is to append to each.
///
/// Knowledge is a hint: another node may have appended since. At most ``limit`` sessions are known.
final class LogEnds: Sendable {
    static let limit = 10_000

    private struct State {
        var known: [SessionID: LogEnd] = [:]
        /// Who waits until the one before has appended; there is an entry while somebody appends.
        var queues: [SessionID: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    func end(of session: SessionID) -> LogEnd? { state.withLock { $0.known[session] } }

    func set(_ end: LogEnd?, of session: SessionID) {
        state.withLock { state in
            if state.known.count >= Self.limit, state.known[session] == nil { state.known = [:] }
            state.known[session] = end
        }
    }

    /// Runs `body` when all who came before have finished, for one session.
    func exclusively<Value: Sendable>(
        _ session: SessionID, _ body: () async throws -> Value
    ) async throws -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.queues[session] != nil else {
                    state.queues[session] = []
                    return true
                }
                state.queues[session]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { pass(session) }
        return try await body()
    }

    private func pass(_ session: SessionID) {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.queues[session]?.isEmpty == false else {
                state.queues[session] = nil
                return nil
            }
            return state.queues[session]?.removeFirst()
        }
        next?.resume()
    }
}
