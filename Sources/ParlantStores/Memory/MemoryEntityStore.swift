public import ParlantCore
import Synchronization

/// Entities of one kind in memory, gone with the process. The reference for every other entity store.
///
/// All calls are safe from any task; each holds one lock for as long as it computes.
public final class MemoryEntityStore<Entity: StoredEntity>: EntityStore {
    struct State {
        var entities: [Identifier<Entity>: Stored<Entity>] = [:]
        var index = CreationIndex()

        mutating func insert(_ entity: Entity, now: Timestamp) -> Stored<Entity> {
            let stored = Stored(entity, createdAt: index.nextMoment(now))
            entities[entity.id] = stored
            index.append(entity.id.rawValue, at: stored.createdAt)
            return stored
        }
    }

    let state = Mutex(State())
    private let clock: any TimeSource

    /// A store without entities.
    ///
    /// - Parameter clock: Says when entities are created. Times strictly increase, even when the clock does not.
    public init(clock: any TimeSource) { self.clock = clock }

    @discardableResult
    public func create(_ entity: Entity) async throws -> Stored<Entity> {
        try state.withLock { state in
            guard state.entities[entity.id] == nil else {
                throw StoreError.alreadyExists(Entity.entityName, entity.id)
            }
            return state.insert(entity, now: clock.now)
        }
    }

    @discardableResult
    public func save(_ entity: Entity) async throws -> Stored<Entity> {
        state.withLock { state in
            guard var stored = state.entities[entity.id] else { return state.insert(entity, now: clock.now) }
            stored.entity = entity
            state.entities[entity.id] = stored
            return stored
        }
    }

    public func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> {
        guard let stored = state.withLock({ $0.entities[id] }) else { throw StoreError.notFound(Entity.entityName, id) }
        return stored
    }

    /// - Complexity: O(entities).
    public func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] {
        state.withLock { state in
            let all = state.index.entries.compactMap { state.entities[Identifier($0.id)] }
            guard let tags else { return all }
            return all.filter { !$0.entity.tags.isDisjoint(with: tags) }
        }
    }

    @discardableResult
    public func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        try state.withLock { state in
            guard var stored = state.entities[id] else { throw StoreError.notFound(Entity.entityName, id) }
            try change(&stored.entity)
            precondition(stored.entity.id == id, "a change must leave the id as it was")
            state.entities[id] = stored
            return stored
        }
    }

    public func delete(_ id: Identifier<Entity>) async throws {
        try state.withLock { state in
            guard let stored = state.entities.removeValue(forKey: id) else {
                throw StoreError.notFound(Entity.entityName, id)
            }
            state.index.remove(id.rawValue, at: stored.createdAt)
        }
    }
}
