import Dispatch
import GRDB
import Synchronization

/// Collects the writes that come while one transaction goes to the disk, and makes the next transaction of them.
///
/// A disk takes about as long for one change as for a hundred, so this is what makes durable writes fast. Callers that
/// have just heard of their write often bring the next one: the next transaction waits for as many as the last one had,
/// but only for a fraction of the time that the last one took, so that it is never much later for it.
///
/// One that fails leaves nothing behind and does not touch the others. That is seldom and savepoints are dear, so they
/// are only there when one is needed: when a write fails after it has changed something, the transaction begins anew,
/// with a savepoint for each write. Callers hear of a write after the commit, in the order of the calls.
final class GroupCommit: Sendable {
    /// Most writes in one transaction: with more, waiting grows and the rate does not.
    static let largestBatch = 256

    /// Longest part of a transaction's time that the next one waits for company.
    private static let waitedShare = 8
    private static let longestWait = Duration.milliseconds(2)

    /// Tells one caller; nil: the write is on the disk.
    private typealias Answer = @Sendable ((any Error)?) -> Void

    /// What became of one write: how to tell its caller, and why it failed.
    private typealias Outcome = (answer: Answer, error: (any Error)?)

    private struct Write: Sendable {
        /// Makes the changes, and returns how to tell the caller once they are committed.
        let run: @Sendable (Database) throws -> Answer
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Write] = []
        var isRunning = false
        var isClosed = false
        /// The writer sleeps until so many wait; nil: it does not.
        var awaited: Int?
        /// Who waits for the end.
        var closers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Raised once for each ``State/awaited`` that was reached.
    private let company = DispatchSemaphore(value: 0)
    private let database: any DatabaseWriter
    private let longestRun: Int
    private let ended: @Sendable (End) -> Void
    private let between: @Sendable (Database) -> Void

    /// How a transaction ended, or a part of it.
    enum End { case committed, rolledBack }

    /// - Parameters:
    ///   - longestRun: Transactions after which others get the writing connection who wait for it, such as who
    ///     overwrites what was deleted.
    ///   - ended: Hears on the writing connection's queue of each commit before the callers do, and of each time that
    ///     changes were taken back.
    ///   - between: Runs there after the callers of a transaction were told, before the next one begins.
    init(
        _ database: any DatabaseWriter, longestRun: Int = 64, ended: @escaping @Sendable (End) -> Void = { _ in },
        between: @escaping @Sendable (Database) -> Void = { _ in }
    ) {
        self.database = database
        self.longestRun = longestRun
        self.ended = ended
        self.between = between
    }

    /// Makes changes, and returns when they are on the disk.
    ///
    /// - Parameters:
    ///   - body: May run twice, if another write of its transaction fails; then the changes of the first time are gone.
    ///   - committed: Hears of the value after the commit and before the caller does, in the order of the commits. It
    ///     must be quick: all writers wait for it.
    /// - Throws: What `body` throws, or what SQLite says about the transaction; then nothing is changed.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value,
        committed: @escaping @Sendable (Value) -> Void = { _ in }
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add(
                Write(
                    run: { database in
                        let value = try body(database)
                        return { error in
                            if let error {
                                continuation.resume(throwing: error)
                            } else {
                                committed(value)
                                continuation.resume(returning: value)
                            }
                        }
                    }, fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Whether writes are refused.
    var isClosed: Bool { state.withLock { $0.isClosed } }

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

    /// Writes that wait for the transaction after the present one.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func add(_ write: Write) {
        enum Next { case refuse, wait, wake, start }
        let next: Next = state.withLock { state in
            guard !state.isClosed else { return .refuse }
            state.waiting.append(write)
            guard state.isRunning else {
                state.isRunning = true
                return .start
            }
            guard let awaited = state.awaited, state.waiting.count >= awaited else { return .wait }
            state.awaited = nil
            return .wake
        }
        switch next {
        case .wait: break
        case .wake: company.signal()
        case .refuse: write.fail(DatabaseError(resultCode: .SQLITE_MISUSE, message: "the store is closed"))
        case .start: start()
        }
    }

    private func start() { database.asyncWriteWithoutTransaction { [self] in drain($0) } }

    /// Runs on the writing connection's queue, until nothing waits or others have their turn.
    private func drain(_ database: Database) {
        let clock = ContinuousClock()
        for _ in 0..<longestRun {
            guard let batch = nextBatch() else { return finish() }
            let time = clock.measure { commit(batch, database) }
            between(database)
            waitForCompany(batch.count, atMost: min(time / Self.waitedShare, Self.longestWait))
        }
        start()
    }

    /// Tells those who wait for the end.
    private func finish() {
        let closers = state.withLock { state in
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer() }
    }

    private func nextBatch() -> [Write]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isRunning = false
                return nil
            }
            let batch = Array(state.waiting.prefix(Self.largestBatch))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    /// Sleeps until so many wait, or for this long.
    private func waitForCompany(_ count: Int, atMost time: Duration) {
        let sleeps = state.withLock { state in
            guard state.waiting.count < count, !state.isClosed else { return false }
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

    private func commit(_ batch: [Write], _ database: Database) {
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(batch.count)
        do {
            try database.beginTransaction(.immediate)
            if try !runTogether(batch, database, &outcomes) {
                try database.rollback()
                ended(.rolledBack)
                outcomes.removeAll(keepingCapacity: true)
                try database.beginTransaction(.immediate)
                for write in batch { outcomes.append(try runApart(write, database)) }
            }
            try database.commit()
        } catch {
            if database.isInsideTransaction { try? database.rollback() }
            ended(.rolledBack)
            for outcome in outcomes { outcome.answer(outcome.error ?? error) }
            for write in batch.dropFirst(outcomes.count) { write.fail(error) }
            return
        }
        ended(.committed)
        for outcome in outcomes { outcome.answer(outcome.error) }
    }

    /// Makes the changes of all.
    ///
    /// - Returns: False when one failed and left something behind.
    private func runTogether(_ batch: [Write], _ database: Database, _ outcomes: inout [Outcome]) throws -> Bool {
        for write in batch {
            let changes = database.totalChangesCount
            do {
                outcomes.append((try write.run(database), nil))
            } catch {
                // A full disk and the like end the whole transaction, and all that was in it.
                guard database.isInsideTransaction else { throw error }
                guard database.totalChangesCount == changes else { return false }
                outcomes.append(({ write.fail($0 ?? error) }, error))
            }
        }
        return true
    }

    /// Makes the changes of one, or takes them back.
    private func runApart(_ write: Write, _ database: Database) throws -> Outcome {
        try database.execute(sql: "SAVEPOINT one")
        do {
            let answer = try write.run(database)
            try database.execute(sql: "RELEASE one")
            return (answer, nil)
        } catch {
            guard database.isInsideTransaction else { throw error }
            try database.execute(sql: "ROLLBACK TO one")
            try database.execute(sql: "RELEASE one")
            ended(.rolledBack)
            return ({ write.fail($0 ?? error) }, error)
        }
    }
}
