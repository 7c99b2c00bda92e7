public import ParlantCore
import Synchronization

/// Tags in memory, gone with the process. The reference for every other tag store.
public final class MemoryTagStore: TagStore {
    struct State {
        var tags: [TagID: Tag] = [:]
        var names: [ByteText: TagID] = [:]
        var index = CreationIndex()

        mutating func insert(_ name: String, id: TagID, now: Timestamp) throws -> Tag {
            guard tags[id] == nil else { throw StoreError.alreadyExists("tag", id) }
            let now = index.nextMoment(now)
            let tag = Tag(id: id, name: name, createdAt: now)
            tags[id] = tag
            names[ByteText(name)] = id
            index.append(id.rawValue, at: now)
            return tag
        }

        func named(_ name: String) -> Tag? { names[ByteText(name)].flatMap { tags[$0] } }
    }

    let state = Mutex(State())
    private let clock: any TimeSource
    private let ids: any IDGenerator

    /// A store without tags.
    ///
    /// - Parameters:
    ///   - clock: Says when tags are created. Times strictly increase, even when the clock does not.
    ///   - ids: Makes the ids of tags.
    public init(clock: any TimeSource, ids: any IDGenerator) {
        self.clock = clock
        self.ids = ids
    }

    public func create(name: String) async throws -> Tag {
        let id = TagID(ids.entityID())
        return try state.withLock { state in
            guard state.names[ByteText(name)] == nil else { throw StoreError.alreadyExists("tag", name) }
            return try state.insert(name, id: id, now: clock.now)
        }
    }

    public func ensure(name: String) async throws -> Tag {
        try state.withLock { state in
            if let tag = state.named(name) { return tag }
            return try state.insert(name, id: TagID(ids.entityID()), now: clock.now)
        }
    }

    public func read(_ id: TagID) async throws -> Tag {
        guard let tag = state.withLock({ $0.tags[id] }) else { throw StoreError.notFound("tag", id) }
        return tag
    }

    /// - Complexity: O(1) with a name, else O(tags).
    public func list(name: String?) async throws -> [Tag] {
        state.withLock { state in
            if let name { return state.named(name).map { [$0] } ?? [] }
            return state.index.entries.compactMap { state.tags[TagID($0.id)] }
        }
    }

    public func update(_ id: TagID, name: String) async throws -> Tag {
        try state.withLock { state in
            guard var tag = state.tags[id] else { throw StoreError.notFound("tag", id) }
            guard !tag.name.hasSameBytes(as: name) else { return tag }
            guard state.names[ByteText(name)] == nil else { throw StoreError.alreadyExists("tag", name) }
            state.names.removeValue(forKey: ByteText(tag.name))
            state.names[ByteText(name)] = id
            tag.name = name
            state.tags[id] = tag
            return tag
        }
    }

    public func delete(_ id: TagID) async throws {
        try state.withLock { state in
            guard let tag = state.tags.removeValue(forKey: id) else { throw StoreError.notFound("tag", id) }
            state.names.removeValue(forKey: ByteText(tag.name))
            state.index.remove(id.rawValue, at: tag.createdAt)
        }
    }
}
