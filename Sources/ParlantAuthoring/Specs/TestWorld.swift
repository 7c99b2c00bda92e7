import ParlantCore
import ParlantTesting
import Synchronization

/// The clock, the network and the log of one conversation of a test. Agents are loaded once for all tests; what their
/// functions reach is the world of the conversation on whose account they run.
final class TestWorld: Sendable {
    /// The world of the code that runs; set around each step of a test and inherited by the turns that it starts.
    @TaskLocal static var current: TestWorld?

    let clock: ManualClock
    let routes = FakeRoutes()
    private let defects = Mutex<[String]>([])

    init(now: Timestamp?) { clock = now.map { ManualClock(start: $0) } ?? ManualClock() }

    /// Notes that something broke which must not, for ``takeDefects()``.
    func note(_ defect: String) { defects.withLock { $0.append(defect) } }

    /// What broke since the last time.
    func takeDefects() -> [String] {
        defects.withLock { defects in
            defer { defects = [] }
            return defects
        }
    }
}

/// The time of the conversation. It stands still: deadlines pass only when a test says so.
struct TestClock: TimeSource {
    private let system = SystemTimeSource()

    var now: Timestamp { TestWorld.current?.clock.now ?? system.now }
    var uptime: Duration { TestWorld.current?.clock.uptime ?? system.uptime }

    func sleep(for duration: Duration) async throws {
        guard let clock = TestWorld.current?.clock else { return try await system.sleep(for: duration) }
        try await clock.sleep(for: duration)
    }
}

/// The time of the conversation for functions of scripts: whoever waits moves it, so that no test waits.
struct SkippingClock: TimeSource {
    private let still = TestClock()

    var now: Timestamp { still.now }
    var uptime: Duration { still.uptime }

    func sleep(for duration: Duration) async throws {
        guard let clock = TestWorld.current?.clock else { return try await still.sleep(for: duration) }
        try Task.checkCancellation()
        clock.advance(by: duration)
        await Task.yield()
    }
}

/// The network of the conversation: the routes that its test has, and nothing else.
struct TestTransport: HTTPTransport {
    func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        guard let world = TestWorld.current else {
            throw HTTPTransportError(.notAllowed, "there is no network in tests")
        }
        return try await world.routes.exchange(request, on: world.clock)
    }
}
