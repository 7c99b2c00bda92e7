import Logging
import ParlantCore

/// Finds the passages of documents that answer a question, of the owners that are named and of nobody else.
final class DocumentSearch: Sendable {
    let rules: DocumentRules
    private let indices: DocumentIndices
    private let embedding: PassageEmbedding
    private let logger: Logger

    /// - Parameter models: The models that make vectors of the documents of an owner, beside the turns.
    init(
        _ store: any EntityStore<Document>, rules: DocumentRules, clock: any TimeSource, logger: Logger,
        models: @escaping @Sendable (KnowledgeOwner) -> TurnModels
    ) {
        self.rules = rules
        self.logger = logger
        indices = DocumentIndices(store, byteLimit: rules.keptBytes)
        embedding = PassageEmbedding(
            indices, pauseAfterFailure: rules.pauseAfterFailure, clock: clock, logger: logger, models: models)
    }

    /// The best passages, best first; none when nothing is relevant.
    ///
    /// Vectors of documents are never waited for: where there are none yet they are ordered, and words decide. They
    /// always do where an owner's vectors do not fit in ``DocumentRules/keptBytes``. One request to the embedder makes
    /// a vector of the question, and none where no passage has one.
    ///
    /// - Throws: What the store throws; `CancellationError`. When the embedder fails or a budget forbids to ask it, words
    ///   decide, and the log says so.
    func search(
        _ question: String, of owners: [KnowledgeOwner], limit: Int, _ models: TurnModels
    ) async throws -> [FoundPassage] {
        var found: [OwnerPassages] = []
        for owner in owners {
            guard let passages = try await indices.passages(of: owner) else { continue }
            found.append(passages)
            if models.canEmbed, indices.wantsVectors(passages) { embedding.request(owner) }
        }
        guard !found.isEmpty else { return [] }
        let vector = found.contains(where: \.hasVectors) ? try await vector(of: question, models) : nil
        let hits = found.flatMap { $0.search(question, vector: vector, limit: limit) }
        // Stable, so that those of the owner who was named first come first.
        return hits.enumerated().sorted { ($0.element.score, $1.offset) > ($1.element.score, $0.offset) }
            .prefix(limit).map(\.element)
    }

    /// The owner's documents in order of creation.
    ///
    /// - Throws: What the store throws.
    func documents(of owner: KnowledgeOwner) async throws -> [Document] { try await indices.documents(of: owner) }

    /// Has an owner's documents indexed, and their vectors made, before anybody asks. Returns at once.
    func prepare(_ owner: KnowledgeOwner) { embedding.request(owner) }

    /// Drops what is kept of an owner.
    func forget(_ owner: KnowledgeOwner) { indices.forget(owner) }

    /// Bytes that are kept in memory, roughly.
    var keptBytes: Int { indices.bytes }

    /// Returns when the vectors that were ordered are there.
    func settle() async { await embedding.settle() }

    /// Orders no vectors any more.
    func close() { embedding.close() }

    private func vector(of question: String, _ models: TurnModels) async throws -> UnitVector? {
        guard models.canEmbed else { return nil }
        do {
            let vectors = try await models.embed([String(question.suffix(EmbeddingConditionScorer.readLimit))])
            guard let vector = vectors.first, !vector.isEmpty else {
                throw NLPError(.malformed, "the embedder returned no vector; check its model")
            }
            return UnitVector(vector)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("documents are searched by words", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
