import ParlantCore

/// Words for what an endpoint does wrong.
///
/// They hold the endpoint's host, statuses and the server's error codes; never its sentences, which may quote the key
/// or the conversation.
struct EndpointErrors: Sendable {
    let configuration: EndpointConfiguration
    /// The model that is asked.
    var model: String

    private var host: String { configuration.host }
    private var address: String { configuration.endpoint.baseURLVariable }

    /// The time is over.
    var timedOut: NLPError {
        NLPError(.timedOut, "\(host) did not answer in time; try a faster model or a longer time limit")
    }

    /// A good status with a body that is none.
    var noJSON: NLPError { NLPError(.malformed, "\(host) sent a reply that is no JSON; check \(address)") }

    /// The model may not be asked before it is too late.
    func paused(for pause: Duration) -> NLPError {
        let seconds = max(1, Int(pause / .seconds(1)))
        return NLPError(
            .rateLimited,
            "\(host) wants no requests for \(seconds) s; send fewer requests, or raise the account's limits")
    }

    /// A reply that is no answer.
    func failure(_ status: Int, _ details: EndpointErrorDetails) -> NLPError {
        let reply = "\(host) replied \(status)\(details.code.map { " (\($0))" } ?? "")"
        if details.saysTooLong || status == 413 {
            return NLPError(
                .rejected, "\(reply); the conversation is too long for the model, use one with more context")
        }
        switch status {
        case 401, 403: return NLPError(.unauthorized, "\(reply); check \(configuration.endpoint.keyVariable)")
        case 404: return NLPError(.rejected, "\(reply); check \(address) and the model's name '\(model)'")
        case 408, 504: return NLPError(.timedOut, "\(reply); try again later")
        case 429 where details.saysNoCredit:
            return NLPError(.rateLimited, "\(reply); the account has no credit left, check its plan")
        case 429: return NLPError(.rateLimited, "\(reply); send fewer requests, or raise the account's limits")
        case 501, 505: return NLPError(.rejected, "\(reply); this service does not offer what was asked")
        case 500...: return NLPError(.unavailable, "\(reply); try again later")
        case 300..<400: return NLPError(.rejected, "\(reply), a redirect; set \(address) to where it leads")
        default: return NLPError(.rejected, "\(reply); the request does not suit this service or model")
        }
    }

    /// No reply.
    func failure(_ cause: HTTPTransportError) -> NLPError {
        switch cause.kind {
        case .timeout: return timedOut
        case .refused: return NLPError(.unavailable, "\(host) refuses connections; check that it runs, and \(address)")
        case .dns: return NLPError(.unavailable, "the name of \(host) is not known; check \(address)")
        case .tls: return NLPError(.unavailable, "no secure connection to \(host); check its certificate")
        case .broken: return NLPError(.unavailable, "the connection to \(host) broke; try again later")
        case .tooLarge: return NLPError(.rejected, "\(host) sent a reply that is too large")
        case .notAllowed: return NLPError(.rejected, "connections to \(host) are not allowed")
        case .invalidURL: return NLPError(.rejected, "the URL of \(host) is not valid; check \(address)")
        }
    }
}

/// What may be told of a server's error object, and what is to be learned from it.
struct EndpointErrorDetails: Sendable {
    /// The error's code, else its type, if it looks like an identifier.
    let code: String?
    /// What was refused: the parameter's name, else the whole message, in lower case. Not for people.
    let refused: String

    init(_ reply: HTTPExchangeReply, hiding key: Secret?) {
        let body = try? JSONParser.parse(reply.body)
        let error = body?["error"] ?? body
        code = Self.identifier(error?["code"], hiding: key) ?? Self.identifier(error?["type"], hiding: key)
        let message = error?["message"]?.string ?? error?.string ?? body?["detail"]?.string ?? ""
        let parameter = error?["param"]?.string ?? ""
        refused = (parameter.isEmpty ? message : parameter).lowercased()
    }

    /// A text that looks like an identifier, and so may be told.
    static func identifier(_ value: JSONValue?, hiding key: Secret?) -> String? {
        guard let text = value?.string, (1...64).contains(text.utf8.count), key?.occurs(in: text) != true,
            text.utf8.allSatisfy({ ($0 >= 0x61 && $0 <= 0x7A) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return text
    }

    /// The prompt does not fit the model's context. OpenAI and llama.cpp have a code for it, Anthropic and Ollama a
    /// sentence.
    var saysTooLong: Bool {
        code == "context_length_exceeded" || code == "exceed_context_size_error"
            || refused.contains("prompt is too long") || refused.contains("exceeds the context length")
            || refused.contains("exceeds maximum context length")
    }

    /// The account is used up, which no pause changes.
    var saysNoCredit: Bool { code == "insufficient_quota" }
}
