import GRDB
import ParlantCore
import ParlantStores

/// Entities of one kind in a SQLite file.
struct SQLiteEntityStore<Entity: StoredEntity & StoredForm>: EntityStore {
    let file: StoreFile
    let moments: CreationMoments

    init(_ file: StoreFile, _ moments: CreationMoments) {
        self.file = file
        self.moments = moments
    }

    @discardableResult
    func create(_ entity: Entity) async throws -> Stored<Entity> {
        try await file.write { database in
            guard try Self.find(entity.id, database) == nil else {
                throw StoreError.alreadyExists(Entity.entityName, entity.id)
            }
            return try insert(entity, database)
        }
    }

    @discardableResult
    func save(_ entity: Entity) async throws -> Stored<Entity> {
        try await file.write { database in
            guard let kept = try Self.find(entity.id, database) else { return try insert(entity, database) }
            return try Self.replace(kept, with: entity, database)
        }
    }

    func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> { try await kept(id).stored }

    /// - Complexity: O(entities that are listed).
    func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] {
        let rows = try await file.read { database in
            guard let tags else {
                return try Self.rows(database, "WHERE kind = ? ORDER BY created_at, id", [Entity.entityName])
            }
            let marks = tags.map { _ in "?" }.joined(separator: ", ")
            return try Self.rows(
                database,
                """
                WHERE kind = ? AND id IN (SELECT id FROM entity_tags WHERE kind = ? AND tag IN (\(marks)))
                ORDER BY created_at, id
                """,
                StatementArguments([Entity.entityName, Entity.entityName] + tags.map { StoredText.encode($0) }))
        }
        return rows.map(\.stored)
    }

    /// The change runs outside of the store, on what is read; when another write was quicker, it runs again.
    @discardableResult
    func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        while true {
            let kept = try await kept(id)
            var entity = kept.stored.entity
            try change(&entity)
            precondition(entity.id == id, "a change must leave the id as it was")
            let changed = entity
            let updated = try await file.write { database -> Stored<Entity>? in
                guard let now = try Self.find(id, database) else { throw StoreError.notFound(Entity.entityName, id) }
                guard now.revision == kept.revision, now.stored.createdAt == kept.stored.createdAt else { return nil }
                return try Self.replace(now, with: changed, database)
            }
            if let updated { return updated }
        }
    }

    func delete(_ id: Identifier<Entity>) async throws {
        try await file.write { database in
            guard let kept = try Self.find(id, database) else { throw StoreError.notFound(Entity.entityName, id) }
            try Self.remove(kept.stored, database)
        }
    }

    /// An entity with the number of its changes.
    struct Kept: Sendable {
        var stored: Stored<Entity>
        var revision: Int
    }

    private func kept(_ id: Identifier<Entity>) async throws -> Kept {
        guard let kept = try await file.read({ try Self.find(id, $0) }) else {
            throw StoreError.notFound(Entity.entityName, id)
        }
        return kept
    }

    private func insert(_ entity: Entity, _ database: Database) throws -> Stored<Entity> {
        let stored = Stored(entity, createdAt: try moments.next(database, "entities", kind: Entity.entityName))
        try Self.insert(stored, database)
        return stored
    }

    static func insert(_ stored: Stored<Entity>, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO entities (kind, id, created_at, form) VALUES (?, ?, ?, ?)")
            .execute(arguments: [
                Entity.entityName, StoredText.encode(stored.entity.id), stored.createdAt.microseconds,
                stored.entity.storedText,
            ])
        try index(stored, database)
    }

    static func remove(_ stored: Stored<Entity>, _ database: Database) throws {
        try unindex(stored, database)
        try database.cachedStatement(sql: "DELETE FROM entities WHERE kind = ? AND id = ?")
            .execute(arguments: [Entity.entityName, StoredText.encode(stored.entity.id)])
    }

    private static func replace(_ kept: Kept, with entity: Entity, _ database: Database) throws -> Stored<Entity> {
        let stored = Stored(entity, createdAt: kept.stored.createdAt)
        try unindex(kept.stored, database)
        try database.cachedStatement(
            sql: "UPDATE entities SET form = ?, revision = revision + 1 WHERE kind = ? AND id = ?"
        ).execute(arguments: [entity.storedText, Entity.entityName, StoredText.encode(entity.id)])
        try index(stored, database)
        return stored
    }

    static func find(_ id: Identifier<Entity>, _ database: Database) throws -> Kept? {
        try rows(database, "WHERE kind = ? AND id = ?", [Entity.entityName, StoredText.encode(id)]).first
    }

    static func rows(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Kept] {
        let statement = try database.cachedStatement(
            sql: "SELECT form, created_at, revision FROM entities \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let form: String = try row.decode(atIndex: 0)
            return Kept(
                stored: Stored(
                    try Entity(storedBytes: form.utf8),
                    createdAt: try Timestamp(column: row.decode(atIndex: 1))),
                revision: try row.decode(atIndex: 2))
        }
    }

    private static func filter(_ tag: TagID) -> CreationList.Filter {
        .init(table: "entity_tags", values: [("kind", Entity.entityName), ("tag", StoredText.encode(tag))])
    }

    private static func index(_ stored: Stored<Entity>, _ database: Database) throws {
        for tag in stored.entity.tags {
            try filter(tag).insert(stored.createdAt, StoredText.encode(stored.entity.id), database)
        }
    }

    private static func unindex(_ stored: Stored<Entity>, _ database: Database) throws {
        for tag in stored.entity.tags {
            try filter(tag).delete(stored.createdAt, StoredText.encode(stored.entity.id), database)
        }
    }
}
