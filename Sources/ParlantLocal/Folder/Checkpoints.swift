import Logging
import ParlantCore
import Synchronization

/// Brings the files up to date with the journal, behind the back of the writers, and begins the journal anew.
///
/// It is time for that when the journal is longer than a limit that grows with the files, so that the cost of a write
/// does not; and when nobody has written for a while. A checkpoint that fails loses nothing: the journal stays, and the
/// next one does it all. The order of its steps is such that a crash between any two of them loses nothing either.
///
/// A session whose file is damaged does not keep it from the others: what its file does not have is written into the
/// new journal, so that the old ones can go.
final class Checkpoints: Sendable {
    /// Shortest journal for which it is worth it while writes go on.
    static let leastBytes = 8 << 20
    /// How long nobody has written.
    static let quiet = Duration.seconds(5)

    private struct State {
        var isRunning = false
        /// Length of the journal at which one begins.
        var due = leastBytes
        /// Counts the groups that were written.
        var groups = 0
        /// Waits for a while without writes.
        var waiter: Task<Void, Never>?
        var isClosed = false
        /// A sync failed: the disk may have lost what it took, and only the journal has it for sure.
        var isHalted = false
        /// Damaged files of which the log knows.
        var damages: Set<String> = []
    }

    private let state = Mutex(State())
    private let disk: any Disk
    private let journal: Journal
    private let contents: Contents
    private let threads: BlockingQueue
    private let clock: any TimeSource
    private let logger: Logger

    init(
        _ disk: any Disk, _ journal: Journal, _ contents: Contents, _ threads: BlockingQueue, _ clock: any TimeSource,
        _ logger: Logger
    ) {
        self.disk = disk
        self.journal = journal
        self.contents = contents
        self.threads = threads
        self.clock = clock
        self.logger = logger
    }

    /// Hears of each group, on the writer's thread.
    func wrote(_ length: Int, _ writer: GroupWriter) {
        let isDue = state.withLock { state in
            state.groups += 1
            guard !state.isClosed else { return false }
            if state.waiter == nil { state.waiter = Task { await self.waitForQuiet(writer) } }
            guard length >= state.due, !state.isRunning else { return false }
            state.isRunning = true
            return true
        }
        if isDue { Task { await self.run(writer) } }
    }

    private func waitForQuiet(_ writer: GroupWriter) async {
        while true {
            let before = state.withLock { $0.groups }
            // Cancelled when the store closes, which makes a checkpoint of its own.
            guard (try? await clock.sleep(for: Self.quiet)) != nil else { return }
            let isQuiet = state.withLock { state in
                guard state.groups == before else { return false }
                state.waiter = nil
                return true
            }
            if isQuiet { break }
        }
        let begins = state.withLock { state in
            guard !state.isRunning, !state.isClosed else { return false }
            state.isRunning = true
            return true
        }
        if begins { await run(writer) }
    }

    private func run(_ writer: GroupWriter) async {
        do {
            let complete = try await writer.between { [journal] in try journal.rotate() }
            let carried = try await threads.run { try self.save(upTo: complete, writer) }
            state.withLock { $0.due = carried + max(Self.leastBytes, self.contents.bytes / 2) }
        } catch is GroupWriter.Closed {
            // Closing makes the last one.
        } catch {
            logger.warning("the files are not up to date, the journal has what they do not: \(error)")
            state.withLock { $0.due = self.journal.length + Self.leastBytes }
        }
        state.withLock { $0.isRunning = false }
    }

    /// Makes a checkpoint now, and removes the copies of the reference's files and all drafts.
    ///
    /// - Returns: The copies that there were.
    func scrub(_ writer: GroupWriter) async throws -> [String] {
        let complete = try await writer.between { [journal] in try journal.rotate() }
        return try await threads.run { [self] in
            let copies = try disk.names(in: "").filter { $0.contains(".json.\(ReferenceFile.ending)") }.sorted()
            for name in copies { try disk.remove(name) }
            try save(upTo: complete, writer)
            // Other checkpoints have their drafts only while they have their turn.
            try turn.withLock { _ in
                for place in Contents.draftFolders { try disk.removeDrafts(in: place) }
            }
            return copies
        }
    }

    /// Makes no checkpoint any more but one last one. The writer is closed.
    func close() async throws {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.waiter
        }
        waiter?.cancel()
        try await threads.run { [self] in
            let isEmpty = journal.length == 0
            let complete = isEmpty ? journal.fileNumber - 1 : try journal.rotate()
            try save(upTo: complete, nil)
        }
    }

    /// Makes a checkpoint while nobody writes yet. Blocks.
    func save() throws { try save(upTo: journal.rotate(), nil) }

    /// Brings the files up to date and removes the journals up to a number. Blocks; one at a time.
    ///
    /// - Parameter writer: Who uses the journal; nil: nobody.
    /// - Returns: Bytes that were carried over into the present journal.
    @discardableResult
    private func save(upTo number: Int, _ writer: GroupWriter?) throws -> Int {
        try turn.withLock { _ in
            guard !state.withLock({ $0.isHalted }) else { throw Halted() }
            let aside: [EventLogs.SetAside]
            do {
                aside = try contents.save()
                try disk.syncFolder("")
            } catch let error as DiskError {
                state.withLock { $0.isHalted = $0.isHalted || error.isSync }
                throw error
            }
            report(aside)
            let carried = try carryOver(aside, writer)
            try removeJournals(upTo: number)
            return carried
        }
    }

    /// Says which files are damaged, each once.
    private func report(_ aside: [EventLogs.SetAside]) {
        let damages = Set(aside.map(\.damage.description))
        let new = state.withLock { state in
            defer { state.damages = damages }
            return damages.subtracting(state.damages)
        }
        for damage in new.sorted() {
            logger.warning("\(damage); the file stays as it is, and until then the journal keeps what it does not have")
        }
    }

    /// Writes what damaged files do not have into the present journal.
    private func carryOver(_ aside: [EventLogs.SetAside], _ writer: GroupWriter?) throws -> Int {
        guard !aside.isEmpty else { return 0 }
        // All that was written until now is in it, and nothing that comes later.
        let write: @Sendable () throws -> Int = { [journal, contents] in
            let before = journal.length
            let changes = contents.events.unsaved(aside)
            if !changes.isEmpty { try journal.append(changes) }
            return journal.length - before
        }
        return try writer.map { try $0.waitBetween(write) } ?? write()
    }

    /// Removes journals by number, oldest first, each for good before the next: what stays after a crash are the newest
    /// ones. An old one without those behind it would undo, when it is read again, what the files have from those.
    private func removeJournals(upTo number: Int) throws {
        for old in try disk.names(in: "").compactMap(Journal.number).sorted() where old <= number {
            try disk.remove(Journal.name(old))
            try disk.syncFolder("")
        }
    }

    /// Held by the one checkpoint that runs.
    private let turn = Mutex(())

    /// No checkpoint is made any more.
    private struct Halted: Error, CustomStringConvertible {
        var description: String {
            "the disk failed to sync a file; look at its state, then start the server again, which reads the journal"
        }
    }
}
