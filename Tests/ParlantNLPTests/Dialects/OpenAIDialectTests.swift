import ParlantCore
import Testing

@testable import ParlantNLP

private let schema: JSONValue = ["type": "object", "required": ["a"]]
private let request = GenerationRequest(system: "S", prompt: "P", schemaName: "x", schema: schema, maxTokens: 10)
private let good = ScriptedTransport.Step.reply(200, Replies.chat(["a": 1]))

@Suite("An endpoint that does not understand everything")
struct OpenAIDialectTests {
    private func service(_ transport: ScriptedTransport, notices: Notices = Notices()) throws -> EndpointService {
        EndpointService(
            try EndpointConfiguration(
                .openAI, baseURL: "http://model.test/v1", key: nil, models: ModelNames(large: "m"), embeddingModel: "e"),
            transport: transport, clock: InstantClock(), random: { 0 }, onNotice: { notices.add($0) })
    }

    @Test("gets the schema in the prompt instead, and this is remembered and told once")
    func noSchema() async throws {
        let refusal = Replies.error("Invalid parameter: 'response_format' of type 'json_schema' is not supported")
        let transport = ScriptedTransport([.reply(400, refusal), good, good])
        let notices = Notices()
        let generator = try #require(try service(transport, notices: notices).generator)
        _ = try await generator.generate(request)
        _ = try await generator.generate(request)
        let formats = transport.bodies.map { $0["response_format"]?["type"] }
        #expect(formats == ["json_schema", "json_object", "json_object"])
        let system = transport.bodies[1]["messages"]?.array?.first?["content"]?.string
        #expect(system?.hasSuffix("\(schema)") == true)
        #expect(
            notices.all == [
                "model.test:80 does not support JSON schemas; answers are checked and asked for again, which is slower"
            ])
    }

    @Test("that knows no format at all gets none")
    func noFormat() async throws {
        let refusal = Replies.error("unknown field", param: "response_format")
        let transport = ScriptedTransport([.reply(400, refusal), .reply(422, refusal), good])
        _ = try await #require(try service(transport).generator).generate(request)
        #expect(transport.bodies[2]["response_format"] == nil)
    }

    @Test("gets the other name of the token limit, or no temperature")
    func parameters() async throws {
        let limit = Replies.error("Use 'max_completion_tokens' instead.", param: "max_tokens")
        let temperature = Replies.error("Only the default is supported", param: "temperature")
        let transport = ScriptedTransport([.reply(400, limit), .reply(400, temperature), good])
        _ = try await #require(try service(transport).generator).generate(request)
        let last = transport.bodies[2]
        #expect(last["max_completion_tokens"] == 10)
        #expect(last["max_tokens"] == nil)
        #expect(last["temperature"] == nil)
        #expect(last["response_format"]?["type"] == "json_schema")
    }

    @Test("that refuses whatever is sent is left alone after a few tries")
    func contradictions() async throws {
        let refusal = ScriptedTransport.Step.reply(400, Replies.error("max_tokens or max_completion_tokens"))
        let transport = ScriptedTransport(Array(repeating: refusal, count: 50))
        let error = await #expect(throws: NLPError.self) {
            try await #require(try service(transport).generator).generate(request)
        }
        #expect(error?.code == .rejected)
        #expect(transport.requests.count == 9)
    }

    @Test("that has vectors as decimal numbers only gets no encoding format")
    func encodingFormat() async throws {
        let refusal = Replies.error("unsupported", param: "encoding_format")
        let transport = ScriptedTransport([
            .reply(400, refusal), .reply(200, "{\"data\": [{\"index\": 0, \"embedding\": [1, 0.5]}]}"),
        ])
        #expect(try await #require(try service(transport).embedder).embed(["a"]).vectors == [[1, 0.5]])
        #expect(transport.bodies[1] == ["model": "e", "input": ["a"]])
    }
}

@Suite("Vectors from a model")
struct OpenAIEmbedderTests {
    private func embed(_ texts: [String], _ bodies: String...) async throws -> ([[Float]], ScriptedTransport) {
        let transport = ScriptedTransport(bodies.map { .reply(200, $0) })
        let service = EndpointService(
            try EndpointConfiguration(
                .openAI, baseURL: "http://model.test/v1", key: nil, models: ModelNames(large: "m"), embeddingModel: "e"),
            transport: transport, clock: InstantClock())
        return (try await #require(service.embedder).embed(texts).vectors, transport)
    }

    @Test("come as base64 of little-endian floats")
    func base64() async throws {
        // 1.0 and -2.5 as IEEE 754 singles.
        let (vectors, transport) = try await embed(
            ["a"], "{\"data\": [{\"index\": 0, \"embedding\": \"AACAPwAAIMA=\"}]}")
        #expect(vectors == [[1, -2.5]])
        #expect(transport.requests[0].url == "http://model.test/v1/embeddings")
        #expect(transport.bodies[0] == ["model": "e", "input": ["a"], "encoding_format": "base64"])
    }

    @Test("are put in order by their index")
    func order() async throws {
        let (vectors, _) = try await embed(
            ["a", "b"], "{\"data\": [{\"index\": 1, \"embedding\": [2]}, {\"index\": 0, \"embedding\": [1]}]}")
        #expect(vectors == [[1], [2]])
    }

    @Test("are asked for in batches")
    func batches() async throws {
        func body(_ count: Int) -> String {
            let data = (0..<count).map { JSONValue.object(["index": .integer(Int64($0)), "embedding": [1]]) }
            return JSONValue.object(["data": .array(data)]).description
        }
        let (vectors, transport) = try await embed(Array(repeating: "a", count: 130), body(128), body(2))
        #expect(vectors.count == 130)
        #expect(transport.bodies.map { $0["input"]?.array?.count } == [128, 2])
    }

    @Test("are accounted over all batches and retries")
    func account() async throws {
        func body(_ count: Int) -> String {
            let data = (0..<count).map { JSONValue.object(["index": .integer(Int64($0)), "embedding": [1]]) }
            return JSONValue.object([
                "data": .array(data), "usage": ["prompt_tokens": .integer(Int64(count * 2)), "total_tokens": 7],
            ]).description
        }
        let transport = ScriptedTransport([.reply(200, body(128)), .reply(503, "{}"), .reply(200, body(2))])
        let service = EndpointService(
            try EndpointConfiguration(
                .openAI, baseURL: "http://model.test/v1", key: nil, models: ModelNames(large: "m"), embeddingModel: "e"),
            transport: transport, clock: InstantClock())
        let answer = try await #require(service.embedder).embed(Array(repeating: "a", count: 130))
        #expect(answer.usage == TokenUsage(input: 260))
        #expect((answer.model, answer.attempts) == ("e", 3))
    }

    @Test("of no texts need no request")
    func none() async throws {
        let (vectors, transport) = try await embed([])
        #expect(vectors.isEmpty)
        #expect(transport.requests.isEmpty)
    }

    @Test(
        "that are not one per text are malformed",
        arguments: [
            "{}", "{\"data\": []}",
            "{\"data\": [{\"index\": 0, \"embedding\": []}, {\"index\": 1, \"embedding\": [1]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 0, \"embedding\": [1]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [1]}, {\"index\": 1, \"embedding\": [1, 2]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": \"****\"}, {\"index\": 1, \"embedding\": [1]}]}",
            "{\"data\": [{\"index\": 0, \"embedding\": [\"a\"]}, {\"index\": 1, \"embedding\": [1]}]}",
            "{\"data\": [{\"index\": -1, \"embedding\": [1]}, {\"index\": 9, \"embedding\": [1]}]}",
        ])
    func malformed(_ body: String) async throws {
        let error = await #expect(throws: NLPError.self) { try await embed(["a", "b"], body) }
        #expect(error?.code == .malformed)
    }

    @Test(
        "in base64 are decoded like everywhere",
        arguments: [
            ("", [UInt8]()), ("TQ==", [77]), ("TWE=", [77, 97]), ("TWFu", [77, 97, 110]), ("TQ", [77]),
            ("+/+/", [251, 255, 191]),
        ])
    func decoding(_ text: String, _ bytes: [UInt8]) { #expect(Base64.decode(text) == bytes) }

    @Test("in broken base64 are refused", arguments: ["T", "TQ=", "T===", "TW Fu", "=", "é"])
    func brokenBase64(_ text: String) { #expect(Base64.decode(text) == nil) }
}
