import Synchronization

/// A store whose entities are also at hand without waiting, as turns need them.
///
/// The copy is renewed after each write and before the write returns: whoever has seen a write acknowledged finds it in
/// the next turn. Every write has to go through here.
public final class MirroredStore<Entity: StoredEntity>: EntityStore {
    private struct Copy {
        var entities: [Entity] = []
        /// Counts the readings of the store that have begun, and says which one the copy is from.
        var begun = 0
        var applied = 0
    }

    private let store: any EntityStore<Entity>
    private let copy = Mutex(Copy())

    /// A store that knows nothing yet; see ``load()``.
    public init(_ store: any EntityStore<Entity>) { self.store = store }

    /// All entities, in the order of the store.
    public var entities: [Entity] { copy.withLock { $0.entities } }

    /// Grows whenever ``entities`` may have changed.
    public var revision: Int { copy.withLock { $0.applied } }

    /// Reads what the store has from earlier.
    public func load() async throws { try await renew() }

    @discardableResult
    public func create(_ entity: Entity) async throws -> Stored<Entity> {
        let created = try await store.create(entity)
        try await renew()
        return created
    }

    @discardableResult
    public func save(_ entity: Entity) async throws -> Stored<Entity> {
        let saved = try await store.save(entity)
        try await renew()
        return saved
    }

    public func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> { try await store.read(id) }

    public func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] { try await store.list(anyOf: tags) }

    @discardableResult
    public func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        let updated = try await store.update(id, change)
        try await renew()
        return updated
    }

    public func delete(_ id: Identifier<Entity>) async throws {
        try await store.delete(id)
        try await renew()
    }

    /// Reads the store anew. Of readings that overlap, the one that began last counts: it has all that was written
    /// before.
    private func renew() async throws {
        let number = copy.withLock { copy in
            copy.begun += 1
            return copy.begun
        }
        let entities = try await store.list().map(\.entity)
        copy.withLock { copy in
            guard number > copy.applied else { return }
            (copy.entities, copy.applied) = (entities, number)
        }
    }
}
