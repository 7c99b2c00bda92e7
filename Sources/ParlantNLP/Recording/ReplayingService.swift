public import ParlantCore

/// A provider that answers out of a record and reaches no network.
public struct ReplayingService: NLPService {
    private let record: ModelRecord

    /// - Parameter record: What it knows.
    public init(_ record: ModelRecord) { self.record = record }

    public var summary: String { "a record of language model calls" }
    public var generator: (any SchematicGenerator)? { Generator(record: record) }
    public var streamer: (any TextStreamer)? { record.contains(.stream) ? Streamer(record: record) : nil }
    public var embedder: (any Embedder)? { record.contains(.embed) ? VectorReader(record: record) : nil }
    public var moderation: (any ModerationService)? { record.contains(.moderate) ? Judge(record: record) : nil }

    private static let unreadable = NLPError(
        .malformed, "an answer of the record cannot be read; record it again with --record")

    private struct Generator: SchematicGenerator {
        let record: ModelRecord

        func generate(_ request: GenerationRequest) async throws -> Generation {
            guard let answer = Generation(recorded: try record.answer(.generate, request.recorded)) else {
                throw unreadable
            }
            return answer
        }
    }

    private struct Streamer: TextStreamer {
        let record: ModelRecord

        func stream(
            _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
        ) async throws -> Generation {
            let recorded = try record.answer(.stream, request.recorded)
            guard let answer = Generation(recorded: recorded), let pieces = recorded["pieces"]?.array else {
                throw unreadable
            }
            for piece in pieces.compactMap(\.string) { try await receive(piece) }
            return answer
        }
    }

    private struct VectorReader: Embedder {
        let record: ModelRecord

        func embed(_ texts: [String]) async throws -> Embedding {
            let answer = try record.answer(.embed, ["texts": .array(texts.map(JSONValue.string))])
            guard let vectors = answer["vectors"]?.array, vectors.count == texts.count else { throw unreadable }
            return Embedding(
                vectors: vectors.map { vector in vector.array?.compactMap { $0.number.map { Float($0) } } ?? [] },
                usage: TokenUsage(input: answer["input_tokens"]?.integer.flatMap { Int(exactly: $0) } ?? 0),
                model: answer["model"]?.string ?? "",
                attempts: answer["attempts"]?.integer.flatMap { Int(exactly: $0) } ?? 1)
        }
    }

    private struct Judge: ModerationService {
        let record: ModelRecord

        func moderate(_ text: String) async throws -> Moderation {
            let answer = try record.answer(.moderate, ["text": .string(text)])
            guard let isFlagged = answer["flagged"]?.boolean else { throw unreadable }
            return Moderation(
                isFlagged: isFlagged, categories: answer["categories"]?.array?.compactMap(\.string) ?? [])
        }
    }
}
