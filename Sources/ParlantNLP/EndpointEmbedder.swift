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

    func embed(_ texts: [String]) async throws -> Embedding {
        let deadline = client.deadline()
        var account = CallAccount()
        var vectors: [[Float]] = []
        do {
            for start in stride(from: 0, to: texts.count, by: Self.batch) {
                let part = Array(texts[start..<min(start + Self.batch, texts.count)])
                vectors += try await embedBatch(part, until: deadline, &account)
            }
            guard Set(vectors.map(\.count)).count <= 1 else { throw malformed() }
        } catch let error as NLPError {
            throw account.settle(error)
        }
        return Embedding(vectors: vectors, usage: account.usage, model: model, attempts: account.attempts)
    }

    private func embedBatch(
        _ texts: [String], until deadline: Duration, _ account: inout CallAccount
    ) async throws -> [[Float]] {
        while true {
            let used = dialect.current
            let question = EndpointQuestion(
                path: used.dialect.path, body: .object(used.dialect.body(of: texts, model: model)), model: model,
                deadline: deadline, maxReplyBytes: Self.maxReplyBytes)
            switch try await client.ask(question, &account) {
            case .done(let reply):
                account.usage += used.dialect.usage(in: reply)
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
