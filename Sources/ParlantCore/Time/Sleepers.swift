import Synchronization

/// Tasks that wait for moments of the continuous clock.
///
/// `Task.sleep` keeps some 800 bytes of a sleep that was cancelled until it would have been over. A server cancels nearly
/// all time-outs that it sets, so what it holds would grow with their length: 24 MB at a thousand calls a second and 30
/// seconds each. Here a cancelled sleep is forgotten at once; `Task.sleep` only keeps the alarm for the next who wakes.
final class Sleepers: Sendable {
    private let origin = ContinuousClock.now
    private let queue = Mutex(WakeupQueue<CheckedContinuation<Void, any Error>>())

    /// Number of tasks that wait.
    var count: Int { queue.withLock { $0.count } }

    /// Time since these sleepers were made.
    var uptime: Duration { origin.duration(to: ContinuousClock.now) }

    /// Waits at least as long.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws {
        let moment = uptime + duration
        let number = queue.withLock { $0.nextNumber() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isCancelled, alarm) = queue.withLock { queue -> (Bool, Duration?) in
                    // The handler of a cancellation that came before found nothing to resume.
                    if Task.isCancelled { return (true, nil) }
                    return (false, queue.add(continuation, number, until: moment))
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                if let alarm { set(alarm) }
            }
        } onCancel: {
            let continuation = queue.withLock { $0.remove(number) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    /// In a task of nobody: the alarm must not end with the sleeper for whom it is set, nor keep its task-local values.
    private func set(_ alarm: Duration) {
        Task.detached { [self] in
            try? await Task.sleep(until: origin + alarm, clock: .continuous)
            ring(alarm)
        }
    }

    private func ring(_ alarm: Duration) {
        let (due, next) = queue.withLock { $0.ring(alarm, at: uptime) }
        for continuation in due { continuation.resume() }
        if let next { set(next) }
    }
}
