/// A name under which customers and other entities are grouped.
public struct Tag: Sendable, Hashable {
    public var id: TagID
    /// Unique among tags, case-sensitive, 1 to 50 characters.
    public var name: String
    public var createdAt: Timestamp

    public init(id: TagID, name: String, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}

/// Keeps tags. Every implementation passes `TagStoreConformance`.
public protocol TagStore: Sendable {
    /// Creates a tag.
    ///
    /// - Throws: ``StoreError`` `alreadyExists` when the name is taken.
    func create(name: String) async throws -> Tag
    /// Returns the tag with this name, created now if there is none. Two calls at once return the same tag.
    func ensure(name: String) async throws -> Tag
    /// - Throws: ``StoreError`` `notFound`.
    func read(_ id: TagID) async throws -> Tag
    /// All tags in order of creation, or the one with this exact name.
    func list(name: String?) async throws -> [Tag]
    /// Renames a tag.
    ///
    /// - Throws: ``StoreError`` `notFound`, or `alreadyExists` when another tag has the name.
    func update(_ id: TagID, name: String) async throws -> Tag
    /// Removes the tag. Entities keep its id, as on the reference.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    func delete(_ id: TagID) async throws
}
