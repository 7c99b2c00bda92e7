/// A provider could not answer.
public struct NLPError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is. New codes may appear in a minor version: always have a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case unauthorized, rejected, rateLimited, unavailable, timedOut, malformed }
        private let kind: Kind

        /// The key is missing or refused.
        public static let unauthorized = Code(kind: .unauthorized)
        /// The provider understood the request and said no; trying again would not help.
        public static let rejected = Code(kind: .rejected)
        /// Too many requests, also after waiting.
        public static let rateLimited = Code(kind: .rateLimited)
        /// The provider does not answer, or answers 5xx, also after trying again.
        public static let unavailable = Code(kind: .unavailable)
        /// No answer in time.
        public static let timedOut = Code(kind: .timedOut)
        /// Answers do not fit the schema, also after trying again.
        public static let malformed = Code(kind: .malformed)

        public var description: String { kind.rawValue }
    }

    public var code: Code
    /// One sentence with the remedy; holds no key and no text of the conversation.
    public var message: String
    /// What the attempts were charged for all the same, as far as the provider counted them.
    public var usage: TokenUsage
    /// Requests that were made; 0 where there is no telling.
    public var attempts: Int

    public init(_ code: Code, _ message: String, usage: TokenUsage = .init(), attempts: Int = 0) {
        self.code = code
        self.message = message
        self.usage = usage
        self.attempts = attempts
    }

    public var description: String { "\(code): \(message)" }
}
