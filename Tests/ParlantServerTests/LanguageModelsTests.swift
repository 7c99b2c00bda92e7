import Foundation
import Logging
import ParlantCore
import ParlantScripting
import ParlantServer
import Testing

/// Reaches nobody.
private struct NoTransport: HTTPTransport {
    func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        throw HTTPTransportError(.refused, "there is no network here")
    }
}

@Suite("The choice of models")
struct LanguageModelsTests {
    private let environment = [
        "OPENAI_API_KEY": "k1", "ANTHROPIC_API_KEY": "k2", "VLLM_BASE_URL": "http://gpu.test:8000/v1",
    ]

    private func service(_ choice: ModelChoice, environment: [String: String]? = nil) throws -> any NLPService {
        try LanguageModels.service(
            choice, plugins: PluginDirectory(), environment: environment ?? self.environment, transport: NoTransport(),
            clock: SystemTimeSource(), logger: Logger(label: "test"))
    }

    @Test(
        "makes a provider that says who it is",
        arguments: [
            (
                ModelChoice(),
                "offline (no model): conditions are matched by words and replies are canned responses only", false,
                false
            ),
            (
                ModelChoice(embeddingModel: "e"),
                "offline (no model): conditions are matched by embeddings and replies are canned responses only", true,
                false
            ),
            (
                ModelChoice(.endpoint("anthropic")),
                "claude-sonnet-4-5 at api.anthropic.com:443, small questions by claude-haiku-4-5", false, true
            ),
            (ModelChoice(.endpoint("anthropic"), model: "m"), "m at api.anthropic.com:443", false, true),
            (
                ModelChoice(.endpoint("openai"), smallModel: "s", embeddingModel: "e", moderationModel: "j"),
                "gpt-4o at api.openai.com:443, small questions by s, embeddings by e, moderation by j", true, true
            ),
            (ModelChoice(.endpoint("vllm"), model: "m"), "m at gpu.test:8000", false, true),
            (
                ModelChoice(.endpoint("anthropic"), model: "m", embeddingModel: "e", embeddingEndpoint: "ollama"),
                "m at api.anthropic.com:443, embeddings by e at 127.0.0.1:11434", true, true
            ),
        ])
    func summaries(_ choice: ModelChoice, _ summary: String, _ embeds: Bool, _ writes: Bool) throws {
        let service = try service(choice)
        #expect(service.summary == summary)
        #expect((service.embedder != nil) == embeds)
        #expect((service.generator != nil) == writes)
        #expect((service.streamer != nil) == writes)
    }

    @Test(
        "says what is wrong, and what to do about it",
        arguments: [
            (
                ModelChoice(.endpoint("groq")),
                "no key for api.groq.com:443; set GROQ_API_KEY, or GROQ_BASE_URL to another service"
            ),
            (ModelChoice(.endpoint("ollama")), "ollama has no model that is always there; name one with --model"),
            (
                ModelChoice(.endpoint("anthropic"), embeddingModel: "e"),
                "anthropic makes no vectors; name another service with --embedding-nlp"
            ),
            (
                ModelChoice(embeddingModel: "e", embeddingEndpoint: "anthropic"),
                "anthropic makes no vectors; name another service with --embedding-nlp"
            ),
            (
                ModelChoice(.endpoint("anthropic"), moderationModel: "j"),
                "anthropic judges no texts; leave out --moderation-model, or use --nlp openai"
            ),
        ])
    func problems(_ choice: ModelChoice, _ sentence: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try service(choice) }
        #expect(error?.message == sentence)
    }

    @Test("names all services when one is not known")
    func unknown() throws {
        let error = #expect(throws: ConfigurationError.self) { try service(ModelChoice(.endpoint("opneai"))) }
        #expect(error?.message.hasPrefix("there is no service 'opneai'; there are openai, anthropic, ollama, ") == true)
    }

    @Test("is documented by the table that the command prints")
    func documentation() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/models.md"), encoding: .utf8)
        #expect(page.contains(LanguageModels.endpointTable), "print it with: parlant-runtime models")
    }

    @Test("limits the time of an answer")
    func timeLimit() async throws {
        var choice = ModelChoice(.endpoint("vllm"), model: "m")
        choice.timeLimit = .milliseconds(100)
        let generator = try #require(try service(choice).generator)
        // The first pause would end after the limit, so there is one attempt.
        let error = await #expect(throws: NLPError.self) {
            try await generator.generate(
                GenerationRequest(system: "", prompt: "", schemaName: "x", schema: ["type": "object"]))
        }
        #expect(error?.attempts == 1)
    }
}
