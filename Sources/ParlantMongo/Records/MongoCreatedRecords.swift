import ParlantCore
import ParlantStores

// What is listed in order of creation: tags, customers and entities.

extension MongoTagStore: RecordStore {
    func recordCount() async throws -> Int { try await database.run { try $0.count(Collections.tags, [:]) } }

    func records(after last: Tag?, limit: Int) async throws -> [Tag] {
        let cursor = last.map { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) }
        return try await database.run { try Self.tags.batch(after: cursor, limit: limit, $0) }
    }

    func restore(_ records: [Tag]) async throws {
        try await database.run { try Self.tags.put(records.map { ($0, $0.id.rawValue) }, $0) }
    }

    func removeAllRecords() async throws { try await database.removeAll([Collections.tags]) }
}

extension MongoCustomerStore: RecordStore {
    func recordCount() async throws -> Int { try await database.run { try $0.count(Collections.customers, [:]) } }

    func records(after last: Customer?, limit: Int) async throws -> [Customer] {
        let cursor = last.map { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) }
        return try await database.run { try Self.customers.batch(after: cursor, limit: limit, $0) }
    }

    func restore(_ records: [Customer]) async throws {
        try await database.run { try Self.customers.put(records.map { ($0, $0.id.rawValue) }, $0) }
    }

    func removeAllRecords() async throws { try await database.removeAll([Collections.customers]) }
}

extension MongoEntityStore: RecordStore {
    func recordCount() async throws -> Int {
        try await database.run { [collection] in try $0.count(collection.name, [:]) }
    }

    func records(after last: Stored<Entity>?, limit: Int) async throws -> [Stored<Entity>] {
        let cursor = last.map { PageCursor(createdAt: $0.createdAt, id: $0.entity.id.rawValue) }
        return try await database.run { [collection] in try collection.batch(after: cursor, limit: limit, $0) }
    }

    func restore(_ records: [Stored<Entity>]) async throws {
        try await database.run { [collection] in
            try collection.put(records.map { ($0, $0.entity.id.rawValue) }, $0)
        }
    }

    func removeAllRecords() async throws { try await database.removeAll([collection.name]) }
}

extension MongoDatabase {
    /// Removes all documents of these collections.
    func removeAll(_ collections: [String]) async throws {
        try await run { connection in
            for collection in collections { try connection.delete(collection, [:], many: true) }
        }
    }
}
