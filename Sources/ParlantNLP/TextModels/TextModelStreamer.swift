import ParlantCore
import Synchronization

/// Asks a text model for free text, and hands it over as it is written.
struct TextModelStreamer: TextStreamer {
    let attempts: TextModelAttempts

    func stream(
        _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation {
        let model = attempts.model
        let question = TextRequest(
            prompt: "\(request.system)\n\n\(request.prompt)", temperature: request.temperature,
            maxTokens: request.maxTokens, size: request.size)
        let written = Mutex("")
        var made = 0
        let usage = try await attempts.run(until: attempts.deadline(within: request.timeLimit), attempts: &made) {
            do {
                return try await model.stream(question) { piece in
                    guard !piece.isEmpty else { return }
                    written.withLock { $0 += piece }
                    try await receive(piece)
                }
            } catch let error as TextModelError {
                if written.withLock(\.isEmpty) { throw error }
                // What was handed over cannot be taken back, so there is no other attempt.
                throw NLPError(.unavailable, "\(model.name) broke off its answer: \(error.message)")
            }
        }
        let text = written.withLock { $0 }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw NLPError(
                .malformed, "\(model.name) sent an empty answer; try a more capable model", usage: usage, attempts: made
            )
        }
        return Generation(content: .string(text), usage: usage, model: model.name, attempts: made)
    }
}
