public import ParlantCore
import Synchronization

// What is listed in order of creation: tags, customers and entities.

extension MemoryTagStore: RecordStore {
    public func recordCount() async -> Int { state.withLock { $0.index.entries.count } }

    public func records(after last: Tag?, limit: Int) async -> [Tag] {
        state.withLock { state in
            state.index.following(last.map { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) }, .ascending)
                .prefix(limit).compactMap { state.tags[TagID($0.id)] }
        }
    }

    public func restore(_ records: [Tag]) async {
        state.withLock { state in
            for tag in records {
                if let old = state.tags.updateValue(tag, forKey: tag.id) {
                    state.index.remove(old.id.rawValue, at: old.createdAt)
                    state.names[ByteText(old.name)] = nil
                }
                state.names[ByteText(tag.name)] = tag.id
                state.index.insert(tag.id.rawValue, at: tag.createdAt)
            }
        }
    }

    public func removeAllRecords() async { state.withLock { $0 = State() } }
}

extension MemoryCustomerStore: RecordStore {
    public func recordCount() async -> Int { state.withLock { $0.index.entries.count } }

    public func records(after last: Customer?, limit: Int) async -> [Customer] {
        state.withLock { state in
            state.index.following(last.map { PageCursor(createdAt: $0.createdAt, id: $0.id.rawValue) }, .ascending)
                .prefix(limit).compactMap { state.customers[CustomerID($0.id)] }
        }
    }

    public func restore(_ records: [Customer]) async {
        state.withLock { state in
            for customer in records {
                if let old = state.customers.updateValue(customer, forKey: customer.id) {
                    state.index.remove(old.id.rawValue, at: old.createdAt)
                }
                state.index.insert(customer.id.rawValue, at: customer.createdAt)
            }
        }
    }

    public func removeAllRecords() async { state.withLock { $0 = State() } }
}

extension MemoryEntityStore: RecordStore {
    public func recordCount() async -> Int { state.withLock { $0.index.entries.count } }

    public func records(after last: Stored<Entity>?, limit: Int) async -> [Stored<Entity>] {
        state.withLock { state in
            let cursor = last.map { PageCursor(createdAt: $0.createdAt, id: $0.entity.id.rawValue) }
            return state.index.following(cursor, .ascending).prefix(limit)
                .compactMap { state.entities[Identifier($0.id)] }
        }
    }

    public func restore(_ records: [Stored<Entity>]) async {
        state.withLock { state in
            for stored in records {
                let id = stored.entity.id
                if let old = state.entities.updateValue(stored, forKey: id) {
                    state.index.remove(id.rawValue, at: old.createdAt)
                }
                state.index.insert(id.rawValue, at: stored.createdAt)
            }
        }
    }

    public func removeAllRecords() async { state.withLock { $0 = State() } }
}
