import Glibc

/// The only clock that our code reads and waits on. Injected, so that tests own the time.
public protocol TimeSource: Sendable {
    /// The present moment in UTC. May jump when the system's clock is set.
    var now: Timestamp { get }
    /// A monotonic reading for measuring and time-outs; its origin has no meaning.
    var uptime: Duration { get }
    /// Waits at least `duration` on the monotonic clock.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's clocks.
public struct SystemTimeSource: TimeSource {
    /// Of the whole process, so that all copies show the same uptime.
    private static let sleepers = Sleepers()

    public init() {}

    public var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    public var uptime: Duration { Self.sleepers.uptime }

    public func sleep(for duration: Duration) async throws {
        try await Self.sleepers.sleep(for: duration)
    }
}
