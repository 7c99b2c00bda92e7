import GRDB
import GRDBSQLite
import Synchronization

/// Empties SQLite's log of changes into the file, so that the log is used again from its beginning and stays short.
///
/// By itself SQLite does it in the commit that makes the log long, and everybody waits for it. Here a connection of its
/// own copies most of it while writes go on. What they add meanwhile is little; that the writing connection copies between
/// two transactions, because a log that grows all the time is never empty.
final class Checkpointer: Sendable {
    /// Pages of 4 KB in the log at which it is emptied. A page that is changed often is copied once for all of them.
    static let startingAt = 4096

    private enum Step { case resting, copying, finishing }

    private struct State {
        var step = Step.resting
        /// In the log after the last commit.
        var pages = 0
        /// At how many it begins; more than usual after it could not be emptied.
        var start = Checkpointer.startingAt

        /// The file could not be written. Nothing is lost: the log has it all, grows meanwhile, and is tried again once it
        /// is that much longer. When there is no room for the log either, writes say so.
        mutating func restAfterFailure() {
            step = .resting
            start = pages + Checkpointer.startingAt
        }
    }

    private let state = Mutex(State())
    private let connection: DatabaseQueue

    /// - Parameter connection: One that nobody else uses, to the same file.
    init(_ connection: DatabaseQueue) throws {
        self.connection = connection
        // The log is only used again once the file has what was in it, also when the power goes.
        try connection.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    }

    /// Takes the place of what SQLite does by itself after each commit of this connection, which it must outlive.
    func watch(_ writer: Database) {
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                let checkpointer = Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue()
                checkpointer.state.withLock { $0.pages = Int(pages) }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Does what there is to do between two transactions of the writing connection.
    func step(_ writer: Database) {
        let begins = state.withLock { state in
            guard state.step == .resting, state.pages >= state.start else { return false }
            state.step = .copying
            return true
        }
        if begins {
            copy()
        } else if state.withLock({ $0.step == .finishing }) {
            finish(writer)
        }
    }

    /// Lets go of the file, when what has begun is done.
    func close() throws { try connection.close() }

    private func copy() {
        connection.asyncWriteWithoutTransaction { [self] database in
            let result = Result { try database.checkpoint(.passive).checkpointedFrameCount }
            state.withLock { state in
                switch result {
                case .success(let copied):
                    state.step = copied < state.pages ? .finishing : .resting
                    state.start = Self.startingAt
                case .failure: state.restAfterFailure()
                }
            }
        }
    }

    private func finish(_ writer: Database) {
        let result = Result { try writer.checkpoint(.passive) }
        state.withLock { state in
            switch result {
            case .success(let (pages, copied)):
                state.step = .resting
                // A reader may need pages in the log that are older than those in the file.
                state.start = Self.startingAt + (copied < pages ? pages : 0)
            case .failure: state.restAfterFailure()
            }
        }
    }
}
