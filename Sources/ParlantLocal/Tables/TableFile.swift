import ParlantCore
import ParlantStores
import Synchronization

/// A table's file: all rows as they were when it was last written.
protocol SavedTable: Sendable {
    var section: any Section { get }
    /// Name of the file.
    var fileName: String { get }
    /// Bytes of the file.
    var savedBytes: Int { get }
    /// Reads the file, if there is one, into the table.
    ///
    /// - Returns: False for a file of another format, which is left alone.
    func load(_ disk: any Disk) throws -> Bool
    /// Writes the file when the table has changed since it was last written. The journal has to have all that changes
    /// while it is written: some of it is in the file, and some is not.
    func save(_ disk: any Disk) throws(DiskError)
}

final class TableFile<Row: TableRow>: SavedTable {
    private struct Saved {
        var revision = 0
        var bytes = 0
    }

    /// Rows that are looked at together: others wait meanwhile.
    private static var chunk: Int { 1000 }

    private let table: Table<Row>
    private let list: ListFile
    private let saved = Mutex(Saved())
    private let keeps: @Sendable (Row) -> Bool

    /// - Parameter keeps: Whether a row is worth a line.
    init(_ table: Table<Row>, keeps: @escaping @Sendable (Row) -> Bool = { _ in true }) {
        self.table = table
        self.keeps = keeps
        list = ListFile(list: table.name)
    }

    var section: any Section { table }
    var fileName: String { list.name }
    var savedBytes: Int { saved.withLock { $0.bytes } }

    func load(_ disk: any Disk) throws -> Bool {
        guard let bytes = try disk.read(list.name) else { return true }
        guard let contents = try list.read(bytes) else { return false }
        var ids: Set<ByteText> = []
        var twice: String?
        try contents.forEach(Row.self) { row in
            if !ids.insert(ByteText(row.rowID)).inserted { twice = row.rowID }
            if keeps(row) { table.load(row) }
        }
        if let twice {
            throw FileDamage(
                file: list.name, line: nil, problem: "the \(Row.formName) '\(twice)' is in it twice; remove one")
        }
        saved.withLock { $0 = Saved(revision: table.revision, bytes: bytes.count) }
        return true
    }

    func save(_ disk: any Disk) throws(DiskError) {
        let revision = table.revision
        guard saved.withLock({ $0.revision }) != revision else { return }
        let draft = Draft.name(of: list.name)
        try disk.remove(draft)
        let file = try disk.open(draft)
        defer { file.close() }
        var bytes = list.head
        var size = 0
        var isFirst = true
        var cursor: PageCursor?
        while true {
            let rows = table.page(PageRequest(limit: Self.chunk), after: cursor, traits: []) { _ in true }
            for row in rows.items where keeps(row) {
                if !isFirst { bytes += ListFile.separator }
                isFirst = false
                bytes += row.storedBytes
            }
            cursor = rows.nextCursor
            if cursor == nil { bytes += ListFile.tail }
            try file.append(bytes)
            size += bytes.count
            bytes.removeAll(keepingCapacity: true)
            if cursor == nil { break }
        }
        try file.sync()
        try disk.rename(draft, to: list.name)
        saved.withLock { $0 = Saved(revision: revision, bytes: size) }
    }
}
