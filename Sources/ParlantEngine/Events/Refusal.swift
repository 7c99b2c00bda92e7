import Synchronization

/// Carries the reason why a requested turn did not run to the task that waits for it.
final class Refusal: Sendable {
    private let error = Mutex<EngineError?>(nil)

    /// The reason, once there is one.
    var reason: EngineError? { error.withLock { $0 } }

    func set(_ reason: EngineError) { error.withLock { $0 = reason } }
}
