import ParlantCore

/// Sends JSON to one endpoint, tries again where that may help, and turns failures into ``NLPError``.
///
/// Messages hold the endpoint's host, statuses and the server's error codes; never its sentences, which may quote the
/// key or the conversation.
struct OpenAIClient: Sendable {
    /// What came back: an answer, or a refusal that a plainer request may avoid.
    enum Answer {
        case body(JSONValue)
        /// 400 or 422; the text names what was refused, in lower case.
        case refused(String, NLPError)
    }

    let configuration: OpenAIConfiguration
    let transport: any HTTPTransport
    let clock: any TimeSource
    let random: @Sendable () -> Double

    /// Posts a body and waits for a reply that is JSON.
    ///
    /// - Parameters:
    ///   - path: Below the base URL, beginning with `/`.
    ///   - deadline: On the clock's `uptime`; no pause and no attempt goes beyond it.
    ///   - attempts: Raised by the requests that were made.
    /// - Throws: ``NLPError``; `CancellationError` at once, also from within a pause.
    func post(
        _ path: String, _ body: JSONValue, until deadline: Duration, attempts: inout Int, maxReplyBytes: Int
    ) async throws -> Answer {
        let bytes = JSONWriter.bytes(of: body)
        var attempt = 1
        while true {
            try Task.checkCancellation()
            let left = deadline - clock.uptime
            guard left > .zero else { throw timedOut() }
            let failure: NLPError
            var failedReply: HTTPExchangeReply?
            attempts += 1
            let reply = await exchange(
                HTTPExchangeRequest(
                    method: "POST", url: configuration.baseURL + path, headers: configuration.headers(), body: bytes,
                    timeout: min(left, configuration.attemptTimeout), maxReplyBytes: maxReplyBytes))
            switch reply {
            case .success(let reply) where (200..<300).contains(reply.status):
                if let value = try? JSONParser.parse(reply.body) { return .body(value) }
                failure = NLPError(
                    .malformed, "\(configuration.host) sent a reply that is no JSON; check OPENAI_BASE_URL")
                failedReply = reply
            case .success(let reply):
                let details = OpenAIErrorDetails(reply, hiding: configuration.key)
                failure = error(reply.status, details)
                if reply.status == 400 || reply.status == 422 { return .refused(details.refused, failure) }
                guard configuration.retries.isRetryable(reply), details.code != "insufficient_quota" else {
                    throw failure
                }
                failedReply = reply
            case .failure(let cause as HTTPTransportError):
                failure = error(cause)
                guard configuration.retries.isRetryable(cause.kind) else { throw failure }
            case .failure(let cause):
                throw cause
            }
            guard attempt < configuration.retries.attempts else { throw failure }
            let pause = configuration.retries.pause(after: attempt, reply: failedReply, random: random())
            // A pause that ends after the deadline helps nobody: say now what is wrong.
            guard clock.uptime + pause < deadline else { throw failure }
            try await clock.sleep(for: pause)
            attempt += 1
        }
    }

    /// The time at which an answer that is asked for now is overdue.
    ///
    /// - Parameter limit: The request's own limit; what is beyond that of the configuration is cut.
    func deadline(within limit: Duration? = nil) -> Duration {
        clock.uptime + min(limit ?? configuration.deadline, configuration.deadline)
    }

    private func exchange(_ request: HTTPExchangeRequest) async -> Result<HTTPExchangeReply, any Error> {
        do { return .success(try await transport.exchange(request)) } catch { return .failure(error) }
    }

    private func timedOut() -> NLPError {
        NLPError(.timedOut, "\(configuration.host) did not answer in time; try a faster model or a longer deadline")
    }

    private func error(_ status: Int, _ details: OpenAIErrorDetails) -> NLPError {
        let reply = "\(configuration.host) replied \(status)\(details.code.map { " (\($0))" } ?? "")"
        switch status {
        case 401, 403: return NLPError(.unauthorized, "\(reply); check OPENAI_API_KEY")
        case 404:
            return NLPError(.rejected, "\(reply); check OPENAI_BASE_URL and the model's name '\(configuration.model)'")
        case 408, 504: return NLPError(.timedOut, "\(reply); try again later")
        case 429 where details.code == "insufficient_quota":
            return NLPError(.rateLimited, "\(reply); the account has no credit left, check its plan")
        case 429: return NLPError(.rateLimited, "\(reply); send fewer requests, or raise the account's limits")
        case 400 where details.code == "context_length_exceeded" || details.code == "exceed_context_size_error",
            413:
            return NLPError(
                .rejected, "\(reply); the conversation is too long for the model, use one with more context")
        case 501, 505: return NLPError(.rejected, "\(reply); this service does not offer what was asked")
        case 500...: return NLPError(.unavailable, "\(reply); try again later")
        case 300..<400:
            return NLPError(.rejected, "\(reply), a redirect; set OPENAI_BASE_URL to where it leads")
        default: return NLPError(.rejected, "\(reply); the request does not suit this service or model")
        }
    }

    private func error(_ cause: HTTPTransportError) -> NLPError {
        let host = configuration.host
        switch cause.kind {
        case .timeout: return timedOut()
        case .refused:
            return NLPError(.unavailable, "\(host) refuses connections; check that it runs, and OPENAI_BASE_URL")
        case .dns: return NLPError(.unavailable, "the name of \(host) is not known; check OPENAI_BASE_URL")
        case .tls: return NLPError(.unavailable, "no secure connection to \(host); check its certificate")
        case .broken: return NLPError(.unavailable, "the connection to \(host) broke; try again later")
        case .tooLarge: return NLPError(.rejected, "\(host) sent a reply that is too large")
        case .notAllowed: return NLPError(.rejected, "connections to \(host) are not allowed")
        case .invalidURL: return NLPError(.rejected, "the URL of \(host) is not valid; check OPENAI_BASE_URL")
        }
    }
}

/// What may be told of a server's error object.
struct OpenAIErrorDetails {
    /// The error's code, else its type, if it looks like an identifier.
    let code: String?
    /// What was refused: the parameter's name, else the whole message, in lower case. Not for people.
    let refused: String

    init(_ reply: HTTPExchangeReply, hiding key: Secret?) {
        let body = try? JSONParser.parse(reply.body)
        let error = body?["error"] ?? body
        func identifier(_ name: String) -> String? {
            guard let text = error?[name]?.string, (1...64).contains(text.utf8.count), key?.occurs(in: text) != true,
                text.utf8.allSatisfy({ ($0 >= 0x61 && $0 <= 0x7A) || $0 == UInt8(ascii: "_") })
            else { return nil }
            return text
        }
        code = identifier("code") ?? identifier("type")
        let message = error?["message"]?.string ?? error?.string ?? body?["detail"]?.string ?? ""
        let parameter = error?["param"]?.string ?? ""
        refused = (parameter.isEmpty ? message : parameter).lowercased()
    }
}
