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
    private let decided = Mutex<[BudgetDecision]>([])
    /// What the turn may spend; nil: as much as it likes, and nobody counts.
    let budget: TurnBudget?

    /// The models of a turn that begins now.
    init(nlp: any NLPService, clock: any TimeSource, budget: TurnBudget? = nil) {
        self.nlp = nlp
        self.clock = clock
        self.budget = budget
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

    /// What budgets changed about the calls of the turn so far, in order.
    var budgetDecisions: [BudgetDecision] { decided.withLock { $0 } }

    /// Asks for one answer by a schema; a smaller model when there is reason to save.
    ///
    /// - Throws: ``NLPError``: `unavailable` without a model, else what the provider throws; ``BudgetExhausted``, and no
    ///   model was asked; `CancellationError`.
    func generate(_ request: GenerationRequest, for step: ModelStep) async throws -> Generation {
        guard let generator = nlp.generator else {
            throw NLPError(.unavailable, "no language model is configured; name one with --model")
        }
        let request = try admitted(request, for: step)
        return try await account(step, request.schemaName, request.size) { try await generator.generate(request) }
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
        let request = try admitted(request, for: step)
        return try await account(step, request.schemaName, request.size) {
            try await streamer.stream(request, receive)
        }
    }

    /// Vectors of texts, one for each.
    ///
    /// - Throws: As ``generate(_:for:)``.
    func embed(_ texts: [String]) async throws -> [[Float]] {
        guard let embedder = nlp.embedder else {
            throw NLPError(.unavailable, "no embedding model is configured; name one with --embedding-model")
        }
        // There are no smaller vectors.
        _ = try isSaving(at: .embedding)
        return try await account(.embedding, "embedding") { try await embedder.embed(texts) }.vectors
    }

    /// The request as the budgets let it be made.
    private func admitted(_ request: GenerationRequest, for step: ModelStep) throws -> GenerationRequest {
        guard try isSaving(at: step) else { return request }
        var request = request
        request.size = request.size.smaller
        return request
    }

    /// Has the next call counted, and notes what a budget changes about it.
    ///
    /// - Returns: Whether there is reason to save.
    /// - Throws: ``BudgetExhausted``: the call must not be made.
    private func isSaving(at step: ModelStep) throws(BudgetExhausted) -> Bool {
        func decide(_ effect: BudgetDecision.Effect, _ limit: ReachedLimit) {
            decided.withLock { $0.append(BudgetDecision(effect, at: step, by: limit)) }
        }
        switch budget?.admit(step) ?? .free {
        case .free: return false
        case .save(let limit) where step.isOptional:
            decide(.skipped, limit)
            throw BudgetExhausted(limit: limit)
        case .save(let limit):
            if step != .embedding { decide(.smallerModel, limit) }
            return true
        case .stop(let limit):
            decide(.refused, limit)
            throw BudgetExhausted(limit: limit)
        }
    }

    private func account<Answer: AccountedAnswer>(
        _ step: ModelStep, _ name: String, _ size: ModelSize? = nil, _ call: () async throws -> Answer
    ) async throws -> Answer {
        let started = clock.uptime
        func note(_ usage: TokenUsage, _ attempts: Int, model: String?, failure: String? = nil) {
            let call = ModelCall(
                step: step, name: name, model: model ?? "", attempts: attempts, startedAfter: started - begin,
                duration: clock.uptime - started, usage: usage, failure: failure)
            made.withLock { $0.append(call) }
            budget?.charge(usage, attempts: attempts, model: model)
        }
        do {
            let answer = try await call()
            note(answer.usage, answer.attempts, model: answer.model)
            return answer
        } catch {
            let failure = error as? NLPError
            note(
                failure?.usage ?? TokenUsage(), failure?.attempts ?? 0, model: size.flatMap(nlp.modelName),
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
