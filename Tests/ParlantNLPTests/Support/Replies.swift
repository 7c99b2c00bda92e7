import ParlantCore

@testable import ParlantNLP

/// Bodies that services send.
enum Replies {
    static func chat(_ content: JSONValue, finish: String = "stop") -> String {
        chat(text: content.description, finish: finish)
    }

    static func chat(text: String, finish: String = "stop") -> String {
        JSONValue.object([
            "choices": [["finish_reason": .string(finish), "message": ["content": .string(text)]]],
            "usage": ["prompt_tokens": 7, "completion_tokens": 3],
        ]).description
    }

    static func error(_ message: String, code: String? = nil, param: String? = nil) -> String {
        var error: JSONObject = ["message": .string(message), "type": "invalid_request_error"]
        if let code { error["code"] = .string(code) }
        if let param { error["param"] = .string(param) }
        return JSONValue.object(["error": .object(error)]).description
    }
}

extension KnownEndpoint {
    static let openAI = known("openai")
    static let anthropic = known("anthropic")
    static let ollama = known("ollama")

    private static func known(_ name: String) -> KnownEndpoint {
        guard let endpoint = KnownEndpoints.named(name) else { preconditionFailure("no row '\(name)'") }
        return endpoint
    }
}
