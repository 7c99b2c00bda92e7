import ParlantCore
import ParlantStores

/// Tags in a folder.
struct LocalTagStore: TagStore {
    private let folder: StoreFolder

    init(_ folder: StoreFolder) { self.folder = folder }

    private var table: Table<Tag> { folder.contents.tags }

    func create(name: String) async throws -> Tag {
        let id = TagID(folder.ids.entityID())
        return try await folder.write { [self] changes in
            guard stagedTag(name) == nil else { throw StoreError.alreadyExists("tag", name) }
            return try insert(name, id, &changes)
        }
    }

    func ensure(name: String) async throws -> Tag {
        if let tag = try await list(name: name).first { return tag }
        let id = TagID(folder.ids.entityID())
        return try await folder.write { [self] changes in
            try stagedTag(name) ?? insert(name, id, &changes)
        }
    }

    func read(_ id: TagID) async throws -> Tag {
        try await folder.read { contents in
            guard let tag = contents.tags.published(id.rawValue) else { throw StoreError.notFound("tag", id) }
            return tag
        }
    }

    /// - Complexity: O(1) with a name, else O(tags).
    func list(name: String?) async throws -> [Tag] {
        try await folder.read { contents in
            guard let name else { return contents.tags.rows() }
            return contents.tags.rows([RowTrait("name", name)]) { $0.name.hasSameBytes(as: name) }
        }
    }

    func update(_ id: TagID, name: String) async throws -> Tag {
        try await folder.write { [self] changes in
            guard var tag = table.row(id.rawValue) else { throw StoreError.notFound("tag", id) }
            guard !tag.name.hasSameBytes(as: name) else { return tag }
            guard stagedTag(name) == nil else { throw StoreError.alreadyExists("tag", name) }
            tag.name = name
            changes.add(table.put(tag))
            return tag
        }
    }

    func delete(_ id: TagID) async throws {
        try await folder.write { [table] changes in
            guard table.row(id.rawValue) != nil else { throw StoreError.notFound("tag", id) }
            changes.add(table.remove(id.rawValue))
        }
    }

    private func insert(_ name: String, _ id: TagID, _ changes: inout Changes) throws -> Tag {
        guard table.row(id.rawValue) == nil else { throw StoreError.alreadyExists("tag", id) }
        let tag = Tag(id: id, name: name, createdAt: table.nextMoment(folder.clock.now))
        changes.add(table.put(tag))
        return tag
    }

    /// The tag with a name, as the writer sees it.
    private func stagedTag(_ name: String) -> Tag? {
        let staged = table.stagedRows
        for case let tag? in staged.values where tag.name.hasSameBytes(as: name) { return tag }
        return table.rows([RowTrait("name", name)]) { tag in
            tag.name.hasSameBytes(as: name) && !staged.keys.contains(ByteText(tag.rowID))
        }.first
    }
}
