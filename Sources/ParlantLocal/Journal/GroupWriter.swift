import Dispatch
import ParlantCore
import Synchronization

/// Collects the writes that come while one group goes to the disk, and makes the next group of them.
///
/// A disk takes about as long for one change as for a hundred, so this is what makes durable writes fast. Writes run one
/// after the other, each on what those before it have staged; all of a group are published together when they are on the
/// disk. One that fails leaves nothing behind and does not touch the others. Callers hear of a write after it is durable
/// and visible, in the order of the calls.
final class GroupWriter: Sendable {
    /// Most writes in one group: with more, waiting grows and the rate does not.
    static let largestGroup = 256
    /// Part of a group's time for which the next one waits for company.
    private static let waitedShare = 8
    private static let longestWait = Duration.milliseconds(2)

    /// Tells one caller; nil: the write is on the disk.
    private typealias Answer = @Sendable ((any Error)?) -> Void

    private struct Write: Sendable {
        /// Decides what changes, and returns how to tell the caller.
        let run: @Sendable (inout Changes) throws -> Answer
        let fail: Answer
    }

    private struct State {
        var waiting: [Write] = []
        /// What runs between two groups.
        var jobs: [@Sendable () -> Void] = []
        var isRunning = false
        var isClosed = false
        /// The writer sleeps until so many wait; nil: it does not.
        var awaited: Int?
        var closers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Raised once for each ``State/awaited`` that was reached.
    private let company = DispatchSemaphore(value: 0)
    private let queue = DispatchQueue(label: "parlant.local.writer")
    private let journal: Journal
    private let sections: [any Section]
    /// Hears, on the writer's thread, that a group was written: the bytes in the journal.
    private let wrote: @Sendable (_ length: Int, _ writer: GroupWriter) -> Void

    init(_ journal: Journal, _ sections: [any Section], wrote: @escaping @Sendable (Int, GroupWriter) -> Void) {
        self.journal = journal
        self.sections = sections
        self.wrote = wrote
    }

    /// Whether writes are refused.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Makes changes, and returns when they are on the disk and visible.
    ///
    /// A cancelled task's write happens like any other: a turn that was cancelled still has to say so.
    ///
    /// - Parameter body: Decides on the writer's thread what changes. When it throws, nothing does.
    /// - Throws: What `body` throws; ``DiskError``; ``Closed``.
    func write<Value: Sendable>(_ body: @escaping @Sendable (inout Changes) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let write = Write(
                run: { changes in
                    let value = try body(&changes)
                    return { error in
                        if let error {
                            continuation.resume(throwing: error)
                        } else {
                            continuation.resume(returning: value)
                        }
                    }
                },
                fail: { continuation.resume(throwing: $0 ?? Closed()) })
            if !add({ $0.waiting.append(write) }) { write.fail(nil) }
        }
    }

    /// Runs something on the writer's thread, between two groups.
    ///
    /// - Throws: ``Closed``; what `job` throws.
    func between<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let isAdded = add { state in
                state.jobs.append { continuation.resume(with: Result(catching: job)) }
            }
            if !isAdded { continuation.resume(throwing: Closed()) }
        }
    }

    /// Runs something on the writer's thread, between two groups. Blocks: not for Swift's cooperative pool.
    ///
    /// - Throws: ``Closed``; what `job` throws.
    func waitBetween<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Value, any Error>>(.failure(Closed()))
        let isAdded = add { state in
            state.jobs.append {
                let outcome = Result(catching: job)
                result.withLock { $0 = outcome }
                done.signal()
            }
        }
        if isAdded { done.wait() }
        return try result.withLock { $0 }.get()
    }

    /// Refuses writes from now on, and returns when all earlier ones are answered.
    ///
    /// - Returns: False when it was closed already.
    func close() async -> Bool {
        await withCheckedContinuation { continuation in
            let (isFirst, isIdle) = state.withLock { state in
                let isFirst = !state.isClosed
                state.isClosed = true
                if state.isRunning { state.closers.append { continuation.resume(returning: isFirst) } }
                return (isFirst, !state.isRunning)
            }
            if isIdle { continuation.resume(returning: isFirst) }
        }
    }

    /// The store was closed.
    struct Closed: Error {}

    /// - Returns: False when it is closed.
    private func add(_ change: (inout State) -> Void) -> Bool {
        enum Next { case refuse, wait, wake, start }
        let next: Next = state.withLock { state in
            guard !state.isClosed else { return .refuse }
            change(&state)
            guard state.isRunning else {
                state.isRunning = true
                return .start
            }
            guard let awaited = state.awaited, state.waiting.count >= awaited || !state.jobs.isEmpty else {
                return .wait
            }
            state.awaited = nil
            return .wake
        }
        switch next {
        case .wait: break
        case .wake: company.signal()
        case .start: queue.async { self.drain() }
        case .refuse: return false
        }
        return true
    }

    /// Runs on the writer's thread until nothing waits.
    private func drain() {
        let clock = ContinuousClock()
        while let (group, jobs) = next() {
            for job in jobs { job() }
            guard !group.isEmpty else { continue }
            let time = clock.measure { commit(group) }
            waitForCompany(group.count, atMost: min(time / Self.waitedShare, Self.longestWait))
        }
        let closers = state.withLock { state in
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer() }
    }

    private func next() -> (group: [Write], jobs: [@Sendable () -> Void])? {
        state.withLock { state in
            guard !state.waiting.isEmpty || !state.jobs.isEmpty else {
                state.isRunning = false
                return nil
            }
            let group = Array(state.waiting.prefix(Self.largestGroup))
            state.waiting.removeFirst(group.count)
            let jobs = state.jobs
            state.jobs = []
            return (group, jobs)
        }
    }

    /// Sleeps until so many wait, or for this long.
    private func waitForCompany(_ count: Int, atMost time: Duration) {
        let sleeps = state.withLock { state in
            guard state.waiting.count < count, state.jobs.isEmpty, !state.isClosed else { return false }
            state.awaited = count
            return true
        }
        guard sleeps else { return }
        let end = DispatchTime.now() + .nanoseconds(Int(time / .nanoseconds(1)))
        guard company.wait(timeout: end) == .timedOut else { return }
        let wasReached = state.withLock { state in
            defer { state.awaited = nil }
            return state.awaited == nil
        }
        // Reached at the last moment: the signal is on its way, and is not for the next sleep.
        if wasReached { company.wait() }
    }

    private func commit(_ group: [Write]) {
        var answers: [(answer: Answer, error: (any Error)?)] = []
        answers.reserveCapacity(group.count)
        var lines: [[any Change]] = []
        for write in group {
            var changes = Changes()
            do {
                let answer = try write.run(&changes)
                for change in changes.list { change.stage() }
                if !changes.list.isEmpty { lines.append(changes.list) }
                answers.append((answer, nil))
            } catch {
                // What it was refused for may be gone when the group fails.
                answers.append(({ write.fail($0 ?? error) }, error))
            }
        }
        do {
            if !lines.isEmpty {
                try journal.append(lines)
                for section in sections { section.publish() }
                wrote(journal.length, self)
            }
        } catch {
            for section in sections { section.discard() }
            for (answer, _) in answers { answer(error) }
            return
        }
        for (answer, error) in answers { answer(error) }
    }
}
