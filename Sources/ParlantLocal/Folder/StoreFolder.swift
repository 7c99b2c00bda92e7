import Glibc
import Logging
import ParlantCore
import ParlantStores

/// A folder that is open: what it keeps, and the writer.
final class StoreFolder: Sendable {
    let contents: Contents
    let clock: any TimeSource
    let ids: any IDGenerator
    /// When the store was made; the guest is as old.
    let madeAt: Timestamp
    private let place: String
    private let writer: GroupWriter
    private let journal: Journal
    private let checkpoints: Checkpoints

    /// Reads a folder and goes on with it. Blocks.
    ///
    /// - Parameters:
    ///   - place: What people call the folder.
    ///   - eventBytes: Bytes of events that are kept in memory though nobody uses them.
    /// - Throws: ``DiskError``, ``FileDamage``; nothing is changed when a file cannot be read.
    init(
        _ disk: any Disk, place: String, clock: any TimeSource, ids: any IDGenerator, logger: Logger,
        eventBytes: Int = 64 << 20
    ) throws {
        let threads = BlockingQueue(width: 4)
        let contents = Contents(disk, threads, clock: clock, eventBytes: eventBytes)
        let mark = try FolderMark.read(disk)
        var reading = FolderReading(disk, contents, logger)
        let end = try reading.read()
        // Only from here on something is changed.
        try disk.makeFolder("sessions")
        try disk.makeFolder("explanations")
        for place in Contents.draftFolders { try disk.removeDrafts(in: place) }
        for (file, taken) in reading.references { try file.keepAside(disk, taken, logger) }
        self.madeAt = try mark ?? FolderMark.write(disk, now: clock.now)
        let journal = try Journal(disk, fileNumber: end.fileNumber, length: end.length, last: end.last)
        let checkpoints = Checkpoints(disk, journal, contents, threads, clock, logger)
        if !reading.references.isEmpty { try checkpoints.save() }
        self.contents = contents
        self.clock = clock
        self.ids = ids
        self.place = place
        self.journal = journal
        self.checkpoints = checkpoints
        writer = GroupWriter(journal, contents.sections) { checkpoints.wrote($0, $1) }
    }

    /// Reads what was published.
    ///
    /// - Throws: ``StoreError``, also for what the disk says.
    func read<Value>(_ body: (Contents) async throws -> Value) async throws -> Value {
        do {
            guard !writer.isClosed else { throw GroupWriter.Closed() }
            return try await body(contents)
        } catch {
            throw StoreError(error, place: place)
        }
    }

    /// Makes changes, alone and as a whole, and returns when they are on the disk and everybody sees them.
    ///
    /// - Parameter body: Decides on the writer's thread. When it throws, nothing changes.
    /// - Throws: What `body` throws; ``StoreError`` for what the disk says.
    func write<Value: Sendable>(_ body: @escaping @Sendable (inout Changes) throws -> Value) async throws -> Value {
        do {
            return try await writer.write(body)
        } catch {
            throw StoreError(error, place: place)
        }
    }

    /// Leaves no byte of what was deleted in any file.
    ///
    /// - Returns: What is gone too, in sentences.
    func scrub() async throws -> [String] {
        do {
            let copies = try await checkpoints.scrub(writer)
            guard !copies.isEmpty else { return [] }
            return [
                "the copies of Parlant 3.3's files, with all customers that they had: "
                    + copies.joined(separator: ", ")
            ]
        } catch {
            throw StoreError(error, place: place)
        }
    }

    /// Waits for what has begun and brings all files up to date. A second call does nothing.
    func close() async throws {
        guard await writer.close() else { return }
        defer { journal.close() }
        do {
            try await checkpoints.close()
        } catch {
            throw StoreError(error, place: place)
        }
    }
}

/// What says that a folder is a store, and of which version: `store.json`.
enum FolderMark {
    private static let name = "store.json"
    private static let format = "parlant-runtime store"
    private static let version: Int64 = 1

    /// When the store was made; nil when it is not there yet.
    ///
    /// - Throws: ``FileDamage`` for a store of a newer version.
    static func read(_ disk: any Disk) throws -> Timestamp? {
        guard let bytes = try disk.read(name) else { return nil }
        let mark: JSONValue
        do {
            mark = try JSONParser.parse(bytes)
        } catch {
            throw FileDamage(notJSON: error.message, at: error.position, bytes, name)
        }
        guard mark["format"]?.string == format, let found = mark["version"]?.integer,
            let madeAt = mark["made_at"]?.string.flatMap({ Timestamp($0) })
        else {
            throw FileDamage(
                file: name, line: nil, problem: "this is not a file that we wrote; move it away, or name another folder"
            )
        }
        guard found <= version else {
            throw FileDamage(
                file: name, line: nil,
                problem:
                    "the store has the version \(found), and this program knows versions up to \(version); update the "
                    + "program")
        }
        return madeAt
    }

    /// Says that the folder is a store.
    static func write(_ disk: any Disk, now: Timestamp) throws(DiskError) -> Timestamp {
        let mark: JSONValue = [
            "format": .string(format), "version": .integer(version), "made_at": .string(now.description),
        ]
        try disk.replace(name, with: JSONWriter.bytes(of: mark) + [UInt8(ascii: "\n")])
        try disk.syncFolder("")
        return now
    }
}
