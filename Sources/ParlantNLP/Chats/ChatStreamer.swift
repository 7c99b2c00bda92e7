import ParlantCore

/// Asks a chat model for free text, and hands it over as it is written.
struct ChatStreamer: TextStreamer {
    /// Bytes of the whole text at most; replies to customers have a few thousand.
    private static let maxTextBytes = 1 << 20

    let client: EndpointClient
    let dialects: ChatDialects

    func stream(
        _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation {
        var account = CallAccount()
        do {
            return try await stream(request, &account, receive)
        } catch let error as NLPError {
            throw account.settle(error)
        }
    }

    private func stream(
        _ request: GenerationRequest, _ account: inout CallAccount,
        _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation {
        let deadline = client.deadline(within: request.timeLimit)
        let model = client.configuration.models.name(for: request.size)
        let chat = Chat(request, wantsText: true)
        while true {
            let used = dialects.current(for: model)
            let question = EndpointQuestion(
                path: used.dialect.path, body: used.dialect.body(of: chat, model: model, streams: true), model: model,
                deadline: deadline, maxReplyBytes: Self.maxTextBytes)
            let answer = try await client.stream(question, &account) { stream in
                try await read(stream, in: used.dialect, until: deadline, receive)
            }
            switch answer {
            case .done(let written):
                account.usage += written.usage
                return Generation(
                    content: .string(written.text), usage: account.usage, model: model, attempts: account.attempts)
            case .refused(let what, let error):
                guard dialects.learn(from: what, model, used: used) else { throw error }
            }
        }
    }

    /// Reads a stream to its end.
    ///
    /// - Throws: ``StreamFailure``, and what `receive` throws.
    private func read(
        _ stream: any HTTPReplyStream, in dialect: any ChatDialect, until deadline: Duration,
        _ receive: @Sendable (String) async throws -> Void
    ) async throws -> WrittenText {
        let host = client.configuration.host
        var written = WrittenText()
        var lines = LineSplitter()
        func failure(_ code: NLPError.Code, _ what: String, mayPass: Bool = true) -> StreamFailure {
            StreamFailure(
                error: NLPError(code, "\(host) \(what)"), mayPass: mayPass && written.text.isEmpty, usage: written.usage
            )
        }
        func take(_ line: String) async throws {
            for step in dialect.step(in: line) {
                switch step {
                case .piece(let piece):
                    guard !piece.isEmpty else { continue }
                    written.text += piece
                    guard written.text.utf8.count <= Self.maxTextBytes else {
                        throw failure(.rejected, "sent a text that is too long", mayPass: false)
                    }
                    try await receive(piece)
                case .usage(let input, let output):
                    written.usage = TokenUsage(
                        input: input ?? written.usage.input, output: output ?? written.usage.output)
                case .ended: written.isComplete = true
                case .refused:
                    throw failure(.rejected, "refused or filtered the answer; see its content policy", mayPass: false)
                case .failed(let code):
                    throw failure(
                        code.map(Self.isRefusalOfRate) == true ? .rateLimited : .unavailable,
                        "broke off its answer\(code.map { " (\($0))" } ?? ""); try again later")
                }
            }
        }
        do {
            while let piece = try await next(of: stream, until: deadline) {
                for line in try lines.lines(adding: piece) { try await take(line) }
            }
            if let line = lines.last() { try await take(line) }
        } catch is LineSplitter.TooLong {
            throw failure(.rejected, "sent a line that is too long", mayPass: false)
        } catch let error as HTTPTransportError {
            // A server that closes without a word after the whole answer has said all there is to say.
            if !written.isComplete {
                let cause = client.errors.failure(error)
                throw StreamFailure(
                    error: cause,
                    mayPass: written.text.isEmpty && client.configuration.retries.isRetryable(error.kind),
                    usage: written.usage)
            }
        }
        guard written.isComplete else { throw failure(.unavailable, "ended its answer early; try again later") }
        guard written.text.contains(where: { !$0.isWhitespace }) else {
            throw failure(.malformed, "sent an empty answer; try a more capable model")
        }
        return written
    }

    /// The next piece; the wait for it ends with the deadline, and with the time that one exchange may take.
    private func next(of stream: any HTTPReplyStream, until deadline: Duration) async throws -> [UInt8]? {
        let clock = client.clock
        let limit = min(deadline, clock.uptime + client.configuration.attemptTimeout)
        return try await clock.cut(
            at: limit, orThrow: HTTPTransportError(.timeout, "no more of the reply came in time")
        ) {
            try await stream.next()
        }
    }

    private static func isRefusalOfRate(_ code: String) -> Bool {
        code.contains("rate_limit") || code.contains("overloaded")
    }
}

/// What a stream has brought so far.
struct WrittenText: Sendable {
    var text = ""
    var usage = TokenUsage()
    var isComplete = false
}

/// A stream did not come to its end.
struct StreamFailure: Error {
    var error: NLPError
    /// Whether another attempt may turn out differently and nothing was handed over yet.
    var mayPass: Bool
    /// What the provider has counted by then.
    var usage: TokenUsage
}
