import DequeModule
import Dispatch
import Foundation
import ParlantCore
import Synchronization

/// Threads for calls that block, so that none of them holds up the tasks of the server.
///
/// Calls wait in a queue of bounded length and for a bounded time. One that has begun runs to its end, whether or not
/// anybody still waits for it; one that has not is dropped when its task is cancelled.
final class BlockingThreads: Sendable {
    private struct Job {
        var number: UInt64
        var latest: Duration
        var run: @Sendable () -> Void
        var drop: @Sendable (any Error) -> Void
    }

    private struct State {
        var queue: Deque<Job> = []
        var lastNumber: UInt64 = 0
        var isClosed = false
        var running: Int
        /// Woken when the last thread has ended.
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let signal = DispatchSemaphore(value: 0)
    private let clock: any TimeSource
    private let limit: Int
    private let patience: Duration

    /// Starts threads.
    ///
    /// - Parameters:
    ///   - limit: Calls that may wait.
    ///   - patience: How long a call may wait for its thread.
    init(count: Int, name: String, limit: Int = 10_000, patience: Duration = .seconds(20), clock: any TimeSource) {
        state = Mutex(State(running: count))
        self.clock = clock
        self.limit = limit
        self.patience = patience
        for number in 0..<count {
            let thread = Thread { [self] in work() }
            thread.name = "\(name)-\(number)"
            thread.start()
        }
    }

    /// Runs `body` on one of the threads.
    ///
    /// - Throws: What `body` throws; ``MongoError`` `closed` or `timedOut`, or `CancellationError`: then it did not run.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(
                    Job(
                        number: number, latest: clock.uptime + patience,
                        run: { continuation.resume(with: Result(catching: body)) },
                        drop: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            let job = state.withLock { state -> Job? in
                guard let index = state.queue.firstIndex(where: { $0.number == number }) else {
                    return nil
                }
                return state.queue.remove(at: index)
            }
            job?.drop(CancellationError())
        }
    }

    /// Lets the calls that wait finish, ends the threads, and returns then. Later calls throw `closed`.
    func close() async {
        await withCheckedContinuation { continuation in
            let running = state.withLock { state in
                state.isClosed = true
                if state.running > 0 { state.closers.append(continuation) }
                return state.running
            }
            if running == 0 { continuation.resume() }
            for _ in 0..<running { signal.signal() }
        }
    }

    private func add(_ job: Job) {
        let refusal: (any Error)? = state.withLock { state in
            if Task.isCancelled { return CancellationError() }
            if state.isClosed { return MongoError(.closed, "no more calls") }
            guard state.queue.count < limit else {
                return MongoError(.timedOut, "\(limit) calls wait already")
            }
            state.queue.append(job)
            return nil
        }
        if let refusal { job.drop(refusal) } else { signal.signal() }
    }

    private func work() {
        while true {
            signal.wait()
            let (job, isClosed) = state.withLock { ($0.queue.popFirst(), $0.isClosed) }
            if let job {
                if clock.uptime > job.latest {
                    job.drop(MongoError(.timedOut, "the call waited for a connection for longer than \(patience)"))
                } else {
                    job.run()
                }
            } else if isClosed {
                return end()
            }
        }
    }

    private func end() {
        let closers: [CheckedContinuation<Void, Never>] = state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return [] }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
