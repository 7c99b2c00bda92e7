import ParlantCore
import ParlantStores

/// Tags in MongoDB. A unique index keeps names apart, whichever node creates them.
final class MongoTagStore: TagStore {
    static let tags = DocumentCollection<Tag>(
        name: Collections.tags, marks: { _ in [:] }, createdAt: \.createdAt)

    let database: MongoDatabase

    init(_ database: MongoDatabase) { self.database = database }

    func create(name: String) async throws -> Tag {
        let (id, now) = (TagID(database.ids.entityID()), database.clock.now)
        return try await database.run { connection in
            guard let tag = try Self.insert(name, id, now, connection) else {
                throw StoreError.alreadyExists("tag", name)
            }
            return tag
        }
    }

    func ensure(name: String) async throws -> Tag {
        let (id, now) = (TagID(database.ids.entityID()), database.clock.now)
        return try await database.run { connection in
            while true {
                if let tag = try Self.named(name, connection) {
                    // This call's, when an attempt before this one went through.
                    guard tag.id == id else { return tag }
                    if try connection.confirm(id.rawValue, of: id.rawValue, in: Collections.tags) { return tag }
                }
                // Nil when another was quicker.
                if let tag = try Self.insert(name, id, now, connection) { return tag }
            }
        }
    }

    func read(_ id: TagID) async throws -> Tag {
        try await database.run { connection in
            guard let tag = try Self.tags.find(id.rawValue, connection)?.item else {
                throw StoreError.notFound("tag", id)
            }
            return tag
        }
    }

    func list(name: String?) async throws -> [Tag] {
        try await database.run { connection in
            if let name { return try Self.named(name, connection).map { [$0] } ?? [] }
            return try Self.tags.list([:], connection)
        }
    }

    func update(_ id: TagID, name: String) async throws -> Tag {
        let call = database.ids.entityID()
        return try await database.change(id.rawValue, in: Collections.tags) { connection in
            do {
                let tag = try Self.tags.update(id.rawValue, call: call, connection) { $0.name = name }
                guard let tag else { throw StoreError.notFound("tag", id) }
                return tag
            } catch let error as MongoError where error.code == .duplicateKey {
                throw StoreError.alreadyExists("tag", name)
            }
        }
    }

    func delete(_ id: TagID) async throws {
        try await database.run { connection in
            guard try Self.tags.delete(id.rawValue, connection) else { throw StoreError.notFound("tag", id) }
        }
    }

    private static func named(_ name: String, _ connection: MongoConnection) throws -> Tag? {
        try tags.list(["name": .string(name)], connection).first
    }

    /// - Returns: Nil when the name is taken.
    private static func insert(
        _ name: String, _ id: TagID, _ now: Timestamp, _ connection: MongoConnection
    ) throws -> Tag? {
        let moment = try CreationMoments.next(Collections.tags, now, connection)
        do {
            // The id is new, so it tells this call from others.
            return try tags.insert(
                Tag(id: id, name: name, createdAt: moment), id.rawValue, call: id.rawValue, connection)
        } catch let error as MongoError where error.code == .duplicateKey {
            return nil
        }
    }
}
