import ParlantCore
import Testing

@testable import ParlantNLP

@Suite("A judgement from a moderations endpoint")
struct OpenAIModeratorTests {
    private func ask(_ steps: [ScriptedTransport.Step]) async throws -> (
        Result<Moderation, any Error>, ScriptedTransport
    ) {
        let transport = ScriptedTransport(steps)
        var configuration = try EndpointConfiguration(
            .openAI, baseURL: "http://model.test/v1", key: Secret("sk-test-0123456789"), models: ModelNames(large: "m1")
        )
        configuration.moderationModel = "judge-1"
        let service = EndpointService(configuration, transport: transport, clock: InstantClock(), random: { 0 })
        let moderation = try #require(service.moderation)
        do { return (.success(try await moderation.moderate("Go away")), transport) } catch {
            return (.failure(error), transport)
        }
    }

    private func reply(_ text: String) -> ScriptedTransport.Step { .reply(200, text) }

    @Test("is asked for with the model and the text")
    func request() async throws {
        let (_, transport) = try await ask([reply(#"{"results": [{"flagged": false}]}"#)])
        #expect(transport.requests.map(\.url) == ["http://model.test/v1/moderations"])
        #expect(transport.bodies == [["model": "judge-1", "input": "Go away"]])
        #expect(transport.requests[0].headers.contains(HTTPHeader("Authorization", "Bearer sk-test-0123456789")))
        #expect(transport.requests[0].timeout <= .seconds(20))
    }

    @Test(
        "names what was found, by the first part of each category and once",
        arguments: [
            (#"{"flagged": false, "categories": {"hate": false}}"#, Moderation.unflagged),
            (
                #"{"flagged": true, "categories": {"hate": true, "hate/threatening": true, "self-harm/intent": true, "sexual": false}}"#,
                Moderation(isFlagged: true, categories: ["hate", "self-harm"])
            ),
            (
                #"{"flagged": true, "categories": {"self_harm": true}}"#,
                Moderation(isFlagged: true, categories: ["self-harm"])
            ),
            (#"{"flagged": true}"#, Moderation(isFlagged: true)),
            (#"{"flagged": false, "categories": {"hate": true}}"#, Moderation.unflagged),
        ])
    func categories(result: String, expected: Moderation) async throws {
        let (judgement, _) = try await ask([reply(#"{"results": [\#(result)]}"#)])
        #expect(try judgement.get() == expected)
    }

    @Test(
        "that is none is an error, and never 'nothing found'",
        arguments: ["{}", #"{"results": []}"#, #"{"results": [{"flagged": "yes"}]}"#, #"{"results": [{}]}"#])
    func malformed(body: String) async throws {
        let (judgement, _) = try await ask([reply(body)])
        let error = #expect(throws: NLPError.self) { try judgement.get() }
        #expect(error?.code == .malformed)
        #expect(
            error?.message
                == "model.test:80 did not send a judgement; check the moderation model 'judge-1'")
    }

    @Test("a failure that passes is tried again; one that lasts is told without the text")
    func failures() async throws {
        let (judgement, transport) = try await ask([
            .reply(503, ""), reply(#"{"results": [{"flagged": false}]}"#),
        ])
        #expect(try judgement.get() == .unflagged)
        #expect(transport.requests.count == 2)
        let (refused, _) = try await ask([.reply(404, Replies.error("no such model: Go away", code: "model_not_found"))]
        )
        let error = #expect(throws: NLPError.self) { try refused.get() }
        #expect(
            error?.message
                == "model.test:80 replied 404 (model_not_found); check OPENAI_BASE_URL and the model's name 'judge-1'")
    }
}
