import ParlantCore
import Synchronization

/// Vectors by words that mean the same: one direction for each group. Counts what it is asked, and can fail.
final class GroupEmbedder: Embedder {
    private let groups: [[String]]
    let requests = Mutex<[[String]]>([])
    let fails = Mutex(false)
    /// Holds requests for more than one text back while it is there.
    let valve: Valve?

    init(_ groups: [[String]], valve: Valve? = nil) {
        self.groups = groups
        self.valve = valve
    }

    func embed(_ texts: [String]) async throws -> Embedding {
        requests.withLock { $0.append(texts) }
        if texts.count > 1 { try await valve?.pass() }
        if fails.withLock({ $0 }) { throw NLPError(.unavailable, "away") }
        return Embedding(
            vectors: texts.map { text in
                let words = text.lowercased().split { !$0.isLetter }.map(String.init)
                return groups.map { group in Float(words.count { group.contains($0) }) } + [0.01]
            })
    }
}

/// A model that writes one fixed reply and keeps what it was asked, with an embedder beside it.
final class GroundedModel: NLPService, SchematicGenerator {
    let embedder: (any Embedder)?
    let requests = Mutex<[GenerationRequest]>([])

    init(embedder: (any Embedder)? = nil) { self.embedder = embedder }

    var summary: String { "grounded" }
    var generator: (any SchematicGenerator)? { self }

    /// The prompt of the newest reply.
    var prompt: String { requests.withLock { $0.last { $0.schemaName == "reply" }?.prompt ?? "" } }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        requests.withLock { $0.append(request) }
        return Generation(content: request.schemaName == "reply" ? ["message": "Fine."] : ["applies": []])
    }
}
