import Synchronization

/// A store whose entities are also at hand without waiting, as turns need them.
///
/// The copy is brought up to date after each write and before the write returns: whoever has seen a write acknowledged
/// finds it in the next turn. Every write of this process has to go through here; those of others come with ``load()``.
/// A write that overlaps no other changes its entity in the copy, and the store is not read; after those that overlap it
/// is, because nobody knows which of them came last.
public final class MirroredStore<Entity: StoredEntity>: EntityStore {
    private struct Copy {
        var entities: [Entity] = []
        /// When the newest of them was made, or one that is gone.
        var newest: Timestamp?
        /// Counts the calls on the store that have begun, and says which one the copy is from.
        var begun = 0
        var applied = 0
        /// Calls that have begun and not ended.
        var running = 0

        mutating func begin() -> Int {
            begun += 1
            running += 1
            return begun
        }

        /// Puts what was written in its place.
        ///
        /// - Returns: False when its place is not known.
        mutating func put(_ stored: Stored<Entity>) -> Bool {
            if let index = entities.firstIndex(where: { $0.id == stored.entity.id }) {
                entities[index] = stored.entity
                return true
            }
            if let newest, newest >= stored.createdAt { return false }
            entities.append(stored.entity)
            newest = stored.createdAt
            return true
        }
    }

    private let store: any EntityStore<Entity>
    private let copy = Mutex(Copy())

    /// A store that knows nothing yet; see ``load()``.
    public init(_ store: any EntityStore<Entity>) { self.store = store }

    /// All entities, in the order of the store.
    public var entities: [Entity] { copy.withLock { $0.entities } }

    /// Grows whenever ``entities`` may have changed.
    public var revision: Int { copy.withLock { $0.applied } }

    /// Reads what the store has, from earlier or from others.
    public func load() async throws { try await renew() }

    @discardableResult
    public func create(_ entity: Entity) async throws -> Stored<Entity> {
        try await write({ try await store.create(entity) }, apply: { $0.put($1) })
    }

    @discardableResult
    public func save(_ entity: Entity) async throws -> Stored<Entity> {
        try await write({ try await store.save(entity) }, apply: { $0.put($1) })
    }

    public func read(_ id: Identifier<Entity>) async throws -> Stored<Entity> { try await store.read(id) }

    public func list(anyOf tags: [TagID]?) async throws -> [Stored<Entity>] { try await store.list(anyOf: tags) }

    @discardableResult
    public func update(
        _ id: Identifier<Entity>, _ change: @Sendable (inout Entity) throws -> Void
    ) async throws -> Stored<Entity> {
        try await write({ try await store.update(id, change) }, apply: { $0.put($1) })
    }

    public func delete(_ id: Identifier<Entity>) async throws {
        try await write {
            try await store.delete(id)
        } apply: { copy, _ in
            copy.entities.removeAll { $0.id == id }
            return true
        }
    }

    /// Writes, and brings the copy up to date.
    ///
    /// - Parameter apply: Makes the same change in the copy; false: it cannot.
    /// - Complexity: O(entities) in memory; when writes overlap, a reading of the store.
    private func write<Written: Sendable>(
        _ call: () async throws -> Written, apply: (inout Copy, Written) -> Bool
    ) async throws -> Written {
        let (number, began) = copy.withLock { ($0.begin(), $0.running == 1) }
        let written: Written
        do {
            written = try await call()
        } catch {
            copy.withLock { $0.running -= 1 }
            throw error
        }
        let isApplied = copy.withLock { copy in
            copy.running -= 1
            guard began, copy.begun == number, apply(&copy, written) else { return false }
            copy.applied = number
            return true
        }
        if !isApplied { try await renew() }
        return written
    }

    /// Reads the store anew. Of readings that overlap, the one that began last counts: it has all that was written
    /// before.
    private func renew() async throws {
        let number = copy.withLock { $0.begin() }
        defer { copy.withLock { $0.running -= 1 } }
        let stored = try await store.list()
        copy.withLock { copy in
            guard number > copy.applied else { return }
            (copy.entities, copy.applied) = (stored.map(\.entity), number)
            copy.newest = stored.lazy.map(\.createdAt).max()
        }
    }
}
