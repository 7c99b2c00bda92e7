import ParlantCore
import Testing

@testable import ParlantNLP

/// A dialect as its servers speak it.
enum ServedDialect: String, Sendable, CaseIterable {
    case openAI, anthropic, ollama

    var endpoint: KnownEndpoint {
        switch self {
        case .openAI: .openAI
        case .anthropic: .anthropic
        case .ollama: .ollama
        }
    }

    /// A whole reply with an answer to a question with a schema; 7 tokens of prompt, 3 of answer.
    func answer(_ content: JSONValue) -> String {
        switch self {
        case .openAI, .ollama: answer(text: content.description)
        case .anthropic:
            JSONValue.object([
                "content": [["type": "tool_use", "name": "match", "input": content]], "stop_reason": "tool_use",
                "usage": ["input_tokens": 7, "output_tokens": 3],
            ]).description
        }
    }

    /// A whole reply with this text.
    func answer(text: String) -> String {
        switch self {
        case .openAI: Replies.chat(text: text)
        case .anthropic:
            JSONValue.object([
                "content": [["type": "text", "text": .string(text)]], "stop_reason": "end_turn",
                "usage": ["input_tokens": 7, "output_tokens": 3],
            ]).description
        case .ollama:
            JSONValue.object([
                "message": ["role": "assistant", "content": .string(text)], "done": true, "done_reason": "stop",
                "prompt_eval_count": 7, "eval_count": 3,
            ]).description
        }
    }

    /// The begin of a stream.
    var streamBegin: String {
        switch self {
        case .openAI: "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
        case .anthropic:
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":7,"
                + "\"output_tokens\":1}}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n"
        case .ollama: ""
        }
    }

    /// One piece of a streamed text.
    func piece(_ text: String) -> String {
        let text = JSONValue.string(text).description
        return switch self {
        case .openAI: "data: {\"choices\":[{\"delta\":{\"content\":\(text)}}]}\n\n"
        case .anthropic:
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                + "{\"type\":\"text_delta\",\"text\":\(text)}}\n\n"
        case .ollama: "{\"message\":{\"role\":\"assistant\",\"content\":\(text)},\"done\":false}\n"
        }
    }

    /// The end of a stream, with 7 tokens of prompt and 3 of answer.
    var streamEnd: String {
        switch self {
        case .openAI:
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":"
                + "{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n"
        case .anthropic:
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":"
                + "{\"output_tokens\":3}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
        case .ollama:
            "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":7,"
                + "\"eval_count\":3}\n"
        }
    }

    /// An error in the middle of a stream.
    var streamError: String {
        switch self {
        case .openAI: "data: {\"error\":{\"message\":\"no\",\"type\":\"server_error\"}}\n\n"
        case .anthropic:
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"no\"}}\n\n"
        case .ollama: "{\"error\":\"no\"}\n"
        }
    }

    /// A stream of a whole text in two pieces.
    var stream: [ScriptedStream.Piece] {
        [.text(streamBegin), .text(piece("Hello, ")), .text(piece("Ann. ☺")), .text(streamEnd)]
    }
}

/// A service of one dialect over a script.
struct DialectBench {
    static let schema: JSONValue = [
        "type": "object", "properties": ["applies": ["type": "boolean"]], "required": ["applies"],
    ]

    let transport: ScriptedTransport
    let service: EndpointService
    private let notices: Notices

    /// What the log was told.
    var told: [String] { notices.all }

    init(
        _ dialect: ServedDialect, _ steps: [ScriptedTransport.Step], clock: any TimeSource = InstantClock(),
        random: Double = 0, change: (inout EndpointConfiguration) -> Void = { _ in }
    ) throws {
        transport = ScriptedTransport(steps)
        var configuration = try EndpointConfiguration(
            dialect.endpoint, baseURL: "http://model.test", key: Secret("k-123"),
            models: ModelNames(large: "m1", small: "s1"), embeddingModel: "e1")
        change(&configuration)
        let notices = Notices()
        self.notices = notices
        service = EndpointService(
            configuration, transport: transport, clock: clock, random: { random }, onNotice: { notices.add($0) })
    }

    func generate(size: ModelSize = .large, timeLimit: Duration? = nil) async throws -> Generation {
        let request = GenerationRequest(
            system: "You decide.", prompt: "Does it apply?", schemaName: "match", schema: Self.schema, maxTokens: 100,
            size: size, timeLimit: timeLimit)
        return try await #require(service.generator).generate(request)
    }

    /// Streams a text, and adds its pieces to the shelf.
    func stream(to shelf: PieceShelf, size: ModelSize = .large, timeLimit: Duration? = nil) async throws -> Generation {
        let request = GenerationRequest.text(
            "reply", system: "You greet.", prompt: "Greet Ann.", maxTokens: 50, size: size, timeLimit: timeLimit)
        return try await #require(service.streamer).stream(request) { await shelf.add($0) }
    }
}

/// Pieces of a text as they come.
actor PieceShelf {
    private(set) var pieces: [String] = []
    func add(_ piece: String) { pieces.append(piece) }
}
