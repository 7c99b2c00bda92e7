import ParlantCore
import ParlantStores

/// The rows of one table as records: tags, customers and entities.
struct TableRecords<Row: TableRow & Equatable>: RecordStore {
    private let folder: StoreFolder
    private let table: Table<Row>

    init(_ folder: StoreFolder, _ table: Table<Row>) {
        self.folder = folder
        self.table = table
    }

    func recordCount() async throws -> Int { try await folder.read { _ in table.count } }

    func records(after last: Row?, limit: Int) async throws -> [Row] {
        try await folder.read { _ in
            let cursor = last.map { PageCursor(createdAt: $0.createdAt, id: $0.rowID) }
            return table.page(PageRequest(limit: limit), after: cursor, traits: []) { _ in true }.items
        }
    }

    func restore(_ records: [Row]) async throws {
        try await folder.write { [table] changes in
            for row in records { changes.add(table.put(row)) }
        }
    }

    func removeAllRecords() async throws {
        try await folder.write { [table] changes in
            for row in table.rows() { changes.add(table.remove(row.rowID)) }
        }
    }
}

extension EntityRecords {
    /// The records of all kinds of entities in a folder.
    init(_ folder: StoreFolder) {
        func records<Entity>(_ table: Table<Stored<Entity>>) -> TableRecords<Stored<Entity>> {
            TableRecords(folder, table)
        }
        let contents = folder.contents
        self.init(
            agents: records(contents.agents), guidelines: records(contents.guidelines),
            cannedResponses: records(contents.cannedResponses), terms: records(contents.terms),
            variables: records(contents.variables), values: records(contents.values),
            capabilities: records(contents.capabilities), journeys: records(contents.journeys),
            relationships: records(contents.relationships), services: records(contents.services),
            evaluations: records(contents.evaluations), documents: records(contents.documents),
            memories: records(contents.memories))
    }
}
