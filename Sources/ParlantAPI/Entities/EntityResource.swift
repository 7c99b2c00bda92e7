import ParlantCore

/// How one kind of entity stands on the wire; ``EntityRoutes`` makes its routes from this.
protocol EntityResource: Sendable {
    associatedtype Entity: StoredEntity

    /// `/terms`.
    var path: String { get }
    /// What the entity is called in the API's description.
    var noun: EntityNoun { get }
    /// What ``write(_:to:)`` writes.
    var schema: Schema { get }
    /// What ``answer(_:)`` writes.
    var answerSchema: Schema { get }
    var store: any EntityStore<Entity> { get }
    /// Owners that tags may name, besides tags of the store.
    var owners: EntityReferences.Owners { get }
    /// The query parameter that filters lists; may be repeated, then one of the tags is enough.
    var tagFilter: String { get }

    /// Reads the body of POST. What is returned makes the entity once the body is known to fit the schema; it may
    /// still refuse it with a sentence.
    func draft(_ body: inout FieldReader) -> @Sendable () throws -> Entity
    /// Reads the body of PATCH.
    func change(_ body: inout FieldReader) -> EntityChange<Entity>
    /// Checks what a new entity names, apart from tags.
    func check(_ entity: Entity) async throws
    /// Writes the entity as the reference's clients read it.
    func write(_ stored: Stored<Entity>, to writer: inout JSONWriter)
    /// The answer of GET and PATCH for one entity; the entity itself unless the resource says otherwise.
    func answer(_ stored: Stored<Entity>) async throws -> Reply
    /// Deletes the entity with all that goes with it.
    func delete(_ id: Identifier<Entity>) async throws
    /// What GET says when there is no such entity; nil for the sentence of the store.
    func missing(_ id: Identifier<Entity>) -> APIError?
    /// What POST says when the id is taken; nil for the sentence of the store, with 409.
    func taken(_ id: Identifier<Entity>) -> APIError?
}

extension EntityResource {
    /// `/terms/{term_id}`.
    var onePath: String { "\(path)/{\(noun.one)_id}" }
    var owners: EntityReferences.Owners { [.agents] }
    var tagFilter: String { "tag_id" }
    func check(_ entity: Entity) async throws {}
    func answer(_ stored: Stored<Entity>) async throws -> Reply { .json { write(stored, to: &$0) } }
    func delete(_ id: Identifier<Entity>) async throws { try await store.delete(id) }
    func missing(_ id: Identifier<Entity>) -> APIError? { nil }
    func taken(_ id: Identifier<Entity>) -> APIError? { nil }
    var answerSchema: Schema { schema }
}

/// What PATCH changes; what is not given stays as it was.
struct EntityChange<Entity: StoredEntity>: Sendable {
    var tags: TagsChange
    /// Tools that are named and must exist.
    var tools: [ToolID] = []
    /// Changes the entity, its tags too. May refuse with a sentence; then nothing is changed.
    var apply: @Sendable (inout Entity) throws -> Void
}
