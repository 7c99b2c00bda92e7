import GRDB
import ParlantCore
import ParlantStores

// What is listed in order of creation: tags, customers and entities.

extension SQLiteTagStore: RecordStore {
    func recordCount() async throws -> Int {
        try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM tags") ?? 0 }
    }

    func records(after last: Tag?, limit: Int) async throws -> [Tag] {
        try await file.read { database in
            try Self.tags(
                database, "WHERE (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?",
                [last?.createdAt.microseconds ?? Int64.min, last.map { StoredText.encode($0.id) } ?? "", limit])
        }
    }

    func restore(_ records: [Tag]) async throws {
        try await file.write { [moments] database in
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO tags (id, created_at, name) VALUES (?, ?, ?)")
            for tag in records {
                try statement.execute(arguments: [
                    StoredText.encode(tag.id), tag.createdAt.microseconds, StoredText.encode(tag.name),
                ])
                try moments.note(tag.createdAt, database, "tags")
            }
        }
    }

    func removeAllRecords() async throws { try await file.write { try $0.execute(sql: "DELETE FROM tags") } }
}

extension SQLiteCustomerStore: RecordStore {
    func recordCount() async throws -> Int {
        try await file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM customers") ?? 0 }
    }

    func records(after last: Customer?, limit: Int) async throws -> [Customer] {
        let list = CreationList(table: "customers")
        let cursor = last.map { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) }
        let forms = try await file.read { try list.forms($0, after: cursor, limit: limit) }
        return try file.decode(forms)
    }

    func restore(_ records: [Customer]) async throws {
        try await file.write { [moments] database in
            for customer in records {
                if let old = try Self.find(customer.id, database) { try Self.remove(old, database) }
                try Self.insert(customer, database)
                try moments.note(customer.createdAt, database, "customers")
            }
        } committed: { [cache] _ in
            cache.removed(records.map(\.id))
        }
    }

    func removeAllRecords() async throws {
        try await file.write { database in
            for table in ["customers", "customer_tags", "customer_metadata"] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
        } committed: { [cache] _ in
            cache.removedAll()
        }
    }
}

extension SQLiteEntityStore: RecordStore {
    func recordCount() async throws -> Int {
        try await file.read { database in
            let sql = "SELECT count(*) FROM entities WHERE kind = ?"
            return try Int.fetchOne(database, sql: sql, arguments: [Entity.entityName]) ?? 0
        }
    }

    func records(after last: Stored<Entity>?, limit: Int) async throws -> [Stored<Entity>] {
        try await file.read { database in
            try Self.rows(
                database, "WHERE kind = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?",
                [
                    Entity.entityName, last?.createdAt.microseconds ?? Int64.min,
                    last.map { StoredText.encode($0.entity.id) } ?? "", limit,
                ]
            ).map(\.stored)
        }
    }

    func restore(_ records: [Stored<Entity>]) async throws {
        try await file.write { [moments] database in
            for stored in records {
                if let old = try Self.find(stored.entity.id, database) { try Self.remove(old.stored, database) }
                try Self.insert(stored, database)
                try moments.note(stored.createdAt, database, "entities", kind: Entity.entityName)
            }
        }
    }

    func removeAllRecords() async throws {
        try await file.write { database in
            for table in ["entities", "entity_tags"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE kind = ?", arguments: [Entity.entityName])
            }
        }
    }
}
