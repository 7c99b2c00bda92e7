import ParlantCore

/// Asks an endpoint for vectors, in pieces.
struct EndpointEmbedder: Embedder {
    /// Texts in one request; services allow some thousand, local servers are slower and better fed in pieces.
    private static let batch = 128
    /// 128 vectors of 3,072 dimensions as decimal numbers are about 8 MB.
    private static let maxReplyBytes = 32 << 20

    let client: EndpointClient
    let model: String
    let dialect: LearnedDialect<any EmbeddingDialect>

    func embed(_ texts: [String]) async throws -> [[Float]] {
        let deadline = client.deadline()
        var vectors: [[Float]] = []
        for start in stride(from: 0, to: texts.count, by: Self.batch) {
            let part = Array(texts[start..<min(start + Self.batch, texts.count)])
            vectors += try await embedBatch(part, until: deadline)
        }
        guard Set(vectors.map(\.count)).count <= 1 else { throw malformed() }
        return vectors
    }

    private func embedBatch(_ texts: [String], until deadline: Duration) async throws -> [[Float]] {
        var account = CallAccount()
        while true {
            let used = dialect.current
            let question = EndpointQuestion(
                path: used.dialect.path, body: .object(used.dialect.body(of: texts, model: model)), model: model,
                deadline: deadline, maxReplyBytes: Self.maxReplyBytes)
            switch try await client.ask(question, &account) {
            case .done(let reply):
                guard let vectors = used.dialect.vectors(in: reply, count: texts.count) else { throw malformed() }
                return vectors
            case .refused(let what, let error):
                guard dialect.learn(from: what, used: used) else { throw error }
            }
        }
    }

    private func malformed() -> NLPError {
        NLPError(
            .malformed, "\(client.configuration.host) did not send one vector per text; check the model '\(model)'")
    }
}
