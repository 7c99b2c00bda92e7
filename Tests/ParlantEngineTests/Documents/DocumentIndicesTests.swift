import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("Indices of documents in memory")
struct DocumentIndicesTests {
    private let store = MemoryEntityStore<Document>(clock: ManualClock())

    private func create(_ id: DocumentID, _ owner: KnowledgeOwner) async throws {
        let text = "Document \(id) speaks of gizmos. " + String(repeating: "More about it. ", count: 50)
        try await store.create(Document(id: id, owner: owner, title: "T", content: .text(text)))
    }

    @Test("those that were used longest ago go when there are too many bytes")
    func limit() async throws {
        for name in ["a", "b", "c"] { try await create(DocumentID(name), .customer(CustomerID(name))) }
        let one = try #require(try await DocumentIndices(store, byteLimit: .max).passages(of: .customer("a")))
        let indices = DocumentIndices(store, byteLimit: one.bytes * 5 / 2)
        for name in ["a", "b", "a", "c"] { _ = try await indices.passages(of: .customer(CustomerID(name))) }
        #expect(indices.kept(of: .customer("a")) != nil && indices.kept(of: .customer("c")) != nil)
        #expect(indices.kept(of: .customer("b")) == nil)
        #expect(indices.bytes == one.bytes * 2)
        #expect(try await indices.passages(of: .customer("b"))?.documents.map(\.id) == ["b"])
    }

    @Test("an owner who has more than may be kept is found all the same, and pushes nobody out")
    func tooLarge() async throws {
        try await store.create(Document(id: "a", owner: .customer("a"), title: "T", content: .text("Short.")))
        try await create("b", .agent("x"))
        let indices = DocumentIndices(store, byteLimit: 1_000)
        _ = try await indices.passages(of: .customer("a"))
        let found = try #require(try await indices.passages(of: .agent("x")))
        #expect(!found.search("gizmos", vector: nil, limit: 5).isEmpty)
        #expect(indices.kept(of: .agent("x")) == nil)
        #expect(indices.kept(of: .customer("a")) != nil)
    }

    @Test("who is erased while somebody reads their documents is not kept")
    func erasedMeanwhile() async throws {
        try await create("a", .customer("x"))
        let reading = HeldStore(store)
        let indices = DocumentIndices(reading, byteLimit: .max)
        let found = Task { try await indices.passages(of: .customer("x")) }
        await reading.valve.waitForArrivals(1)
        indices.forget(.customer("x"))
        reading.valve.open()
        #expect(try await found.value != nil)
        #expect(indices.bytes == 0)
    }

    @Test("nothing is kept of an owner without documents, and bytes add up")
    func bytes() async throws {
        try await create("a", .customer("x"))
        let indices = DocumentIndices(store, byteLimit: .max)
        _ = try await indices.passages(of: .customer("x"))
        let plain = indices.bytes
        let text = try #require(indices.kept(of: .customer("x"))?.index.passages.first?.text)
        let windows = try #require(indices.kept(of: .customer("x"))?.index.windows.first?.count)
        #expect(
            indices.add([text: [UnitVector](repeating: UnitVector([1, 2]), count: windows)], to: .customer("x")))
        #expect(indices.bytes > plain)
        try await store.delete("a")
        #expect(try await indices.passages(of: .customer("x")) == nil)
        #expect(indices.bytes == 0)
    }
}

/// A store that has read what it lists, and hands it over when a test lets it.
private struct HeldStore: EntityStore {
    let store: any EntityStore<Document>
    let valve = Valve()

    init(_ store: any EntityStore<Document>) { self.store = store }

    func list(anyOf tags: [TagID]?) async throws -> [Stored<Document>] {
        let found = try await store.list(anyOf: tags)
        try await valve.pass()
        return found
    }

    @discardableResult
    func create(_ document: Document) async throws -> Stored<Document> { try await store.create(document) }
    @discardableResult
    func save(_ document: Document) async throws -> Stored<Document> { try await store.save(document) }
    func read(_ id: DocumentID) async throws -> Stored<Document> { try await store.read(id) }
    @discardableResult
    func update(
        _ id: DocumentID, _ change: @Sendable (inout Document) throws -> Void
    ) async throws -> Stored<Document> { try await store.update(id, change) }
    func delete(_ id: DocumentID) async throws { try await store.delete(id) }
}
