import GRDB
import Synchronization

/// Collects the writes that come while one transaction goes to the disk, and makes the next transaction of them.
///
/// A disk takes about as long for one change as for a hundred, so this is what makes durable writes fast. Each write has
/// a savepoint of its own: one that fails leaves nothing behind and does not touch the others. Callers hear of a write
/// after the commit, in the order of the calls.
final class GroupCommit: Sendable {
    /// Most writes in one transaction: with more, waiting grows and the rate does not.
    static let largestBatch = 256

    /// Tells one caller; nil: the write is on the disk.
    private typealias Answer = @Sendable ((any Error)?) -> Void

    private struct Write: Sendable {
        /// Makes the changes, and returns how to tell the caller once they are committed.
        let run: @Sendable (Database) throws -> Answer
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Write] = []
        var isRunning = false
        var isClosed = false
        /// Who waits for the end.
        var closers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let database: any DatabaseWriter

    init(_ database: any DatabaseWriter) { self.database = database }

    /// Makes changes, and returns when they are on the disk.
    ///
    /// - Throws: What `body` throws, or what SQLite says about the transaction; then nothing is changed.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add(
                Write(
                    run: { database in
                        let value = try body(database)
                        return { error in
                            if let error {
                                continuation.resume(throwing: error)
                            } else {
                                continuation.resume(returning: value)
                            }
                        }
                    }, fail: { continuation.resume(throwing: $0) }))
        }
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

    /// Writes that wait for the transaction after the present one.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func add(_ write: Write) {
        enum Next { case refuse, wait, start }
        let next: Next = state.withLock { state in
            guard !state.isClosed else { return .refuse }
            state.waiting.append(write)
            guard !state.isRunning else { return .wait }
            state.isRunning = true
            return .start
        }
        switch next {
        case .wait: break
        case .refuse: write.fail(DatabaseError(resultCode: .SQLITE_MISUSE, message: "the store is closed"))
        case .start: database.asyncWriteWithoutTransaction { [self] in drain($0) }
        }
    }

    /// Runs on the writing connection's queue, until nothing waits.
    private func drain(_ database: Database) {
        while let batch = nextBatch() { commit(batch, database) }
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

    private func commit(_ batch: [Write], _ database: Database) {
        var answers: [(answer: Answer, error: (any Error)?)] = []
        answers.reserveCapacity(batch.count)
        do {
            try database.beginTransaction(.immediate)
            for write in batch {
                do {
                    answers.append((try run(write, database), nil))
                } catch {
                    // A full disk and the like end the whole transaction, and all that was in it.
                    guard database.isInsideTransaction else { throw error }
                    answers.append(({ write.fail($0 ?? error) }, error))
                }
            }
            try database.commit()
        } catch {
            if database.isInsideTransaction { try? database.rollback() }
            for (answer, earlier) in answers { answer(earlier ?? error) }
            for write in batch.dropFirst(answers.count) { write.fail(error) }
            return
        }
        for (answer, error) in answers { answer(error) }
    }

    private func run(_ write: Write, _ database: Database) throws -> Answer {
        try database.cachedStatement(sql: "SAVEPOINT one").execute()
        do {
            let answer = try write.run(database)
            try database.cachedStatement(sql: "RELEASE one").execute()
            return answer
        } catch {
            if database.isInsideTransaction {
                try database.cachedStatement(sql: "ROLLBACK TO one").execute()
                try database.cachedStatement(sql: "RELEASE one").execute()
            }
            throw error
        }
    }
}
