/// A store below what scripts define: both are read and listed together, and only the store can be written.
///
/// What scripts define comes first in lists. An id that a script takes hides the same id of the store, which shows
/// again when the script lets go of it.
public struct LayeredStore<Entity: StoredEntity>: EntityStore {
    private let store: any EntityStore<Entity>
    private let scripted: @Sendable () -> [Stored<Entity>]

    /// - Parameters:
    ///   - store: Keeps what is created over REST.
    ///   - scripted: What scripts define now, in order of definition; asked anew in each call.
    public init(_ store: any EntityStore<Entity>, below scripted: @escaping @Sendable () -> [Stored<Entity>]) {
        self.store = store
        self.scripted = scripted
    }

    @discardableResult
    public func create(_ entity: Entity) async throws -> Stored<Entity> {
        if find(entity.id, in: scripted()) != nil { throw StoreError.alreadyExists(Entity.entityName, entity.id) }
        return try await store.create(entity)
    }

    @discardableResult
    public func save(_ entity: Entity) async throws -> Stored<Entity> {
        try refuse(entity.id)
        return try await store.save(entity)
    }

    public func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> {
        if let defined = find(id, in: scripted()) { return defined }
        return try await store.read(id)
    }

    public func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] {
        let defined = scripted()
        let ids = Set(defined.map(\.entity.id))
        let kept = try await store.list(anyOf: tags).filter { !ids.contains($0.entity.id) }
        guard let tags else { return defined + kept }
        return defined.filter { !$0.entity.tags.isDisjoint(with: tags) } + kept
    }

    /// - Throws: ``StoreError`` `protected`, naming file and line, for what a script defines.
    @discardableResult
    public func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        try refuse(id)
        return try await store.update(id, change)
    }

    /// - Throws: ``StoreError`` `protected`, naming file and line, for what a script defines.
    public func delete(_ id: Identifier<Entity>) async throws {
        try refuse(id)
        try await store.delete(id)
    }

    private func find(_ id: Identifier<Entity>, in entities: [Stored<Entity>]) -> Stored<Entity>? {
        entities.first { $0.entity.id == id }
    }

    private func refuse(_ id: Identifier<Entity>) throws {
        guard let defined = find(id, in: scripted()) else { return }
        throw StoreError.definedInScript(Entity.entityName, id, at: defined.entity.location)
    }
}

extension StoreError {
    /// A script defines the entity, so that it can only be changed there.
    public static func definedInScript(
        _ entity: String, _ id: some CustomStringConvertible, at location: SourceLocation?
    ) -> StoreError {
        let place = location.map(\.description) ?? "a script"
        return StoreError(
            .protected, entity: entity, id: id.description,
            message: "the \(entity) '\(id)' is defined in \(place); change it there")
    }
}
