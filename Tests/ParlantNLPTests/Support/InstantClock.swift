import ParlantCore
import Synchronization

/// A clock whose sleeps pass at once and are kept.
final class InstantClock: TimeSource {
    private let state = Mutex<(uptime: Duration, sleeps: [Duration])>((.zero, []))

    var now: Timestamp { Timestamp(microseconds: 0).advanced(by: uptime) }
    var uptime: Duration { state.withLock { $0.uptime } }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.uptime += duration
            state.sleeps.append(duration)
        }
    }

    func advance(by duration: Duration) { state.withLock { $0.uptime += duration } }
}

/// A clock on which short sleeps pass at once, and those never that end with a time limit.
///
/// It stands still otherwise, so that what races against a time limit wins.
final class SkippingClock: TimeSource {
    private static let longest = Duration.seconds(20)
    private let state = Mutex(Duration.zero)

    var now: Timestamp { Timestamp(microseconds: 0).advanced(by: uptime) }
    var uptime: Duration { state.withLock { $0 } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration < Self.longest else { return try await Task.sleep(for: .seconds(3600)) }
        state.withLock { $0 += duration }
    }
}
