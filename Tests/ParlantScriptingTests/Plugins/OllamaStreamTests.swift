import Foundation
import ParlantCore
import Synchronization
import Testing

@testable import ParlantScripting

@Suite("The stream of plugins/ollama")
struct OllamaStreamTests {
    private static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "plugins/ollama/init.lua")

    /// What the plugin hands over of a stream, and what it returns.
    private func stream(
        _ stream: FakeStream
    ) async throws -> (pieces: [String], usage: Result<TokenUsage, TextModelError>, request: HTTPExchangeRequest?) {
        let transport = StreamTransport(stream)
        let scripts = try await Loader(http: transport).scripts([
            "agents/x.lua": Loader.file(""),
            "plugins/ollama/init.lua": try String(contentsOf: Self.file, encoding: .utf8),
        ])
        let directory = PluginDirectory()
        directory.follow { scripts }
        let model = try directory.textModel(of: "ollama")
        #expect(model.canStream)
        let pieces = Mutex<[String]>([])
        let usage: Result<TokenUsage, TextModelError>
        do {
            let request = TextRequest(prompt: "Say hello", temperature: 0.5, maxTokens: 9)
            usage = .success(try await model.stream(request) { piece in pieces.withLock { $0.append(piece) } })
        } catch let error as TextModelError {
            usage = .failure(error)
        }
        #expect(stream.isClosed)
        return (pieces.withLock { $0 }, usage, transport.opened.first)
    }

    @Test("hands over each piece as it comes, and counts tokens at the end")
    func pieces() async throws {
        let (pieces, usage, request) = try await stream(
            FakeStream(
                #"{"response":"Hel","done":false}"# + "\n" + #"{"respon"#, #"se":"lo","done":false}"# + "\n",
                #"{"response":"","done":true,"prompt_eval_count":11,"eval_count":3}"# + "\n"))
        #expect(pieces == ["Hel", "lo"])
        #expect(try usage.get() == TokenUsage(input: 11, output: 3))
        #expect(request?.url.hasSuffix("/api/generate") == true)
        let body = try JSONParser.parse(request?.body ?? [])
        #expect(body["stream"] == true && body["prompt"] == "Say hello" && body["options"]?["num_predict"] == 9)
    }

    @Test("passes on that the server is busy, and when to try again")
    func busy() async throws {
        let reply = FakeStream(
            [.success(Array(#"{"error":"too many"}"#.utf8))], status: 429, headers: [HTTPHeader("Retry-After", "7")])
        let (pieces, usage, _) = try await stream(reply)
        #expect(pieces.isEmpty)
        #expect(throws: TextModelError("Ollama is busy", retryAfter: .seconds(7))) { try usage.get() }
    }

    @Test("fails when the server stops, or its reply does, in the middle")
    func halves() async throws {
        let piece = #"{"response":"Hel","done":false}"# + "\n"
        let stopped = try await stream(FakeStream(piece, #"{"error":"out of memory"}"#))
        #expect(stopped.pieces == ["Hel"])
        #expect(throws: TextModelError("Ollama stopped: out of memory")) { try stopped.usage.get() }
        let half = try await stream(FakeStream(piece))
        #expect(throws: TextModelError("Ollama's reply ended in the middle")) { try half.usage.get() }
        let refused = try await stream(
            FakeStream([.success(Array(#"{"error":"no such model"}"#.utf8))], status: 404))
        #expect(throws: TextModelError("Ollama replied 404: no such model")) { try refused.usage.get() }
    }
}
