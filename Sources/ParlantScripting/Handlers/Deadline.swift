import LuaRuntime
import ParlantCore

/// A handler took longer than it may, waiting included.
struct DeadlineError: Error, Sendable {
    var limit: Duration
}

/// When a handler must have ended. The time that it computes has a limit of its own, so only its waits are watched: a
/// handler that waits for nothing costs no timer and no task.
struct Deadline: Sendable {
    /// How long the handler may take in all.
    var limit: Duration
    /// The clock's uptime at which that is over.
    private var end: Duration
    private let clock: any TimeSource
    private let retirement: Retirement?

    /// A deadline that begins to run now.
    ///
    /// - Parameter retirement: Ends the waits before, when the handler's generation has to go.
    init(_ limit: Duration, on clock: any TimeSource, unless retirement: Retirement? = nil) {
        self.limit = limit
        self.clock = clock
        self.retirement = retirement
        end = clock.uptime + limit
    }

    /// Throws when the time is over.
    func check() throws {
        try retirement?.check()
        guard clock.uptime < end else { throw DeadlineError(limit: limit) }
    }

    /// Runs `body`, and cancels it when the time is over.
    ///
    /// - Throws: ``DeadlineError`` then; ``GenerationRetired`` when the generation has to go; `CancellationError` when the caller is cancelled; else what `body` throws.
    ///   When this returns, `body` has ended.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try check()
        let left = end - clock.uptime
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask { [clock] in
                try await clock.sleep(for: left)
                return nil
            }
            if let retirement {
                group.addTask {
                    try await retirement.wait()
                    return nil
                }
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            guard let value = first else { throw DeadlineError(limit: limit) }
            return value
        }
    }
}

extension HostFunction {
    /// A suspending function of a handler: its wait ends with the handler's deadline, and then the whole call ends, so
    /// that no `pcall` of the script goes on.
    static func waiting(
        _ name: String, _ body: @escaping @Sendable (HostCall) async throws -> [LuaValue]
    ) -> HostFunction {
        .suspending(name) { call in
            let deadline = try CallScope.of(call, "ctx").deadline
            do {
                return try await deadline.run { try await body(call) }
            } catch let error as DeadlineError {
                throw HostAbort(error)
            } catch let error as GenerationRetired {
                throw HostAbort(error)
            }
        }
    }
}
