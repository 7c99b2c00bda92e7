import ParlantCore
import Synchronization

/// What the last call met, and whether the next one has a chance.
///
/// A call looks for a server for some seconds. What one has found out in vain, those that wait for its thread and the
/// rest of what its task wanted to do need not find out again, so that an outage does not make them queue for minutes.
final class Reach: Sendable {
    /// How long calls fail at once after one has found no server. Shorter than anybody notices when it is back.
    private static let rest = Duration.milliseconds(250)

    private struct State {
        var failure: MongoError?
        var since = Duration.zero
    }

    private let state = Mutex(State())

    /// Words of the last call's failure; nil when the server answered.
    var problem: String? { state.withLock { $0.failure?.message } }

    /// Makes a call, and remembers what it met.
    ///
    /// - Throws: What `body` throws, or what a call has met a moment ago.
    func observe<Value>(_ clock: any TimeSource, _ body: () throws -> Value) throws -> Value {
        let known = state.withLock { $0 }
        if let failure = known.failure, failure.foundNoServer, clock.uptime - known.since < Self.rest { throw failure }
        do {
            let value = try body()
            state.withLock { $0.failure = nil }
            return value
        } catch let error as MongoError {
            let isAnswer = !error.isTransient && error.code != .refused
            state.withLock { $0 = State(failure: isAnswer ? nil : error, since: clock.uptime) }
            throw error
        }
    }
}
