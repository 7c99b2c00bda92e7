import Logging
import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("A search in documents")
struct DocumentSearchTests {
    private let store = MemoryEntityStore<Document>(clock: ManualClock())
    private let embedder = GroupEmbedder([["creek", "floods"], ["zebra"]])

    private var models: TurnModels { TurnModels(nlp: GroundedModel(embedder: embedder), clock: ManualClock()) }

    private func create(_ id: DocumentID, _ owner: KnowledgeOwner, _ text: String) async throws {
        try await store.create(Document(id: id, owner: owner, title: "T", content: .text(text)))
    }

    private func search(_ rules: DocumentRules) -> DocumentSearch {
        let models = models
        return DocumentSearch(store, rules: rules, clock: ManualClock(), logger: Logger(label: "test")) { _ in models }
    }

    @Test("goes by words for an owner whose vectors are too many, whose text stays and pushes nobody out")
    func tooManyVectors() async throws {
        let (large, small) = (KnowledgeOwner.agent("large"), KnowledgeOwner.customer("small"))
        let sentences = (1...1000).map { "Sentence \($0) speaks of gizmos. " }.joined()
        try await create("large", large, sentences + "The zebra is striped.")
        try await create("small", small, "Floods are not covered.")
        let text = try #require(try await DocumentIndices(store, byteLimit: .max).passages(of: large))
        #expect(text.missingVectors > 2 * 64)
        var rules = DocumentRules()
        // Half of the vectors would fit, of 3 numbers each.
        rules.keptBytes = text.bytes + text.missingVectors * 14
        let search = search(rules)
        func ask(_ question: String, _ owner: KnowledgeOwner) async throws -> [FoundPassage] {
            let found = try await search.search(question, of: [owner], limit: 1, models)
            await search.settle()
            return found
        }
        for _ in 0..<2 { #expect(try await ask("Where is the zebra?", large).first?.text.contains("zebra") == true) }
        #expect(embedder.requests.withLock { $0.count } == 1)
        _ = try await ask("What of floods?", small)
        #expect(try await ask("Where is the zebra?", large).count == 1)
        #expect(try await ask("What of the creek?", small).map(\.document) == ["small"])
        let requests = embedder.requests.withLock { $0 }
        #expect(requests.dropFirst() == [["Floods are not covered."], ["What of the creek?"]])
        #expect(requests[0].count <= 64)
        #expect(search.keptBytes > text.bytes)
        try await store.update("large") { $0.content = .text("The zebra is gone.") }
        _ = try await ask("Where is the zebra?", large)
        #expect(embedder.requests.withLock { $0.last } == ["The zebra is gone."])
    }
}
