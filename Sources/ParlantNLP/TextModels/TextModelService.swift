public import ParlantCore

/// A provider over any ``ParlantCore/TextModel``: makes JSON of its text, asks again for what does not fit, and tries
/// again what failed, all within one deadline.
public struct TextModelService: NLPService {
    public let summary: String
    public let generator: (any SchematicGenerator)?
    public let streamer: (any TextStreamer)?
    public let embedder: (any Embedder)?
    public let moderation: (any ModerationService)?

    /// What a request to the model may take.
    public struct Limits: Sendable {
        /// When and how long to pause before the next attempt.
        public var retries = RetryPolicy()
        /// Answers that do not fit are asked for again, this often at most.
        public var repairs = 2
        /// Longest time for one answer: all attempts, pauses and repairs.
        public var deadline: Duration = .seconds(120)
        /// Texts in one call of `embed`.
        public var embeddingBatch = 64

        /// The defaults.
        public init() {}
    }

    /// - Parameters:
    ///   - model: Does one attempt per call.
    ///   - clock: Measures the deadline and waits between attempts.
    ///   - random: Numbers from 0 to 1 that shorten the pauses.
    ///   - onNotice: Gets a sentence for the log when the model wants a pause.
    public init(
        _ model: any TextModel, limits: Limits = .init(), clock: any TimeSource,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        let attempts = TextModelAttempts(
            model: model, limits: limits, clock: clock, random: random, onNotice: onNotice)
        generator = TextModelGenerator(attempts: attempts)
        streamer = model.canStream ? TextModelStreamer(attempts: attempts) : nil
        embedder = TextModelEmbedder(attempts: attempts)
        moderation = model.canModerate ? TextModelModerator(attempts: attempts) : nil
        summary = model.name
    }

    public func modelName(for size: ModelSize) -> String? { summary }
}

/// Asks a text model for JSON that fits a schema.
struct TextModelGenerator: SchematicGenerator {
    /// Characters of a bad answer that are shown to the model again.
    private static let shownAnswer = 4000

    let attempts: TextModelAttempts

    func generate(_ request: GenerationRequest) async throws -> Generation {
        let deadline = attempts.deadline(within: request.timeLimit)
        let model = attempts.model
        let question =
            "\(request.system)\n\n\(request.prompt)\n\nAnswer with one JSON object that fits this JSON schema, and "
            + "nothing else:\n\(request.schema)"
        var text = TextRequest(
            prompt: question, schema: request.schema, temperature: request.temperature, maxTokens: request.maxTokens,
            size: request.size)
        try await refuseTooLong(question, request, until: deadline)
        var usage = TokenUsage()
        var made = 0
        var problem = ""
        for _ in 0...max(attempts.limits.repairs, 0) {
            let current = text
            let completion = try await attempts.run(until: deadline, attempts: &made) {
                try await model.generate(current)
            }
            usage += completion.usage
            if let content = Chat.json(in: completion.text) {
                guard let misfit = JSONSchemaCheck.problem(of: content, in: request.schema) else {
                    return Generation(content: content, usage: usage, model: model.name, attempts: made)
                }
                problem = misfit
            } else {
                let isEmpty = !completion.text.contains { !$0.isWhitespace }
                problem = isEmpty ? "the answer was empty" : "the answer is not JSON"
            }
            text.prompt =
                "\(question)\n\nAn earlier answer was not usable: \(problem). It was:\n"
                + String(completion.text.prefix(Self.shownAnswer))
        }
        throw NLPError(
            .malformed,
            "\(model.name) did not write what was asked for (\(request.schemaName): \(problem)); try a more capable model",
            usage: usage, attempts: made)
    }

    /// Says beforehand what the model would cut off without a word.
    private func refuseTooLong(
        _ prompt: String, _ request: GenerationRequest, until deadline: Duration
    ) async throws {
        let model = attempts.model
        var made = 0
        let tokens = try await attempts.run(until: deadline, attempts: &made) { try await model.countTokens(prompt) }
        guard tokens + request.maxTokens <= model.maxTokens else {
            throw NLPError(
                .rejected,
                "\(model.name) takes \(model.maxTokens) tokens, and the prompt has \(tokens) with \(request.maxTokens) "
                    + "for the answer; use a model with more context")
        }
    }
}

/// Asks a text model for vectors, in pieces.
struct TextModelEmbedder: Embedder {
    let attempts: TextModelAttempts

    func embed(_ texts: [String]) async throws -> Embedding {
        let deadline = attempts.deadline()
        let (model, batch) = (attempts.model, max(1, attempts.limits.embeddingBatch))
        var vectors: [[Float]] = []
        var made = 0
        for start in stride(from: 0, to: texts.count, by: batch) {
            let part = Array(texts[start..<min(start + batch, texts.count)])
            let some = try await attempts.run(until: deadline, attempts: &made) { try await model.embed(part) }
            guard some.count == part.count, some.allSatisfy({ $0.count == model.dimensions }) else {
                throw NLPError(
                    .malformed, "\(model.name) did not return one vector of \(model.dimensions) numbers per text")
            }
            vectors += some
        }
        return Embedding(vectors: vectors, model: model.name, attempts: made)
    }
}

/// Asks a text model whether a text is acceptable.
struct TextModelModerator: ModerationService {
    let attempts: TextModelAttempts

    func moderate(_ text: String) async throws -> Moderation {
        let model = attempts.model
        var made = 0
        return try await attempts.run(until: attempts.deadline(), attempts: &made) { try await model.moderate(text) }
    }
}
