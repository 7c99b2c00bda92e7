import ParlantCore
import Synchronization

/// The language models as one turn uses them: each call names the step that it is for, and is accounted.
///
/// Every part of a turn that asks a model asks here, so that what is true of all calls (accounts, budgets, records) has
/// one place. One value belongs to one turn.
final class TurnModels: Sendable {
    private let nlp: any NLPService
    private let clock: any TimeSource
    private let begin: Duration
    private let made = Mutex<[ModelCall]>([])

    /// The models of a turn that begins now.
    init(nlp: any NLPService, clock: any TimeSource) {
        self.nlp = nlp
        self.clock = clock
        begin = clock.uptime
    }

    /// Whether there is a model that writes.
    var canWrite: Bool { nlp.generator != nil }
    /// Whether there is a model that writes piece by piece.
    var canStream: Bool { nlp.streamer != nil }
    /// Whether there is a model that makes vectors.
    var canEmbed: Bool { nlp.embedder != nil }

    /// The calls of the turn so far, failed ones included, in the order in which they ended.
    var calls: [ModelCall] { made.withLock { $0 } }

    /// Asks for one answer by a schema.
    ///
    /// - Throws: ``NLPError``: `unavailable` without a model, else what the provider throws; `CancellationError`.
    func generate(_ request: GenerationRequest, for step: ModelStep) async throws -> Generation {
        guard let generator = nlp.generator else {
            throw NLPError(.unavailable, "no language model is configured; name one with --model")
        }
        return try await account(step, request.schemaName) { try await generator.generate(request) }
    }

    /// Asks for free text, and hands over each piece as it is written; see ``TextStreamer``.
    ///
    /// - Throws: As ``generate(_:for:)``, and what `receive` throws.
    func stream(
        _ request: GenerationRequest, for step: ModelStep, _ receive: @escaping PieceReceiver
    ) async throws -> Generation {
        guard let streamer = nlp.streamer else {
            throw NLPError(.unavailable, "the language model does not write piece by piece; ask it for whole texts")
        }
        return try await account(step, request.schemaName) { try await streamer.stream(request, receive) }
    }

    /// Vectors of texts, one for each.
    ///
    /// - Throws: As ``generate(_:for:)``.
    func embed(_ texts: [String]) async throws -> [[Float]] {
        guard let embedder = nlp.embedder else {
            throw NLPError(.unavailable, "no embedding model is configured; name one with --embedding-model")
        }
        return try await account(.embedding, "embedding") { try await embedder.embed(texts) }.vectors
    }

    private func account<Answer: AccountedAnswer>(
        _ step: ModelStep, _ name: String, _ call: () async throws -> Answer
    ) async throws -> Answer {
        let started = clock.uptime
        func note(_ usage: TokenUsage, _ attempts: Int, model: String = "", failure: String? = nil) {
            let call = ModelCall(
                step: step, name: name, model: model, attempts: attempts, startedAfter: started - begin,
                duration: clock.uptime - started, usage: usage, failure: failure)
            made.withLock { $0.append(call) }
        }
        do {
            let answer = try await call()
            note(answer.usage, answer.attempts, model: answer.model)
            return answer
        } catch {
            let failure = error as? NLPError
            note(
                failure?.usage ?? TokenUsage(), failure?.attempts ?? 0,
                failure: error is CancellationError ? "cancelled" : "\(error)")
            throw error
        }
    }
}

/// What a model answered, with the account of the call.
private protocol AccountedAnswer: Sendable {
    var usage: TokenUsage { get }
    var model: String { get }
    var attempts: Int { get }
}

extension Generation: AccountedAnswer {}
extension Embedding: AccountedAnswer {}
