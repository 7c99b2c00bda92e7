import GRDB
import ParlantCore

/// Tags in a SQLite file, which itself sees to it that names are unique.
struct SQLiteTagStore: TagStore {
    let file: StoreFile
    let moments: CreationMoments
    private let ids: any IDGenerator

    init(_ file: StoreFile, _ moments: CreationMoments, _ ids: any IDGenerator) {
        self.file = file
        self.moments = moments
        self.ids = ids
    }

    func create(name: String) async throws -> Tag {
        let id = TagID(ids.entityID())
        return try await file.write { try insert(id, name, $0) }
    }

    func ensure(name: String) async throws -> Tag {
        if let tag = try await list(name: name).first { return tag }
        let id = TagID(ids.entityID())
        return try await file.write { database in
            try Self.tags(database, "WHERE name = ?", [StoredText.encode(name)]).first ?? insert(id, name, database)
        }
    }

    func read(_ id: TagID) async throws -> Tag { try await file.read { try Self.find(id, $0) } }

    func list(name: String?) async throws -> [Tag] {
        try await file.read { database in
            if let name { return try Self.tags(database, "WHERE name = ?", [StoredText.encode(name)]) }
            return try Self.tags(database, "ORDER BY created_at, id")
        }
    }

    func update(_ id: TagID, name: String) async throws -> Tag {
        try await file.write { database in
            var tag = try Self.find(id, database)
            tag.name = name
            try Self.refusingTaken(name) {
                try database.cachedStatement(sql: "UPDATE tags SET name = ? WHERE id = ?")
                    .execute(arguments: [StoredText.encode(name), StoredText.encode(id)])
            }
            return tag
        }
    }

    func delete(_ id: TagID) async throws {
        try await file.write { database in
            try database.cachedStatement(sql: "DELETE FROM tags WHERE id = ?")
                .execute(arguments: [StoredText.encode(id)])
            guard database.changesCount == 1 else { throw StoreError.notFound("tag", id) }
        }
    }

    private func insert(_ id: TagID, _ name: String, _ database: Database) throws -> Tag {
        let tag = Tag(id: id, name: name, createdAt: try moments.next(database, "tags"))
        try Self.refusingTaken(name) {
            try database.cachedStatement(sql: "INSERT INTO tags (id, created_at, name) VALUES (?, ?, ?)")
                .execute(arguments: [StoredText.encode(id), tag.createdAt.microseconds, StoredText.encode(name)])
        }
        return tag
    }

    private static func refusingTaken(_ name: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw StoreError.alreadyExists("tag", name)
        }
    }

    private static func find(_ id: TagID, _ database: Database) throws -> Tag {
        guard let tag = try tags(database, "WHERE id = ?", [StoredText.encode(id)]).first else {
            throw StoreError.notFound("tag", id)
        }
        return tag
    }

    static func tags(
        _ database: Database, _ condition: String, _ arguments: StatementArguments = []
    ) throws -> [Tag] {
        let statement = try database.cachedStatement(sql: "SELECT id, name, created_at FROM tags \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            Tag(
                id: TagID(StoredText.decode(try row.decode(atIndex: 0))),
                name: StoredText.decode(try row.decode(atIndex: 1)),
                createdAt: try Timestamp(column: row.decode(atIndex: 2)))
        }
    }
}
