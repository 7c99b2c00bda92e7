public import ParlantCore

/// What every ``ParlantCore/TextModel`` keeps. The checks ask the real thing, so that they take as long as its answers
/// and cost what these cost.
public enum TextModelConformance {
    /// All rules that apply to a model: those of `stream` and `moderate` only where it has them.
    public static func checks(for model: any TextModel) -> [ConformanceCheck<any TextModel>] {
        generation + (model.canStream ? streaming : []) + embeddings + (model.canModerate ? moderation : []) + tokens
    }

    private static let schema: JSONValue = [
        "type": "object", "properties": ["color": ["type": "string"], "legs": ["type": "integer"]],
        "required": ["color", "legs"], "additionalProperties": false,
    ]

    private static let generation: [ConformanceCheck<any TextModel>] = [
        .init("the limits are sensible") { model in
            try require(model.maxTokens >= 256, "max_tokens is \(model.maxTokens); a turn needs at least 256")
            try require(model.dimensions >= 1, "dimensions is \(model.dimensions)")
        },
        .init("a prompt is completed with some text") { model in
            let completion = try await model.generate(
                TextRequest(prompt: "Write the word hello and nothing else.", maxTokens: 20))
            try require(completion.text.contains { !$0.isWhitespace }, "the text is empty")
            try require(
                completion.usage.input >= 0 && completion.usage.output >= 0, "the usage is \(completion.usage)")
        },
        .init("with a schema, the text is JSON that fits") { model in
            let prompt =
                "A dog is brown and has four legs. Write one JSON object that fits this JSON schema, and nothing else:\n"
            let completion = try await model.generate(
                TextRequest(prompt: prompt + "\(schema)", schema: schema, maxTokens: 100))
            guard let value = try? JSONParser.parse(completion.text) else {
                throw ConformanceFailure(message: "the text is no JSON: \(completion.text.prefix(200))", line: #line)
            }
            try require(value["color"]?.string != nil, "the member 'color' is no string: \(value)")
            try require(value["legs"]?.integer != nil, "the member 'legs' is no integer: \(value)")
        },
        .init("two questions at once each get their own answer") { model in
            async let first = model.generate(TextRequest(prompt: "Write the word red.", maxTokens: 20))
            async let second = model.generate(TextRequest(prompt: "Write the word blue.", maxTokens: 20))
            let texts = try await [first.text, second.text]
            try require(texts.allSatisfy { !$0.isEmpty }, "one of the texts is empty")
        },
        .init("a call whose task is cancelled ends, and the next one works") { model in
            let task = Task { try await model.generate(TextRequest(prompt: "Count to a thousand.", maxTokens: 200)) }
            task.cancel()
            // Cancelled in time, or answered before: either is fine, hanging is not.
            _ = try? await task.value
            let next = try await model.generate(TextRequest(prompt: "Write the word hello.", maxTokens: 20))
            try require(!next.text.isEmpty, "the text after a cancelled call is empty")
        },
    ]

    private static let streaming: [ConformanceCheck<any TextModel>] = [
        .init("a streamed text comes in pieces that are no empty ones") { model in
            let pieces = PieceCounter()
            _ = try await model.stream(TextRequest(prompt: "Count from one to ten in words.", maxTokens: 60)) { piece in
                await pieces.add(piece)
            }
            let all = await pieces.pieces
            try require(!all.isEmpty && all.allSatisfy { !$0.isEmpty }, "the pieces are \(all.prefix(5))")
        },
        .init("a receiver that throws ends the stream with its own error") { model in
            struct Enough: Error {}
            do {
                _ = try await model.stream(TextRequest(prompt: "Count to twenty.", maxTokens: 60)) { _ in throw Enough()
                }
            } catch is Enough {
                return
            }
            throw ConformanceFailure(message: "the stream went on", line: #line)
        },
    ]

    private static let embeddings: [ConformanceCheck<any TextModel>] = [
        .init("each text gets a vector of the promised length, in order") { model in
            let texts = ["dog", "cat", "a much longer sentence about opening hours"]
            let vectors = try await model.embed(texts)
            try requireEqual(vectors.map(\.count), Array(repeating: model.dimensions, count: 3), "the lengths")
            try require(vectors.joined().allSatisfy(\.isFinite), "a number is not finite")
            let alone = try await model.embed([texts[2]])
            try require(
                alone.count == 1 && similarity(alone[0], vectors[2]) > 0.99,
                "the order or the vectors themselves change")
        },
        .init("different texts have different vectors") { model in
            let vectors = try await model.embed(["dog", "a much longer sentence about opening hours"])
            try require(vectors[0] != vectors[1], "two texts have the same vector")
        },
    ]

    private static let moderation: [ConformanceCheck<any TextModel>] = [
        .init("a harmless text is not flagged") { model in
            let judgement = try await model.moderate("What are your opening hours?")
            try require(!judgement.isFlagged, "flagged as \(judgement.categories)")
        }
    ]

    private static let tokens: [ConformanceCheck<any TextModel>] = [
        .init("a longer text has more tokens, and no text has less than none") { model in
            let none = try await model.countTokens("")
            let short = try await model.countTokens("hello")
            let long = try await model.countTokens(String(repeating: "hello world ", count: 100))
            try require(0 <= none && none <= short && short < long, "the counts are \(none), \(short), \(long)")
        }
    ]

    private static func similarity(_ left: [Float], _ right: [Float]) -> Float {
        let product = zip(left, right).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let lengths = left.reduce(0) { $0 + $1 * $1 } * right.reduce(0) { $0 + $1 * $1 }
        return lengths > 0 ? product / lengths.squareRoot() : left == right ? 1 : 0
    }
}

private actor PieceCounter {
    var pieces: [String] = []
    func add(_ piece: String) { pieces.append(piece) }
}
