import ParlantCore
import ParlantStores

/// Entities of one kind in a folder.
struct LocalEntityStore<Entity: StoredEntity & StoredForm>: EntityStore {
    private let folder: StoreFolder
    private let table: Table<Stored<Entity>>

    init(_ folder: StoreFolder, _ table: Table<Stored<Entity>>) {
        self.folder = folder
        self.table = table
    }

    @discardableResult
    func create(_ entity: Entity) async throws -> Stored<Entity> {
        try await folder.write { [self] changes in
            guard table.row(entity.id.rawValue) == nil else {
                throw StoreError.alreadyExists(Entity.entityName, entity.id)
            }
            return put(entity, nil, &changes)
        }
    }

    @discardableResult
    func save(_ entity: Entity) async throws -> Stored<Entity> {
        try await folder.write { [self] changes in put(entity, table.row(entity.id.rawValue), &changes) }
    }

    func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> {
        try await folder.read { _ in
            guard let stored = table.published(id.rawValue) else { throw StoreError.notFound(Entity.entityName, id) }
            return stored
        }
    }

    /// - Complexity: O(entities without a tag that is asked for, log entities) with one tag, else O(entities).
    func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] {
        try await folder.read { _ in
            guard let tags else { return table.rows() }
            let traits = tags.count == 1 ? [RowTrait("tag", tags[0].rawValue)] : []
            return table.rows(traits) { !$0.entity.tags.isDisjoint(with: tags) }
        }
    }

    /// The change runs outside of the store, on what is read; when another write was quicker, it runs again.
    @discardableResult
    func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        while true {
            let kept = try await read(id)
            var entity = kept.entity
            try change(&entity)
            precondition(entity.id == id, "a change must leave the id as it was")
            let changed = entity
            let updated = try await folder.write { [self] changes -> Stored<Entity>? in
                guard let now = table.row(id.rawValue) else { throw StoreError.notFound(Entity.entityName, id) }
                return now == kept ? put(changed, now, &changes) : nil
            }
            if let updated { return updated }
        }
    }

    func delete(_ id: Identifier<Entity>) async throws {
        try await folder.write { [table] changes in
            guard table.row(id.rawValue) != nil else { throw StoreError.notFound(Entity.entityName, id) }
            changes.add(table.remove(id.rawValue))
        }
    }

    private func put(_ entity: Entity, _ old: Stored<Entity>?, _ changes: inout Changes) -> Stored<Entity> {
        let stored = Stored(entity, createdAt: old?.createdAt ?? table.nextMoment(folder.clock.now))
        changes.add(table.put(stored))
        return stored
    }
}
