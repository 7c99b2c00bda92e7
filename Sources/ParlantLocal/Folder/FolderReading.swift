import Logging
import ParlantCore
import ParlantStores

/// Reads a folder into ``Contents``, without changing anything in it.
struct FolderReading {
    /// Where the journal goes on.
    struct JournalEnd {
        var fileNumber = 1
        var length = 0
        var last = 0
    }

    private let disk: any Disk
    private let contents: Contents
    private let logger: Logger
    /// Files of the reference that were found in the place of ours.
    private(set) var references: [(file: ReferenceFile, taken: String?)] = []

    init(_ disk: any Disk, _ contents: Contents, _ logger: Logger) {
        self.disk = disk
        self.contents = contents
        self.logger = logger
    }

    /// Reads all files, then the journal, which has what came after them.
    ///
    /// - Throws: ``DiskError``, ``FileDamage``.
    mutating func read() throws -> JournalEnd {
        guard try contents.events.load() else { throw Self.unknownFormat("events.json") }
        for file in contents.files where try !file.load(disk) {
            guard let reference = try ReferenceFile(file.fileName, disk) else {
                throw Self.unknownFormat(file.fileName)
            }
            references.append((reference, try reference.load(into: contents)))
        }
        return try readJournal()
    }

    private static func unknownFormat(_ file: String) -> FileDamage {
        FileDamage(
            file: file, line: nil, problem: "this is not a file that we wrote; move it away, or name another folder")
    }

    private func readJournal() throws -> JournalEnd {
        let numbers = try disk.names(in: "").compactMap(Journal.number).sorted()
        let sections = Dictionary(uniqueKeysWithValues: contents.sections.map { ($0.name, $0) })
        var end = JournalEnd()
        var last: Int?
        for (index, number) in numbers.enumerated() {
            let name = Journal.name(number)
            let bytes = try disk.read(name) ?? []
            let text: JournalText
            do {
                text = try JournalText(bytes, after: last)
            } catch {
                throw Self.damage(name, error)
            }
            if text.length < bytes.count {
                guard index == numbers.count - 1 else {
                    throw Self.damage(name, JournalText.Damage(line: text.lines.count + 1, missing: (last ?? 0) + 1))
                }
                logger.warning(
                    "\(name): the last \(bytes.count - text.length) bytes are cut off: they were being written when the server or the machine stopped, and nobody was told that they are kept"
                )
            }
            for (line, entry) in text.lines.enumerated() {
                for change in entry.changes { try Self.replay(change, sections, name, line + 1) }
            }
            last = text.lines.last?.number ?? last
            end = JournalEnd(fileNumber: number, length: text.length, last: last ?? 0)
        }
        return end
    }

    private static func replay(
        _ change: JSONObject, _ sections: [String: any Section], _ file: String, _ line: Int
    ) throws(FileDamage) {
        let fields = FieldReader(change, of: "change")
        do throws(StoredFormError) {
            guard let section = sections[try fields.string("in")] else {
                throw StoredFormError("the change is of a kind that this program does not know; update the program")
            }
            try section.replay(fields)
        } catch {
            throw FileDamage(file: file, line: line, problem: error.message)
        }
    }

    private static func damage(_ file: String, _ damage: JournalText.Damage) -> FileDamage {
        FileDamage(
            file: file, line: damage.line,
            problem:
                "the change \(damage.missing) is damaged or missing, and later ones are there; put back a copy of the "
                + "folder, or give up what is damaged by removing the line and all that follow it")
    }
}
