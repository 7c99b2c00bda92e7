/// A store above what scripts give to begin with: what the store has goes before, and only the store can be written.
///
/// What scripts give comes first in lists. Saving under its id puts the store's in its place; deleting that brings the
/// script's back.
public struct FallbackStore<Entity: StoredEntity>: EntityStore {
    private let store: any EntityStore<Entity>
    private let scripted: @Sendable () -> [Stored<Entity>]

    /// - Parameters:
    ///   - store: Keeps what is created over REST and by handlers.
    ///   - scripted: What scripts give now, in order of definition; asked anew in each call.
    public init(_ store: any EntityStore<Entity>, above scripted: @escaping @Sendable () -> [Stored<Entity>]) {
        self.store = store
        self.scripted = scripted
    }

    @discardableResult
    public func create(_ entity: Entity) async throws -> Stored<Entity> { try await store.create(entity) }

    @discardableResult
    public func save(_ entity: Entity) async throws -> Stored<Entity> { try await store.save(entity) }

    public func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> {
        if let kept = try await store.find(id) { return kept }
        if let given = given(id) { return given }
        return try await store.read(id)
    }

    public func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] {
        let kept = try await store.list(anyOf: tags)
        var rest: [Stored<Entity>] = []
        for given in scripted() {
            if let tags, given.entity.tags.isDisjoint(with: tags) { continue }
            // Whether the store has it at all, not whether it still has the tags.
            if try await store.find(given.entity.id) == nil { rest.append(given) }
        }
        return rest + kept
    }

    /// - Throws: ``StoreError`` `protected`, naming file and line, for what only a script gives: save another under
    ///   its id instead.
    @discardableResult
    public func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        try await refuse(id)
        return try await store.update(id, change)
    }

    /// - Throws: ``StoreError`` `protected`, naming file and line, for what only a script gives.
    public func delete(_ id: Identifier<Entity>) async throws {
        try await refuse(id)
        try await store.delete(id)
    }

    private func given(_ id: Identifier<Entity>) -> Stored<Entity>? { scripted().first { $0.entity.id == id } }

    private func refuse(_ id: Identifier<Entity>) async throws {
        guard let given = given(id), try await store.find(id) == nil else { return }
        throw StoreError.definedInScript(Entity.entityName, id, at: given.entity.location)
    }
}
