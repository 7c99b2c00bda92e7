import ParlantCore
import ParlantStores

/// Entities of one kind in MongoDB, in a collection of their own.
final class MongoEntityStore<Entity: StoredEntity & StoredForm>: EntityStore {
    let database: MongoDatabase
    let collection: DocumentCollection<Stored<Entity>>

    /// - Parameter name: The collection.
    init(_ database: MongoDatabase, _ name: String) {
        self.database = database
        collection = DocumentCollection(
            name: name, marks: { ["_tags": .array($0.entity.tags.map { .string($0.rawValue) })] },
            createdAt: \.createdAt)
    }

    @discardableResult
    func create(_ entity: Entity) async throws -> Stored<Entity> {
        let (now, call) = (database.clock.now, database.ids.entityID())
        return try await database.run { [collection] connection in
            guard let stored = try Self.insert(entity, now, call, collection, connection) else {
                throw StoreError.alreadyExists(Entity.entityName, entity.id)
            }
            return stored
        }
    }

    @discardableResult
    func save(_ entity: Entity) async throws -> Stored<Entity> {
        let (now, call) = (database.clock.now, database.ids.entityID())
        return try await database.change(entity.id.rawValue, in: collection.name) { [collection] connection in
            while true {
                let saved = try collection.update(entity.id.rawValue, call: call, connection) { $0.entity = entity }
                if let saved { return saved }
                // Nil when another was quicker.
                if let made = try Self.insert(entity, now, call, collection, connection) { return made }
            }
        }
    }

    func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> {
        try await database.run { [collection] connection in
            guard let stored = try collection.find(id.rawValue, connection)?.item else {
                throw StoreError.notFound(Entity.entityName, id)
            }
            return stored
        }
    }

    func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] {
        try await database.run { [collection] connection in
            guard let tags else { return try collection.list([:], connection) }
            return try collection.list(["_tags": ["$in": .array(tags.map { .string($0.rawValue) })]], connection)
        }
    }

    @discardableResult
    func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        let call = database.ids.entityID()
        return try await database.exclusively(id.rawValue, in: collection.name) {
            while true {
                let present = try await database.run { [collection] in try collection.find(id.rawValue, $0) }
                guard var document = present else { throw StoreError.notFound(Entity.entityName, id) }
                // Here, and not on the thread of the connection: the closure must not outlive this call.
                try change(&document.item.entity)
                precondition(document.item.entity.id == id, "a change must leave the id as it was")
                document.write(by: call)
                let isWritten = try await database.run { [collection, document] in
                    try collection.replace(document, id.rawValue, $0)
                }
                if isWritten { return document.item }
            }
        }
    }

    func delete(_ id: Identifier<Entity>) async throws {
        try await database.run { [collection] connection in
            guard try collection.delete(id.rawValue, connection) else {
                throw StoreError.notFound(Entity.entityName, id)
            }
        }
    }

    private static func insert(
        _ entity: Entity, _ now: Timestamp, _ call: String, _ collection: DocumentCollection<Stored<Entity>>,
        _ connection: MongoConnection
    ) throws -> Stored<Entity>? {
        let stored = Stored(entity, createdAt: try CreationMoments.next(collection.name, now, connection))
        return try collection.insert(stored, entity.id.rawValue, call: call, connection)
    }
}
