import ParlantCore

/// One question to an endpoint.
struct EndpointQuestion: Sendable {
    /// Below the base URL, beginning with `/`.
    var path: String
    var body: JSONValue
    /// Whom it is for: models are paused on their own.
    var model: String
    /// On the clock's `uptime`; no pause and no attempt goes beyond it.
    var deadline: Duration
    var maxReplyBytes: Int
}

/// What came back: an answer, or a refusal that a plainer request may avoid.
enum EndpointAnswer<Value: Sendable>: Sendable {
    case done(Value)
    /// 400 or 422; the text names what was refused, in lower case.
    case refused(String, NLPError)
}

/// Sends JSON to one endpoint, tries again where that may help, and turns failures into ``ParlantCore/NLPError``.
///
/// Each failure is answered as ``RetryPolicy`` has it. A model that is asked too much is left alone by all who share
/// the client until its pause is over; other failures pause nobody but the one who met them.
struct EndpointClient: Sendable {
    /// Bytes of an error's body that are read from a stream.
    private static let maxErrorBytes = 64 << 10

    let configuration: EndpointConfiguration
    let transport: any HTTPTransport
    let clock: any TimeSource
    let random: @Sendable () -> Double
    /// Gets a sentence for the log when a model is left alone for a while.
    let onNotice: @Sendable (String) -> Void
    let pauses = PauseBoard()

    init(
        configuration: EndpointConfiguration, transport: any HTTPTransport, clock: any TimeSource,
        random: @escaping @Sendable () -> Double, onNotice: @escaping @Sendable (String) -> Void
    ) {
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        self.random = random
        self.onNotice = onNotice
    }

    var errors: EndpointErrors { EndpointErrors(configuration: configuration, model: configuration.models.large) }

    /// The time at which an answer that is asked for now is overdue.
    ///
    /// - Parameter limit: The request's own limit; what is beyond that of the configuration is cut.
    func deadline(within limit: Duration? = nil) -> Duration {
        clock.uptime + min(limit ?? configuration.deadline, configuration.deadline)
    }

    /// Posts a body and waits for a reply that is JSON.
    ///
    /// - Parameter account: Raised by the requests that were made.
    /// - Throws: ``ParlantCore/NLPError``; `CancellationError` at once, also from within a pause.
    func ask(_ question: EndpointQuestion, _ account: inout CallAccount) async throws -> EndpointAnswer<JSONValue> {
        try await attempts(question, &account) { request in
            let reply = try await transport.exchange(request)
            guard (200..<300).contains(reply.status) else { return .reply(reply) }
            guard let value = try? JSONParser.parse(reply.body) else { return .noJSON(reply) }
            return .done(value)
        }
    }

    /// Posts a body and has the reply read as it comes.
    ///
    /// - Parameters:
    ///   - account: Raised by the requests that were made.
    ///   - read: Gets a reply with a good status, once per attempt. A ``StreamFailure`` that may pass leads to
    ///     another attempt.
    /// - Throws: As ``ask(_:_:)``, and what `read` throws.
    func stream<Value: Sendable>(
        _ question: EndpointQuestion, _ account: inout CallAccount,
        _ read: (any HTTPReplyStream) async throws -> Value
    ) async throws -> EndpointAnswer<Value> {
        try await attempts(question, &account) { request in
            let stream = try await transport.open(request)
            let outcome: Result<Sent<Value>, any Error>
            do {
                if (200..<300).contains(stream.status) {
                    outcome = .success(.done(try await read(stream)))
                } else {
                    outcome = .success(.reply(try await errorReply(of: stream, until: question.deadline)))
                }
            } catch {
                outcome = .failure(error)
            }
            await stream.close()
            return try outcome.get()
        }
    }

    /// What one attempt brought.
    private enum Sent<Value> {
        case done(Value)
        /// A status that is no answer.
        case reply(HTTPExchangeReply)
        case noJSON(HTTPExchangeReply)
    }

    private func attempts<Value: Sendable>(
        _ question: EndpointQuestion, _ account: inout CallAccount,
        _ send: (HTTPExchangeRequest) async throws -> Sent<Value>
    ) async throws -> EndpointAnswer<Value> {
        let (policy, errors) = (
            configuration.retries, EndpointErrors(configuration: configuration, model: question.model)
        )
        let bytes = JSONWriter.bytes(of: question.body)
        var attempt = 1
        while true {
            try await pauses.waitForTurn(
                of: question.model, until: question.deadline, on: clock, random: random, orThrow: errors.paused)
            let sent = clock.uptime
            let left = question.deadline - sent
            guard left > .zero else { throw errors.timedOut }
            var failure: NLPError
            var failedReply: HTTPExchangeReply?
            var mayPass = true
            account.attempts += 1
            do {
                let request = HTTPExchangeRequest(
                    method: "POST", url: configuration.baseURL + question.path, headers: configuration.allHeaders(),
                    body: bytes, timeout: min(left, configuration.attemptTimeout), maxReplyBytes: question.maxReplyBytes
                )
                switch try await send(request) {
                case .done(let value):
                    pauses.answered(question.model, sent: sent)
                    return .done(value)
                case .reply(let reply):
                    let details = EndpointErrorDetails(reply, hiding: configuration.key)
                    failure = errors.failure(reply.status, details)
                    if reply.status == 400 || reply.status == 422 { return .refused(details.refused, failure) }
                    mayPass = policy.isRetryable(reply) && !details.saysNoCredit
                    failedReply = reply
                case .noJSON(let reply):
                    failure = errors.noJSON
                    failedReply = reply
                }
            } catch let cause as HTTPTransportError {
                failure = errors.failure(cause)
                mayPass = policy.isRetryable(cause.kind)
            } catch let cause as StreamFailure {
                account.usage += cause.usage
                failure = cause.error
                mayPass = cause.mayPass
            }
            guard mayPass else { throw failure }
            if failedReply.map(policy.pausesAll) ?? (failure.code == .rateLimited) {
                let now = clock.uptime
                let pause = pauses.refused(question.model, at: now, sent: sent) {
                    policy.pause(after: $0, reply: failedReply, random: random())
                }
                if let pause { onNotice(errors.paused(for: pause).message) }
                guard attempt < policy.attempts, now + pauses.wait(for: question.model, at: now) < question.deadline
                else { throw failure }
            } else {
                guard attempt < policy.attempts else { throw failure }
                let pause = policy.pause(after: attempt, reply: failedReply, random: random())
                // A pause that ends after the deadline helps nobody: say now what is wrong.
                guard clock.uptime + pause < question.deadline else { throw failure }
                try await clock.sleep(for: pause)
            }
            attempt += 1
        }
    }

    private func errorReply(of stream: any HTTPReplyStream, until deadline: Duration) async throws -> HTTPExchangeReply
    {
        var reply = HTTPExchangeReply(status: stream.status, headers: stream.headers)
        let limit = min(deadline, clock.uptime + configuration.attemptTimeout)
        while reply.body.count < Self.maxErrorBytes {
            let piece = try await clock.cut(at: limit, orThrow: HTTPTransportError(.timeout, "the reply did not end")) {
                try await stream.next()
            }
            guard let piece else { break }
            reply.body += piece
        }
        return reply
    }
}
