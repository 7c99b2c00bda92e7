import HTTPTypes
import ParlantCore
import ParlantEngine

/// Documents of customers and of agents, as clients create and delete them.
struct OwnedDocuments: Sendable {
    private let store: any EntityStore<Document>
    private let engine: EventEngine
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        store = services.entities.knowledge.documents
        engine = services.engine
        ids = services.ids
        limits = services.limits
    }

    /// Creates documents in this order, all or none.
    ///
    /// - Throws: 413 and 422 beyond the limits; what the store throws, then none of them is there.
    func create(_ drafts: [DocumentDraft], of owner: KnowledgeOwner) async throws -> [Stored<Document>] {
        guard !drafts.isEmpty else { return [] }
        for draft in drafts { try limits.check(draft) }
        try await checkRoom(for: drafts, of: owner)
        var made: [Stored<Document>] = []
        do {
            for draft in drafts {
                made.append(try await store.create(draft.document(DocumentID(ids.uuid()), of: owner)))
            }
            // Others may have looked at the same moment: rather all of them are refused than too many kept.
            try await checkRoom(for: [], of: owner)
            return made
        } catch {
            await undo(made)
            throw error
        }
    }

    /// - Complexity: O(bytes of the owner's documents).
    private func checkRoom(for drafts: [DocumentDraft], of owner: KnowledgeOwner) async throws {
        let kept = try await store.list(anyOf: [owner.tag]).map(\.entity.content) + drafts.map(\.content)
        guard kept.count <= limits.knowledge.documentCount else {
            throw APIError(
                .conflict,
                "The \(owner) would have more than \(limits.knowledge.documentCount) documents; delete some first.")
        }
        guard kept.reduce(0, { $0 + $1.byteCount }) <= limits.knowledge.ownerBytes else {
            throw APIError(
                .conflict,
                "The documents of the \(owner) would be larger than \(limits.knowledge.ownerBytes) bytes; delete some "
                    + "first.")
        }
    }

    /// Has the documents of an owner who is there prepared for turns, after some were created or deleted. Returns at once.
    func prepare(_ owner: KnowledgeOwner) { engine.documentsChanged(of: owner) }

    /// Deletes what was created in vain. A store that fails now keeps documents that nobody will see.
    func undo(_ made: [Stored<Document>]) async {
        for stored in made { try? await store.delete(stored.entity.id) }
    }

    /// The documents of an owner that a client asks for.
    ///
    /// - Complexity: O(documents of the owner).
    func list(
        of owner: KnowledgeOwner, _ parameters: ListParameters
    ) async throws -> ArraySlice<Stored<Document>> {
        // Documents never change, so that both moments are that of creation.
        let all = try await store.list(anyOf: [owner.tag]).filter { stored in
            parameters.metadata.allSatisfy { stored.entity.metadata.value(exactly: $0) == $1 }
        }
        let ordered = parameters.direction == .ascending ? all : all.reversed()
        return ordered.dropFirst(parameters.offset).prefix(parameters.limit)
    }

    /// - Throws: ``StoreError`` `notFound`, also for a document of somebody else.
    func delete(_ id: DocumentID, of owner: KnowledgeOwner) async throws {
        guard try await store.read(id).entity.owner == owner else {
            throw StoreError.notFound(Document.entityName, id)
        }
        try await store.delete(id)
        prepare(owner)
    }
}
