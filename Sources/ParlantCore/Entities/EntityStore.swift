public import OrderedCollections

/// What an ``EntityStore`` keeps: a plain value with an id, found by its tags.
public protocol StoredEntity: Sendable, Equatable {
    /// What people call one of these: "guideline", "canned response". Stands in errors.
    static var entityName: String { get }
    var id: Identifier<Self> { get }
    /// What lists are filtered by: tags, and owners such as `agent:<id>`. None unless the entity says otherwise.
    var tags: OrderedSet<TagID> { get }
    /// Where a script defines it; nil for what came over REST.
    var location: SourceLocation? { get }
}

extension StoredEntity {
    public var tags: OrderedSet<TagID> { [] }
    public var location: SourceLocation? { nil }
}

/// An entity with the moment of its creation.
public struct Stored<Entity: StoredEntity>: Sendable, Equatable {
    public var entity: Entity
    public var createdAt: Timestamp

    /// An entity as a store returns it.
    public init(_ entity: Entity, createdAt: Timestamp) {
        self.entity = entity
        self.createdAt = createdAt
    }
}

/// Keeps entities of one kind. Every implementation passes `EntityStoreConformance`.
///
/// The store knows ids, tags and the order of creation, and nothing of what entities mean: whether a tag or a tool
/// exists is the caller's to check. All calls are safe from any task and atomic each.
public protocol EntityStore<Entity>: Sendable {
    associatedtype Entity: StoredEntity

    /// Keeps a new entity under the id that it has: the client's own, or one of an ``IDGenerator``.
    ///
    /// - Throws: ``StoreError`` `alreadyExists` when the id is taken.
    @discardableResult
    func create(_ entity: Entity) async throws -> Stored<Entity>
    /// Keeps an entity whether or not its id is there already. One that replaces another keeps the other's place in
    /// lists and moment of creation.
    @discardableResult
    func save(_ entity: Entity) async throws -> Stored<Entity>
    /// - Throws: ``StoreError`` `notFound`.
    func read(_ id: Identifier<Entity>) async throws -> Stored<Entity>
    /// Entities that have at least one of the tags, in order of creation; all of them for nil.
    func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>]
    /// Changes an entity, and returns it as it is now. The id stays what it was.
    ///
    /// - Parameter change: May run more than once, and while the store is locked: it computes and does nothing else.
    /// - Throws: ``StoreError`` `notFound`, or what `change` throws; then nothing is changed.
    @discardableResult
    func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity>
    /// - Throws: ``StoreError`` `notFound`.
    func delete(_ id: Identifier<Entity>) async throws
}

extension EntityStore {
    /// Deletes all that have a tag. What others delete meanwhile is fine; what was deleted stays so when a call breaks off.
    ///
    /// - Returns: How many were deleted.
    /// - Throws: What the store throws.
    /// - Complexity: O(entities with the tag).
    @discardableResult
    public func deleteAll(with tag: TagID) async throws -> Int {
        var count = 0
        for stored in try await list(anyOf: [tag]) {
            do {
                try await delete(stored.entity.id)
                count += 1
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
        return count
    }

    /// All entities in order of creation.
    public func list() async throws -> [Stored<Entity>] { try await list(anyOf: nil) }

    /// The entity, or nil when there is none with this id.
    public func find(_ id: Identifier<Entity>) async throws -> Stored<Entity>? {
        do {
            return try await read(id)
        } catch let error as StoreError where error.code == .notFound {
            return nil
        }
    }
}
