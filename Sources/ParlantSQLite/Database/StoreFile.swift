import Dispatch
import GRDB
import Glibc
import ParlantCore
import ParlantStores

/// The database behind all stores: one connection that writes, several that read.
final class StoreFile: Sendable {
    private let database: any DatabaseWriter
    private let writer: GroupCommit
    private let checkpointer: Checkpointer?
    private let lock: FileLock?
    private let place: String
    /// When the file was made; the guest is as old.
    let madeAt: Timestamp
    /// Told by ``GroupCommit`` how transactions end.
    let logEnds = LogEnds()

    private init(
        _ database: any DatabaseWriter, _ checkpointer: Checkpointer?, _ lock: FileLock?, place: String,
        madeAt: Timestamp
    ) {
        self.database = database
        self.checkpointer = checkpointer
        self.lock = lock
        self.place = place
        self.madeAt = madeAt
        writer = GroupCommit(
            database, ended: { [logEnds] in logEnds.ended($0) }, between: { checkpointer?.step($0) })
    }

    /// Opens a file and brings its schema up to date.
    ///
    /// - Parameter patience: Seconds that a write waits while another program has locked the file.
    static func open(_ path: String, now: Timestamp, patience: Double = 5) async throws(SQLiteOpenError) -> StoreFile {
        try await onThread { () throws(SQLiteOpenError) in
            let file = RealPath.of(path)
            let lock = try FileLock(database: file, named: path)
            do {
                try makeFile(file, named: path, patience)
                let pool = try DatabasePool(path: file, configuration: configuration(patience))
                let madeAt = try prepare(pool, now)
                let checkpointer = try Checkpointer(DatabaseQueue(path: file, configuration: configuration(0)))
                pool.writeWithoutTransaction { checkpointer.watch($0) }
                return StoreFile(pool, checkpointer, lock, place: path, madeAt: madeAt)
            } catch {
                lock.release()
                throw SQLiteOpenError(error, path: path)
            }
        }
    }

    /// Makes a database in memory.
    static func inMemory(now: Timestamp) async throws(SQLiteOpenError) -> StoreFile {
        try await onThread { () throws(SQLiteOpenError) in
            do {
                let queue = try DatabaseQueue(configuration: configuration(0))
                let madeAt = try Schema.prepare(queue, now: now)
                return StoreFile(queue, nil, nil, place: "memory", madeAt: madeAt)
            } catch {
                throw SQLiteOpenError(error, path: "memory")
            }
        }
    }

    /// Reads, with what was acknowledged before the call.
    ///
    /// - Throws: What `body` throws; ``StoreError`` for what SQLite does.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            // A closed database in memory does not answer, it stops the program.
            guard !isClosed else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
            return try await withCheckedThrowingContinuation { continuation in
                database.asyncRead { access in
                    continuation.resume(with: Result { try body(access.get()) })
                }
            }
        } catch {
            throw StoreError(error, place: place)
        }
    }

    /// Decodes what was read, after the connection was given back.
    ///
    /// - Throws: ``StoreError`` `damaged`.
    func decode<Item: StoredForm>(_ forms: [String]) throws -> [Item] {
        do {
            return try forms.map { try Item(storedBytes: $0.utf8) }
        } catch {
            throw StoreError(error, place: place)
        }
    }

    /// Writes, alone and as a whole: when `body` throws, nothing of it is left.
    ///
    /// A cancelled task's write happens like any other: a turn that was cancelled still has to say so.
    ///
    /// - Parameters:
    ///   - body: May run twice, if another write that shares the transaction fails; then the changes of the first time
    ///     are gone.
    ///   - committed: Hears of the value after the commit and before the caller does, in the order of the commits. It
    ///     must be quick: all writers wait for it.
    /// - Returns: What `body` returns, when it is on the disk.
    /// - Throws: What `body` throws; ``StoreError`` for what SQLite does.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value,
        committed: @escaping @Sendable (Value) -> Void = { _ in }
    ) async throws -> Value {
        do {
            return try await writer.write(body, committed: committed)
        } catch {
            throw StoreError(error, place: place)
        }
    }

    /// Whether everything is refused.
    var isClosed: Bool { writer.isClosed }

    /// Writes the file anew with what is in it now, and cuts the log of changes to nothing.
    ///
    /// `secure_delete` overwrites what is deleted where it lies, but copies of it stay in the free space of pages that
    /// SQLite has once split: only a file that is written anew has none.
    ///
    /// - Throws: ``StoreError`` `unavailable` while another program reads the file, and when the disk has no room for the
    ///   file a second time.
    /// - Complexity: O(size of the file), while all who write wait.
    func rewrite() async throws {
        let (database, place) = (database, place)
        do {
            try await Self.onThread { () throws(SQLiteOpenError) in
                do {
                    try database.writeWithoutTransaction { access in
                        try access.execute(sql: "VACUUM")
                        let row = try Row.fetchOne(access, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                        // Not 0 when somebody reads what is only in the log.
                        if row?[0] as Int? != 0 { throw DatabaseError(resultCode: .SQLITE_BUSY) }
                    }
                } catch {
                    throw SQLiteOpenError(error, path: place)
                }
            }
        } catch {
            throw StoreError(.unavailable, entity: "store", id: place, message: error.message)
        }
    }

    /// Waits for what has begun, empties the log of changes into the file, and lets go of it.
    func close() async throws {
        guard await writer.close() else { return }
        let (database, checkpointer, lock, place) = (database, checkpointer, lock, place)
        defer { lock?.release() }
        do {
            try await Self.onThread { () throws(SQLiteOpenError) in
                do {
                    try checkpointer?.close()
                    // The connections that read close last, and cannot do it.
                    try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
                    try database.close()
                } catch {
                    throw SQLiteOpenError(error, path: place)
                }
            }
        } catch {
            throw StoreError(.unavailable, entity: "store", id: place, message: error.message)
        }
    }

    private static func configuration(_ patience: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = "parlant-store"
        // Another program may hold the file for a moment: an online backup, a shell.
        configuration.busyMode = .timeout(patience)
        // Rows that belong together are written and removed together, by us.
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            // What is deleted is overwritten, and not only forgotten.
            try database.execute(sql: "PRAGMA secure_delete = ON")
            try database.execute(sql: "PRAGMA cache_size = -16384")
        }
        return configuration
    }

    private static func prepare(_ pool: DatabasePool, _ now: Timestamp) throws -> Timestamp {
        try pool.writeWithoutTransaction { database in
            // Only now: the pool itself sets NORMAL while it opens, which may lose acknowledged writes with the power.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                throw SchemaProblem("SQLite does not take the setting 'synchronous = FULL'")
            }
        }
        return try Schema.prepare(pool, now: now)
    }

    /// Makes the file when it is not there, for its owner alone, and refuses one that is not ours, before anything in it
    /// is changed.
    private static func makeFile(_ file: String, named name: String, _ patience: Double) throws {
        let handle = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw SQLiteOpenError.notWritable(name, leadingTo: file, errno: errno) }
        Glibc.close(handle)
        let queue = try DatabaseQueue(path: file, configuration: configuration(patience))
        try Schema.check(queue)
        try queue.close()
    }

    /// Runs what blocks away from the cooperative pool.
    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(SQLiteOpenError) -> Value
    ) async throws(SQLiteOpenError) -> Value {
        let result: Result<Value, SQLiteOpenError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                do throws(SQLiteOpenError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
