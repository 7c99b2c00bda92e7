import ParlantCore
import Testing

@testable import ParlantNLP

@Suite("Anthropic's messages")
struct AnthropicDialectTests {
    @Test("ask for a tool call with the schema, and for the system's part to be kept")
    func request() async throws {
        let bench = try DialectBench(.anthropic, [.reply(200, ServedDialect.anthropic.answer(["applies": true]))])
        let generation = try await bench.generate()
        #expect(generation.usage == TokenUsage(input: 7, output: 3))
        let sent = bench.transport.requests[0]
        #expect(sent.url == "http://model.test/v1/messages")
        #expect(sent.headers.contains(HTTPHeader("x-api-key", "k-123")))
        #expect(sent.headers.contains(HTTPHeader("anthropic-version", "2023-06-01")))
        #expect(!sent.headers.contains { $0.name == "Authorization" })
        let expected: JSONValue = [
            "model": "m1", "max_tokens": 100,
            "system": [["type": "text", "text": "You decide.", "cache_control": ["type": "ephemeral"]]],
            "messages": [["role": "user", "content": "Does it apply?"]], "temperature": 0,
            "tools": [
                ["name": "match", "description": "Takes the answer.", "input_schema": DialectBench.schema]
            ],
            "tool_choice": ["type": "tool", "name": "match", "disable_parallel_tool_use": true],
        ]
        #expect(bench.transport.bodies[0] == expected)
    }

    @Test("that were kept count as tokens of the prompt")
    func cache() {
        let reply: JSONValue = [
            "content": [["type": "tool_use", "input": [:]]], "stop_reason": "tool_use",
            "usage": [
                "input_tokens": 5, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 300,
                "output_tokens": 2,
            ],
        ]
        #expect(AnthropicDialect().completion(in: reply).usage == TokenUsage(input: 325, output: 2))
    }

    @Test("from a server that never keeps to the tool are read as text, and asked for in the prompt from then on")
    func noTools() async throws {
        let text = ScriptedTransport.Step.reply(200, ServedDialect.anthropic.answer(text: "{\"applies\": true}"))
        let kept = ScriptedTransport.Step.reply(200, ServedDialect.anthropic.answer(["applies": true]))
        // Two in a row may be the model's whim.
        let bench = try DialectBench(.anthropic, [text, text, kept, text, text, text, text])
        for _ in 0..<7 { #expect(try await bench.generate().content == ["applies": true]) }
        #expect(bench.transport.bodies.map { $0["tools"] != nil } == [true, true, true, true, true, true, false])
        let system = bench.transport.bodies[6]["system"]?.array?.first?["text"]?.string
        #expect(system?.hasSuffix("\(DialectBench.schema)") == true)
    }

    @Test("that do not keep to the tool are asked for again with the schema in words")
    func repair() async throws {
        let bench = try DialectBench(
            .anthropic,
            [
                .reply(200, ServedDialect.anthropic.answer(text: "It does.")),
                .reply(200, ServedDialect.anthropic.answer(["applies": true])),
            ])
        #expect(try await bench.generate().content == ["applies": true])
        let messages = try #require(bench.transport.bodies[1]["messages"]?.array)
        #expect(messages.map { $0["role"]?.string } == ["user", "assistant", "user"])
        #expect(messages[2]["content"]?.string?.hasSuffix("and nothing else:\n\(DialectBench.schema)") == true)
    }

    @Test(
        "that end otherwise have no answer",
        arguments: [
            ("refusal", Completion.Ending.refused), ("max_tokens", .cut), ("model_context_window_exceeded", .cut),
            ("end_turn", .empty),
        ])
    func endings(_ reason: String, _ ending: Completion.Ending) {
        let reply: JSONValue = ["content": [], "stop_reason": .string(reason)]
        #expect(AnthropicDialect().completion(in: reply).ending == ending)
    }

    @Test("leave out what a server refuses")
    func plainer() throws {
        let dialect = AnthropicDialect()
        let cold = try #require(dialect.plainer(after: "temperature: not supported") as? AnthropicDialect)
        #expect(!cold.sendsTemperature)
        let plain = try #require(cold.plainer(after: "cache_control: extra inputs") as? AnthropicDialect)
        #expect(!plain.marksCache)
        #expect(plain.plainer(after: "temperature: not supported") == nil)
        #expect(plain.plainer(after: "something else") == nil)
    }

    @Test("are never warmer than 1")
    func temperature() {
        let request = GenerationRequest(
            system: "", prompt: "", schemaName: "x", schema: ["type": "object"], temperature: 1.7)
        #expect(AnthropicDialect().body(of: Chat(request), model: "m", streams: false)["temperature"] == 1.0)
    }

    @Test("say in words that a prompt is too long")
    func tooLong() async throws {
        let body =
            "{\"type\": \"error\", \"error\": {\"type\": \"invalid_request_error\", \"message\": "
            + "\"prompt is too long: 250000 tokens > 200000 maximum\"}}"
        let bench = try DialectBench(.anthropic, [.reply(400, body)])
        let error = await #expect(throws: NLPError.self) { try await bench.generate() }
        #expect(
            error?.message
                == "model.test:80 replied 400 (invalid_request_error); the conversation is too long for the model, use one "
                + "with more context")
    }
}

@Suite("Ollama's own chat")
struct OllamaDialectTests {
    @Test("gets the schema as format, and may not cut the prompt in silence")
    func request() async throws {
        let bench = try DialectBench(.ollama, [.reply(200, ServedDialect.ollama.answer(["applies": true]))])
        #expect(try await bench.generate().usage == TokenUsage(input: 7, output: 3))
        #expect(bench.transport.requests[0].url == "http://model.test/api/chat")
        let expected: JSONValue = [
            "model": "m1", "stream": false, "truncate": false, "format": DialectBench.schema,
            "messages": [
                ["role": "system", "content": "You decide."], ["role": "user", "content": "Does it apply?"],
            ],
            "options": ["temperature": 0, "num_predict": 100],
        ]
        #expect(bench.transport.bodies[0] == expected)
    }

    @Test("of an old version gets the schema in the prompt")
    func old() async throws {
        let refusal = ScriptedTransport.Step.reply(400, "{\"error\": \"invalid format: expected \\\"json\\\"\"}")
        let bench = try DialectBench(
            .ollama, [refusal, .reply(200, ServedDialect.ollama.answer(["applies": true]))])
        #expect(try await bench.generate().content == ["applies": true])
        #expect(bench.transport.bodies[1]["format"] == "json")
    }

    @Test("stops at the token limit and is asked for more")
    func cut() async throws {
        let cut = "{\"message\": {\"content\": \"{\"}, \"done\": true, \"done_reason\": \"length\"}"
        let bench = try DialectBench(
            .ollama, [.reply(200, cut), .reply(200, ServedDialect.ollama.answer(["applies": true]))])
        #expect(try await bench.generate().content == ["applies": true])
        #expect(bench.transport.bodies[1]["options"]?["num_predict"] == 200)
    }

    @Test("without the model says what to check")
    func noModel() async throws {
        let bench = try DialectBench(.ollama, [.reply(404, "{\"error\": \"model 'm1' not found\"}")])
        let error = await #expect(throws: NLPError.self) { try await bench.generate() }
        #expect(error?.message == "model.test:80 replied 404; check OLLAMA_BASE_URL and the model's name 'm1'")
    }

    @Test("makes vectors")
    func vectors() async throws {
        let bench = try DialectBench(
            .ollama, [.reply(200, "{\"embeddings\": [[1, 0.5], [0, 1]], \"prompt_eval_count\": 4}")])
        let answer = try await #require(bench.service.embedder).embed(["a", "b"])
        #expect(answer == Embedding(vectors: [[1, 0.5], [0, 1]], usage: TokenUsage(input: 4), model: "e1"))
        #expect(bench.transport.requests[0].url == "http://model.test/api/embed")
        #expect(bench.transport.bodies[0] == ["model": "e1", "input": ["a", "b"]])
    }

    @Test(
        "whose vectors are not one per text is malformed",
        arguments: [
            "{}", "{\"embeddings\": [[1]]}", "{\"embeddings\": [[1], []]}", "{\"embeddings\": [[1], [\"a\"]]}",
            "{\"embeddings\": [[1], [1, 2]]}",
        ])
    func malformed(_ body: String) async throws {
        let bench = try DialectBench(.ollama, [.reply(200, body)])
        let error = await #expect(throws: NLPError.self) {
            try await #require(bench.service.embedder).embed(["a", "b"])
        }
        #expect(error?.code == .malformed)
    }
}
