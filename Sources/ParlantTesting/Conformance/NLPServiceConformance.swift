public import ParlantCore

/// What every ``ParlantCore/NLPService`` keeps. The checks ask the real thing, so that they take as long as its answers
/// and cost what these cost.
public enum NLPServiceConformance {
    /// All rules that apply to a service: those of what it has.
    public static func checks(for service: any NLPService) -> [ConformanceCheck<any NLPService>] {
        (service.generator == nil ? [] : generation) + (service.streamer == nil ? [] : streaming)
            + (service.embedder == nil ? [] : embeddings) + (service.moderation == nil ? [] : moderation)
    }

    private static func question(size: ModelSize = .large, timeLimit: Duration? = nil) -> GenerationRequest {
        GenerationRequest(
            system: "You describe animals.", prompt: "A dog is brown and has four legs. Describe it.",
            schemaName: "animal",
            schema: [
                "type": "object", "properties": ["color": ["type": "string"], "legs": ["type": "integer"]],
                "required": ["color", "legs"], "additionalProperties": false,
            ],
            maxTokens: 200, size: size, timeLimit: timeLimit)
    }

    private static let words = GenerationRequest.text(
        "words", system: "You are brief.", prompt: "Count from one to ten in words.", maxTokens: 60)

    private static func generator(of service: any NLPService) throws -> any SchematicGenerator {
        guard let generator = service.generator else { throw ConformanceFailure(message: "it is gone", line: #line) }
        return generator
    }

    private static func streamer(of service: any NLPService) throws -> any TextStreamer {
        guard let streamer = service.streamer else { throw ConformanceFailure(message: "it is gone", line: #line) }
        return streamer
    }

    private static func requireAnimal(_ generation: Generation) throws {
        try require(
            generation.content["color"]?.string != nil, "the member 'color' is no string: \(generation.content)")
        try require(
            generation.content["legs"]?.integer != nil, "the member 'legs' is no integer: \(generation.content)")
        try require(generation.attempts >= 1, "it took \(generation.attempts) attempts")
        try require(generation.usage.input >= 0 && generation.usage.output >= 0, "the usage is \(generation.usage)")
    }

    private static let generation: [ConformanceCheck<any NLPService>] = [
        .init("an answer fits its schema, and is accounted") { service in
            let generation = try await generator(of: service).generate(question())
            try requireAnimal(generation)
            try require(!generation.model.isEmpty, "it does not say which model answered")
        },
        .init("a question of every size is answered") { service in
            for size in ModelSize.allCases {
                try requireAnimal(try await generator(of: service).generate(question(size: size)))
            }
        },
        .init("two questions at once each get an answer") { service in
            let generator = try generator(of: service)
            async let first = generator.generate(question())
            async let second = generator.generate(question())
            for generation in try await [first, second] { try requireAnimal(generation) }
        },
        .init("a question without time ends as timedOut, and the next one is answered") { service in
            let generator = try generator(of: service)
            do {
                _ = try await generator.generate(question(timeLimit: .zero))
                throw ConformanceFailure(message: "there was an answer in no time", line: #line)
            } catch let error as NLPError {
                try require(error.code == .timedOut, "it ended as \(error)")
            }
            try requireAnimal(try await generator.generate(question()))
        },
        .init("a question whose task is cancelled ends, and the next one is answered") { service in
            let generator = try generator(of: service)
            let task = Task { try await generator.generate(question()) }
            task.cancel()
            do {
                _ = try await task.value
            } catch {
                try require(error is CancellationError, "it ended as \(error)")
            }
            try requireAnimal(try await generator.generate(question()))
        },
    ]

    private static let streaming: [ConformanceCheck<any NLPService>] = [
        .init("a streamed text comes in pieces that are the text together") { service in
            let shelf = Shelf()
            let generation = try await streamer(of: service).stream(words) { await shelf.add($0) }
            let pieces = await shelf.pieces
            try require(pieces.count > 1 && pieces.allSatisfy { !$0.isEmpty }, "the pieces are \(pieces.prefix(5))")
            try requireEqual(generation.content.string, pieces.joined(), "the text")
            try require(generation.attempts >= 1, "it took \(generation.attempts) attempts")
        },
        .init("a receiver that throws ends the stream with its own error, and the next one is written") { service in
            struct Enough: Error {}
            let streamer = try streamer(of: service)
            do {
                _ = try await streamer.stream(words) { _ in throw Enough() }
                throw ConformanceFailure(message: "the stream went on", line: #line)
            } catch is Enough {}
            _ = try await streamer.stream(words) { _ in }
        },
    ]

    private static let embeddings: [ConformanceCheck<any NLPService>] = [
        .init("each text gets a vector, in order, all of one length") { service in
            let texts = ["dog", "a much longer sentence about opening hours"]
            guard let vectors = try await service.embedder?.embed(texts).vectors,
                let alone = try await service.embedder?.embed([texts[1]]).vectors
            else { throw ConformanceFailure(message: "it is gone", line: #line) }
            try requireEqual(vectors.count, 2, "the number of vectors")
            try require(!vectors[0].isEmpty && vectors[0].count == vectors[1].count, "the lengths differ, or are none")
            try require(vectors[0] != vectors[1], "two texts have the same vector")
            let distance = zip(vectors[1], alone.first ?? []).map { abs($0 - $1) }.max() ?? .infinity
            try require(distance < 0.05, "the order or the vectors themselves change")
        }
    ]

    private static let moderation: [ConformanceCheck<any NLPService>] = [
        .init("a harmless text is not flagged") { service in
            let judgement = try await service.moderation?.moderate("What are your opening hours?")
            try require(judgement?.isFlagged == false, "flagged as \(judgement?.categories ?? [])")
        }
    ]

    private actor Shelf {
        var pieces: [String] = []
        func add(_ piece: String) { pieces.append(piece) }
    }
}
