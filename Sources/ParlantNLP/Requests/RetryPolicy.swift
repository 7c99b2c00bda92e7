import ParlantCore

/// When a failed exchange is tried again, and after what pause.
///
/// The pause doubles from ``firstPause`` to ``longestPause`` and is shortened by up to a quarter at random, so that
/// clients that failed together do not come back together; these are the figures of OpenAI's own client libraries.
public struct RetryPolicy: Sendable, Equatable {
    /// Exchanges at most, the first included; at least 1.
    public var attempts = 3
    /// Pause after the first failure.
    public var firstPause: Duration = .milliseconds(500)
    /// Longest pause of our own choice.
    public var longestPause: Duration = .seconds(8)
    /// Longest pause that a server's `retry-after` gets; what it asks beyond that is cut. Questions whose time limit
    /// ends before the pause fail at once.
    public var longestRetryAfter: Duration = .seconds(300)

    /// The defaults.
    public init() {}

    /// Whether a reply with this status may turn out differently next time: 408, 409, 429 and 5xx, but not 501 and
    /// 505, which say that the server will never do it. `x-should-retry` overrules.
    func isRetryable(_ reply: HTTPExchangeReply) -> Bool {
        switch reply.header("x-should-retry") {
        case "true": return true
        case "false": return false
        default: break
        }
        switch reply.status {
        case 408, 409, 429: return true
        case 501, 505: return false
        default: return reply.status >= 500
        }
    }

    /// Whether a reply says that all shall wait who ask the same model: 429, Anthropic's 529, and whatever names a time.
    func pausesAll(_ reply: HTTPExchangeReply) -> Bool {
        reply.status == 429 || reply.status == 529 || Self.retryAfter(reply) != nil
    }

    /// Whether a failure without reply may turn out differently next time.
    func isRetryable(_ kind: HTTPTransportError.Kind) -> Bool {
        switch kind {
        case .timeout, .refused, .dns, .broken: true
        case .tls, .tooLarge, .notAllowed, .invalidURL: false
        }
    }

    /// The pause after a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: 1 for the first.
    ///   - reply: Its reply, if one came; `retry-after-ms` and `retry-after` in seconds are honoured. A date there is
    ///     not: it would make us trust the other machine's clock.
    ///   - random: 0 to 1.
    func pause(after attempt: Int, reply: HTTPExchangeReply?, random: Double) -> Duration {
        pause(after: attempt, asked: reply.flatMap(Self.retryAfter), random: random)
    }

    /// The pause after a failed attempt: what the other side asked for, else one that grows with the attempts.
    func pause(after attempt: Int, asked: Duration?, random: Double) -> Duration {
        if let asked { return min(max(asked, .zero), longestRetryAfter) }
        var pause = firstPause
        for _ in 1..<max(attempt, 1) where pause < longestPause { pause *= 2 }
        return min(pause, longestPause) * (1 - 0.25 * min(max(random, 0), 1))
    }

    private static func retryAfter(_ reply: HTTPExchangeReply) -> Duration? {
        func number(_ name: String) -> Double? {
            reply.header(name).flatMap(Double.init).flatMap { $0 >= 0 && $0 < 1e9 ? $0 : nil }
        }
        return number("retry-after-ms").map { .seconds($0 / 1000) } ?? number("retry-after").map { .seconds($0) }
    }
}
