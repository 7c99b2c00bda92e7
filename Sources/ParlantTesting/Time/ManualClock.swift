public import ParlantCore
import Synchronization

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = ManualClock()
/// async let woken: Void = clock.sleep(for: .seconds(60))
/// await clock.waitForSleepers(1)
/// clock.advance(by: .seconds(60))
/// try await woken
/// ```
///
/// Sleepers wake in the order of their deadlines, and those with the same deadline in the order in which they went
/// to sleep. ``now`` and ``uptime`` move together.
public final class ManualClock: TimeSource {
    private struct Sleeper {
        var deadline: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var uptime: Duration = .zero
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        /// Those who wait for a number of sleepers that is reached now.
        mutating func satisfiedObservers() -> [CheckedContinuation<Void, Never>] {
            let satisfied = observers.filter { $0.count <= sleepers.count }.map(\.continuation)
            observers.removeAll { $0.count <= sleepers.count }
            return satisfied
        }
    }

    private let origin: Timestamp
    private let state = Mutex(State())

    /// A clock that stands at `start`; the default is a Saturday morning in 2026.
    public init(start: Timestamp = Timestamp(microseconds: 1_795_250_000_000_000)) { origin = start }

    public var uptime: Duration { state.withLock { $0.uptime } }

    public var now: Timestamp { origin.advanced(by: uptime) }

    /// Number of tasks that sleep on this clock now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// The ``uptime`` at which the next sleeper wakes; nil while nobody sleeps.
    public var nextDeadline: Duration? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    /// Moves the time and wakes all whose deadline it reaches.
    ///
    /// Returns when they are resumed, not when they have run. What they start to wait for then counts from the new
    /// time: to see a task sleep several times, advance in several steps.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.uptime += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.uptime }
            for id in due.keys { state.sleepers.removeValue(forKey: id) }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns as soon as at least `count` tasks sleep on this clock.
    public func waitForSleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let satisfied = state.withLock { state in
                state.observers.append((count, continuation))
                return state.satisfiedObservers()
            }
            for continuation in satisfied { continuation.resume() }
        }
    }

    /// Waits until the clock has been advanced by `duration`; at once for zero or less.
    public func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let satisfied = state.withLock { state in
                    state.sleepers[id] = Sleeper(deadline: state.uptime + duration, continuation: continuation)
                    return state.satisfiedObservers()
                }
                for continuation in satisfied { continuation.resume() }
                // The cancellation may have come before there was a sleeper to wake.
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: Int) {
        state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
    }
}
