public import ParlantCore

/// A provider that writes down every question and answer on their way, so that turns can be run again without it.
///
/// A call that fails is passed on and not recorded. Keys and addresses are no part of a question, so none is written; what
/// customers said is.
public struct RecordingService: NLPService {
    private let service: any NLPService
    private let write: Writing

    /// Takes one line, without its end. Called from any task; a call returns when the line is written.
    public typealias Writing = @Sendable (_ line: String) async throws -> Void

    /// - Parameters:
    ///   - service: The provider that answers.
    ///   - write: Keeps a line; what it throws fails the call.
    public init(_ service: any NLPService, write: @escaping Writing) {
        self.service = service
        self.write = write
    }

    public var summary: String { service.summary + ", recorded" }
    public var generator: (any SchematicGenerator)? { service.generator.map { Recorder(generator: $0, write: write) } }
    public var streamer: (any TextStreamer)? { service.streamer.map { StreamRecorder(streamer: $0, write: write) } }
    public var embedder: (any Embedder)? { service.embedder.map { EmbeddingRecorder(embedder: $0, write: write) } }
    public var moderation: (any ModerationService)? {
        service.moderation.map { ModerationRecorder(moderation: $0, write: write) }
    }
    public func modelName(for size: ModelSize) -> String? { service.modelName(for: size) }

    private struct Recorder: SchematicGenerator {
        let generator: any SchematicGenerator
        let write: Writing

        func generate(_ request: GenerationRequest) async throws -> Generation {
            let answer = try await generator.generate(request)
            try await write(RecordedCall(.generate, request.recorded, answer.recorded).line)
            return answer
        }
    }

    private struct StreamRecorder: TextStreamer {
        let streamer: any TextStreamer
        let write: Writing

        func stream(
            _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
        ) async throws -> Generation {
            let pieces = Pieces()
            let answer = try await streamer.stream(request) { piece in
                await pieces.add(piece)
                try await receive(piece)
            }
            var recorded = answer.recorded
            recorded["pieces"] = .array(await pieces.all.map(JSONValue.string))
            try await write(RecordedCall(.stream, request.recorded, recorded).line)
            return answer
        }
    }

    private actor Pieces {
        private(set) var all: [String] = []

        func add(_ piece: String) { all.append(piece) }
    }

    private struct EmbeddingRecorder: Embedder {
        let embedder: any Embedder
        let write: Writing

        func embed(_ texts: [String]) async throws -> Embedding {
            let embedding = try await embedder.embed(texts)
            let answer: JSONObject = [
                "vectors": .array(embedding.vectors.map { .array($0.map { .number(Double($0)) }) }),
                "input_tokens": .integer(Int64(embedding.usage.input)), "model": .string(embedding.model),
                "attempts": .integer(Int64(embedding.attempts)),
            ]
            try await write(RecordedCall(.embed, ["texts": .array(texts.map(JSONValue.string))], answer).line)
            return embedding
        }
    }

    private struct ModerationRecorder: ModerationService {
        let moderation: any ModerationService
        let write: Writing

        func moderate(_ text: String) async throws -> Moderation {
            let found = try await moderation.moderate(text)
            let answer: JSONObject = [
                "flagged": .boolean(found.isFlagged), "categories": .array(found.categories.map(JSONValue.string)),
            ]
            try await write(RecordedCall(.moderate, ["text": .string(text)], answer).line)
            return found
        }
    }
}
