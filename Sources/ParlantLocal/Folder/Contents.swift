import ParlantCore
import ParlantStores

/// All that a folder keeps, by sections.
final class Contents: Sendable {
    let customers = Table<Customer>("customers")
    let tags = Table<Tag>("tags")
    let sessions = Table<Session>("sessions")
    let turns = Table<OpenTurn>("turns")
    let agents = Table<Stored<Agent>>("agents")
    let guidelines = Table<Stored<Guideline>>("guidelines")
    let cannedResponses = Table<Stored<CannedResponse>>("canned_responses")
    let terms = Table<Stored<Term>>("terms")
    let variables = Table<Stored<ContextVariable>>("variables")
    let values = Table<Stored<VariableValue>>("values")
    let capabilities = Table<Stored<Capability>>("capabilities")
    let journeys = Table<Stored<Journey>>("journeys")
    let relationships = Table<Stored<Relationship>>("relationships")
    let services = Table<Stored<ToolService>>("services")
    let evaluations = Table<Stored<Evaluation>>("evaluations")
    let documents = Table<Stored<Document>>("documents")
    let memories = Table<Stored<Memory>>("memories")
    let entries: Table<Entry>
    let totals: EntryTotals
    let events: EventLogs
    let explanations: Explanations

    private let disk: any Disk
    /// Each table with its file.
    let files: [any SavedTable]

    /// Empty sections.
    init(_ disk: any Disk, _ threads: BlockingQueue, clock: any TimeSource, eventBytes: Int) {
        self.disk = disk
        let totals = EntryTotals()
        self.totals = totals
        entries = Table("entries") { totals.changed($0, $1) }
        events = EventLogs(disk, threads, limit: eventBytes)
        explanations = Explanations(disk, threads)
        files = [
            TableFile(customers), TableFile(tags), TableFile(sessions), TableFile(turns), TableFile(agents),
            TableFile(guidelines), TableFile(cannedResponses), TableFile(terms), TableFile(variables),
            TableFile(values), TableFile(capabilities), TableFile(journeys), TableFile(relationships),
            TableFile(services), TableFile(evaluations), TableFile(documents), TableFile(memories),
            TableFile(entries) { $0.isLive(clock.now) },
        ]
    }

    /// All sections, in the order in which changes of one write are published.
    var sections: [any Section] { files.map(\.section) + [events, explanations] }

    /// Bytes of the files that are written as a whole.
    var bytes: Int { files.reduce(0) { $0 + $1.savedBytes } }

    /// Folders with files that are replaced; explanations are only appended to.
    static let draftFolders = ["", "sessions"]

    /// Brings all files up to date. Blocks.
    ///
    /// - Returns: The logs whose files are damaged, and stay as they are.
    func save() throws -> [EventLogs.SetAside] {
        let aside = try events.save()
        try explanations.save()
        for file in files { try file.save(disk) }
        return aside
    }
}
