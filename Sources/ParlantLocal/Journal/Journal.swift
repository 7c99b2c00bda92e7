import ParlantCore
import Synchronization

/// The file to which every write goes before anybody hears of it: `journal-1.jsonl`, `journal-2.jsonl`, ….
///
/// A new one begins with each checkpoint, and those before it are removed when all that they say is in the other files.
/// One thread at a time uses it: the writer's.
final class Journal: Sendable {
    private struct State {
        var file: any DiskFile
        /// Number in the file's name.
        var fileNumber: Int
        /// Bytes that are acknowledged.
        var length: Int
        /// Number of the last line that is acknowledged.
        var last: Int
        /// Whether there may be bytes behind ``length`` that nobody was told of.
        var hasRest = false
    }

    private let state: Mutex<State>
    private let disk: any Disk

    /// Goes on with a file, after its acknowledged bytes.
    init(_ disk: any Disk, fileNumber: Int, length: Int, last: Int) throws(DiskError) {
        let file = try disk.open(Self.name(fileNumber))
        if let size = try disk.size(Self.name(fileNumber)), size > length { try file.truncate(to: length) }
        // Also what was read: a killed process may have written and not synced it, and from now on it is shown.
        try file.sync()
        try disk.syncFolder("")
        self.disk = disk
        state = Mutex(State(file: file, fileNumber: fileNumber, length: length, last: last))
    }

    /// Bytes in the present file.
    var length: Int { state.withLock { $0.length } }
    /// Number of the present file.
    var fileNumber: Int { state.withLock { $0.fileNumber } }

    /// Writes a group of changes, one line for each list, and returns when they are on the disk.
    ///
    /// - Throws: ``DiskError``; then none of them is there.
    func append(_ group: [[any Change]]) throws(DiskError) {
        let result: Result<Void, DiskError> = state.withLock { state in
            do throws(DiskError) {
                try Self.cutRest(&state)
                var bytes: [UInt8] = []
                bytes.reserveCapacity(group.count * 512)
                for (index, changes) in group.enumerated() {
                    JournalLine.write(state.last + index + 1, synced: state.last, to: &bytes) { writer in
                        for change in changes { change.write(to: &writer) }
                    }
                }
                state.hasRest = true
                try state.file.append(bytes)
                try state.file.sync()
                state.hasRest = false
                state.length += bytes.count
                state.last += group.count
                return .success(())
            } catch {
                // Now, while it may work; if not, before the next group.
                try? Self.cutRest(&state)
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Begins the next file.
    ///
    /// - Returns: Number of the file that is complete now.
    func rotate() throws(DiskError) -> Int {
        let result: Result<Int, DiskError> = state.withLock { state in
            do throws(DiskError) {
                try Self.cutRest(&state)
                let before = state.fileNumber
                let name = Self.name(before + 1)
                // What an earlier attempt left is empty: nothing was acknowledged in it.
                try disk.remove(name)
                let file = try disk.open(name)
                do throws(DiskError) {
                    try disk.syncFolder("")
                } catch {
                    file.close()
                    throw error
                }
                state.file.close()
                (state.file, state.fileNumber, state.length) = (file, before + 1, 0)
                return .success(before)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func close() { state.withLock { $0.file.close() } }

    /// Removes what a write that failed has left. Nothing is written behind such bytes: they would look acknowledged.
    private static func cutRest(_ state: inout State) throws(DiskError) {
        guard state.hasRest else { return }
        try state.file.truncate(to: state.length)
        state.hasRest = false
    }

    /// Name of a file.
    static func name(_ number: Int) -> String { "journal-\(number).jsonl" }

    /// Number of a file; nil for names of other files.
    static func number(of name: String) -> Int? {
        guard name.hasPrefix("journal-"), name.hasSuffix(".jsonl") else { return nil }
        return Int(name.dropFirst("journal-".count).dropLast(".jsonl".count))
    }
}
