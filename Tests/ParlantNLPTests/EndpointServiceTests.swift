import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantNLP

private let schema: JSONValue = [
    "type": "object", "properties": ["applies": ["type": "boolean"]], "required": ["applies"],
    "additionalProperties": false,
]
private let request = GenerationRequest(
    system: "You decide.", prompt: "Does it apply?", schemaName: "match", schema: schema, maxTokens: 100)
private let good = ScriptedTransport.Step.reply(200, Replies.chat(["applies": true]))
private let keyText = "sk-test-0123456789"

/// A service over a script, with what it did.
private struct Bench {
    let transport: ScriptedTransport
    let clock = InstantClock()
    let service: EndpointService

    init(
        _ steps: [ScriptedTransport.Step], baseURL: String = "http://model.test/v1", random: Double = 0,
        change: (inout EndpointConfiguration) -> Void = { _ in }
    ) throws {
        transport = ScriptedTransport(steps)
        var configuration = try EndpointConfiguration(
            .openAI, baseURL: baseURL, key: Secret(keyText), models: ModelNames(large: "m1"), embeddingModel: "e1")
        change(&configuration)
        service = EndpointService(configuration, transport: transport, clock: clock, random: { random })
    }

    func generate() async throws -> Generation { try await #require(service.generator).generate(request) }

    func failure() async throws -> NLPError {
        let error = await #expect(throws: NLPError.self) { try await generate() }
        return try #require(error)
    }
}

@Suite("An answer from a model")
struct OpenAIAnswerTests {
    @Test("is asked for with the schema, the key and the limits")
    func wholeRequest() async throws {
        let bench = try Bench([good])
        let generation = try await bench.generate()
        #expect(generation.content == ["applies": true])
        #expect(generation.usage == TokenUsage(input: 7, output: 3))
        let sent = bench.transport.requests[0]
        #expect(sent.method == "POST")
        #expect(sent.url == "http://model.test/v1/chat/completions")
        #expect(sent.headers.contains(HTTPHeader("Authorization", "Bearer \(keyText)")))
        #expect(sent.headers.contains(HTTPHeader("Content-Type", "application/json")))
        #expect(sent.timeout == .seconds(60))
        let expected: JSONValue = [
            "model": "m1",
            "messages": [
                ["role": "system", "content": "You decide."], ["role": "user", "content": "Does it apply?"],
            ],
            "max_tokens": 100, "temperature": 0,
            "response_format": [
                "type": "json_schema", "json_schema": ["name": "match", "strict": true, "schema": schema],
            ],
        ]
        #expect(bench.transport.bodies[0] == expected)
    }

    @Test("from the official service is limited by the name that newer models know")
    func tokenLimit() async throws {
        let bench = try Bench([good], baseURL: KnownEndpoint.openAI.baseURL)
        _ = try await bench.generate()
        #expect(bench.transport.bodies[0]["max_completion_tokens"] == 100)
        #expect(bench.transport.bodies[0]["max_tokens"] == nil)
    }

    @Test(
        "may be wrapped in a code block",
        arguments: [
            "```json\n{\"applies\": true}\n```", "Here you are: {\"applies\": true}.", " {\"applies\":true}\n",
        ])
    func wrapped(_ text: String) async throws {
        let bench = try Bench([.reply(200, Replies.chat(text: text))])
        #expect(try await bench.generate().content == ["applies": true])
    }

    @Test(
        "that does not fit is asked for again with the reason",
        arguments: [
            (Replies.chat(text: "no JSON"), "the answer is not JSON"),
            (Replies.chat(text: "{\"applies\": tr"), "the answer is not JSON"),
            (Replies.chat([:]), "the answer has no member 'applies'"),
            (Replies.chat(["applies": "yes"]), "the answer.applies is not of type boolean"),
            (Replies.chat([true]), "the answer is not of type object"),
        ])
    func repaired(_ body: String, _ reason: String) async throws {
        let bench = try Bench([.reply(200, body), good])
        let generation = try await bench.generate()
        #expect(generation.content == ["applies": true])
        #expect(generation.usage == TokenUsage(input: 14, output: 6))
        #expect(generation.model == "m1")
        #expect(generation.attempts == 2)
        let messages = try #require(bench.transport.bodies[1]["messages"]?.array)
        #expect(messages.count == 4)
        #expect(messages[2]["role"] == "assistant")
        #expect(messages[3]["content"]?.string?.contains(reason) == true)
    }

    @Test("that never fits ends as malformed, without a word of it")
    func neverFits() async throws {
        let bad = ScriptedTransport.Step.reply(200, Replies.chat(text: "the customer said SECRETWORD"))
        let bench = try Bench([bad, bad, bad, bad])
        let error = try await bench.failure()
        #expect(error.code == .malformed)
        #expect(
            error.message
                == "m1 did not write what was asked for (match: the answer is not JSON); try a more capable model")
        #expect(bench.transport.requests.count == 3)
        #expect(bench.clock.sleeps.isEmpty)
    }

    @Test("that is cut off is asked for again with twice the room")
    func cut() async throws {
        let cut = ScriptedTransport.Step.reply(200, Replies.chat(text: "{\"appl", finish: "length"))
        let bench = try Bench([cut, cut, good])
        #expect(try await bench.generate().content == ["applies": true])
        #expect(bench.transport.bodies.map { $0["max_tokens"] } == [100, 200, 400])
        let messages = try #require(bench.transport.bodies[2]["messages"]?.array)
        #expect(messages.count == 2)
        #expect(messages[1]["content"]?.string?.contains("That was not usable: the answer was cut off") == true)
    }

    @Test(
        "that is empty is asked for again",
        arguments: [
            "{\"choices\": []}", "{}", Replies.chat(text: "  "),
            "{\"choices\": [{\"message\": {\"content\": null}, \"finish_reason\": \"stop\"}]}",
        ])
    func empty(_ body: String) async throws {
        let bench = try Bench([.reply(200, body), good])
        #expect(try await bench.generate().content == ["applies": true])
        #expect(bench.transport.bodies[0] == bench.transport.bodies[1])
    }

    @Test(
        "that is refused or filtered is final",
        arguments: [
            ("{\"choices\": [{\"message\": {\"refusal\": \"I can't\"}, \"finish_reason\": \"stop\"}]}", "refused"),
            ("{\"choices\": [{\"message\": {\"content\": \"{\"}, \"finish_reason\": \"content_filter\"}]}", "filtered"),
        ])
    func refused(_ body: String, _ word: String) async throws {
        let bench = try Bench([.reply(200, body), good])
        let error = try await bench.failure()
        #expect(error.code == .rejected)
        #expect(error.message.contains(word))
        #expect(!error.message.contains("can't"))
        #expect(bench.transport.requests.count == 1)
    }
}

@Suite("A model's service that fails")
struct OpenAIRetryTests {
    @Test("is tried again after statuses that may pass", arguments: [408, 409, 429, 500, 502, 503, 504, 529])
    func passingStatus(_ status: Int) async throws {
        let bench = try Bench([.reply(status, "{}"), .reply(status, ""), good])
        #expect(try await bench.generate().content == ["applies": true])
        #expect(bench.clock.sleeps == [.milliseconds(500), .seconds(1)])
    }

    @Test(
        "is tried again after connections that failed",
        arguments: [
            HTTPTransportError.Kind.timeout, .refused, .dns, .broken,
        ])
    func passingFailure(_ kind: HTTPTransportError.Kind) async throws {
        let bench = try Bench([.failure(kind), good])
        #expect(try await bench.generate().content == ["applies": true])
        #expect(bench.clock.sleeps == [.milliseconds(500)])
    }

    @Test(
        "ends with a code and a remedy when it keeps failing",
        arguments: [
            (429, NLPError.Code.rateLimited), (500, .unavailable), (503, .unavailable), (408, .timedOut),
            (504, .timedOut),
            (409, .rejected),
        ])
    func keepsFailing(_ status: Int, _ code: NLPError.Code) async throws {
        let bench = try Bench(Array(repeating: .reply(status, "{}"), count: 5))
        let error = try await bench.failure()
        #expect(error.code == code)
        #expect(error.message.hasPrefix("model.test:80 replied \(status); "))
        #expect(bench.transport.requests.count == 3)
    }

    @Test(
        "ends at once where trying again would not help",
        arguments: [
            (401, NLPError.Code.unauthorized), (403, .unauthorized), (404, .rejected), (301, .rejected),
            (413, .rejected),
            (501, .rejected), (400, .rejected), (422, .rejected),
        ])
    func final(_ status: Int, _ code: NLPError.Code) async throws {
        let bench = try Bench([.reply(status, Replies.error("no")), good])
        #expect(try await bench.failure().code == code)
        #expect(bench.transport.requests.count == 1)
    }

    @Test(
        "ends at once after failures of the connection that stay",
        arguments: [
            (HTTPTransportError.Kind.tls, NLPError.Code.unavailable), (.tooLarge, .rejected), (.notAllowed, .rejected),
            (.invalidURL, .rejected),
        ])
    func finalFailure(_ kind: HTTPTransportError.Kind, _ code: NLPError.Code) async throws {
        let bench = try Bench([.failure(kind), good])
        #expect(try await bench.failure().code == code)
        #expect(bench.transport.requests.count == 1)
    }

    @Test(
        "says which connection failed",
        arguments: [
            (
                HTTPTransportError.Kind.refused,
                "model.test:80 refuses connections; check that it runs, and OPENAI_BASE_URL"
            ),
            (.dns, "the name of model.test:80 is not known; check OPENAI_BASE_URL"),
            (.timeout, "model.test:80 did not answer in time; try a faster model or a longer time limit"),
        ])
    func connectionWords(_ kind: HTTPTransportError.Kind, _ message: String) async throws {
        let bench = try Bench(Array(repeating: .failure(kind), count: 3))
        #expect(try await bench.failure().message == message)
    }

    @Test("without credit is not tried again")
    func quota() async throws {
        let bench = try Bench([.reply(429, Replies.error("no credit", code: "insufficient_quota")), good])
        let error = try await bench.failure()
        #expect(error.code == .rateLimited)
        #expect(error.message.contains("(insufficient_quota); the account has no credit left"))
        #expect(bench.transport.requests.count == 1)
    }

    @Test(
        "because the prompt is too long says so", arguments: ["context_length_exceeded", "exceed_context_size_error"])
    func tooLong(_ code: String) async throws {
        let bench = try Bench([.reply(400, Replies.error("long", code: code)), good])
        let message = try await bench.failure().message
        #expect(message.hasSuffix("; the conversation is too long for the model, use one with more context"))
    }

    @Test(
        "is waited for as long as it asks, up to a limit",
        arguments: [
            (HTTPHeader("Retry-After", "3"), Duration.seconds(3)),
            (HTTPHeader("retry-after-ms", "250"), .milliseconds(250)),
            (HTTPHeader("retry-after", "119"), .seconds(119)), (HTTPHeader("retry-after", "-1"), .milliseconds(500)),
            (HTTPHeader("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"), .milliseconds(500)),
            (HTTPHeader("retry-after", "nan"), .milliseconds(500)),
        ])
    func retryAfter(_ header: HTTPHeader, _ pause: Duration) async throws {
        let bench = try Bench([.reply(429, "{}", [header]), good])
        _ = try await bench.generate()
        #expect(bench.clock.sleeps == [pause])
    }

    @Test("says itself whether to try again")
    func shouldRetry() async throws {
        let stop = try Bench([.reply(500, "{}", [HTTPHeader("x-should-retry", "false")]), good])
        #expect(try await stop.failure().code == .unavailable)
        let again = try Bench([.reply(404, "{}", [HTTPHeader("x-should-retry", "true")]), good])
        #expect(try await again.generate().content == ["applies": true])
    }

    @Test("is given pauses that double up to a limit and are shortened at random")
    func pauses() {
        let policy = RetryPolicy()
        let pauses = (1...7).map { policy.pause(after: $0, reply: nil, random: 0) }
        #expect(
            pauses == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(8), .seconds(8),
            ])
        #expect(policy.pause(after: 1, reply: nil, random: 1) == .milliseconds(375))
        #expect(policy.pause(after: 1000, reply: nil, random: 0.5) == .seconds(7))
    }

    @Test("with replies that are no JSON is tried again, then malformed")
    func noJSON() async throws {
        let bench = try Bench(Array(repeating: .reply(200, "<html>"), count: 3))
        let error = try await bench.failure()
        #expect(error.code == .malformed)
        #expect(error.message == "model.test:80 sent a reply that is no JSON; check OPENAI_BASE_URL")
        #expect(bench.transport.requests.count == 3)
    }

    @Test("is not waited for beyond the deadline")
    func deadline() async throws {
        let bench = try Bench([.reply(503, "{}", [HTTPHeader("retry-after", "20")]), good]) {
            $0.deadline = .seconds(10)
        }
        #expect(try await bench.failure().code == .unavailable)
        #expect(bench.clock.sleeps.isEmpty)
    }

    @Test("is not waited for beyond the request's own limit")
    func timeLimit() async throws {
        let bench = try Bench([.reply(503, "{}", [HTTPHeader("retry-after", "3")]), good])
        var hasty = request
        hasty.timeLimit = .seconds(2)
        let error = await #expect(throws: NLPError.self) {
            try await #require(bench.service.generator).generate(hasty)
        }
        #expect(error?.code == .unavailable)
        #expect(bench.transport.requests.map(\.timeout) == [.seconds(2)])
    }

    @Test("gets no attempt that is longer than what is left of the deadline")
    func attemptTimeout() async throws {
        let clock = InstantClock()
        let transport = ScriptedTransport([.failure(.timeout), good]) { number in
            if number == 1 { clock.advance(by: .seconds(8)) }
        }
        var configuration = try EndpointConfiguration(
            .openAI, baseURL: "http://model.test/v1", key: nil, models: ModelNames(large: "m1"))
        configuration.deadline = .seconds(10)
        let service = EndpointService(configuration, transport: transport, clock: clock, random: { 0 })
        _ = try await #require(service.generator).generate(request)
        #expect(transport.requests.map(\.timeout) == [.seconds(10), .milliseconds(1500)])
        #expect(!transport.requests[0].headers.contains { $0.name == "Authorization" })
    }

    @Test("is not asked to repair after the deadline")
    func repairDeadline() async throws {
        let clock = InstantClock()
        let bad = ScriptedTransport.Step.reply(200, Replies.chat(text: "bad"))
        let transport = ScriptedTransport([bad, good]) { _ in clock.advance(by: .seconds(200)) }
        let configuration = try EndpointConfiguration(
            .openAI, baseURL: "http://model.test/v1", key: nil, models: ModelNames(large: "m1"))
        let service = EndpointService(configuration, transport: transport, clock: clock)
        let error = await #expect(throws: NLPError.self) {
            try await #require(service.generator).generate(request)
        }
        #expect(error?.code == .timedOut)
        #expect(transport.requests.count == 1)
    }
}

@Suite("A question that is cancelled")
struct OpenAICancellationTests {
    private func service(_ transport: ScriptedTransport, _ clock: any TimeSource) throws -> EndpointService {
        EndpointService(
            try EndpointConfiguration(
                .openAI, baseURL: "http://model.test/v1", key: nil, models: ModelNames(large: "m1")),
            transport: transport,
            clock: clock, random: { 0 })
    }

    @Test("gives up the request under way")
    func duringRequest() async throws {
        let transport = ScriptedTransport([.hang, good])
        let generator = try #require(try service(transport, InstantClock()).generator)
        let task = Task { try await generator.generate(request) }
        await transport.waitForHang()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(transport.requests.count == 1)
    }

    @Test("does not wait for the end of a pause")
    func duringPause() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.reply(503, "{}"), good])
        let generator = try #require(try service(transport, clock).generator)
        let task = Task { try await generator.generate(request) }
        await clock.waitForSleepers(1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(transport.requests.count == 1)
        #expect(clock.sleeperCount == 0)
    }
}
