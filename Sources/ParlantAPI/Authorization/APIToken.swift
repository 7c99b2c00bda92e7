import HTTPTypes

/// The one token that requests must bring, if the operator wants one: `Authorization: Bearer TOKEN`.
///
/// Prints, dumps and reflects as `***`.
public struct APIToken: Sendable {
    /// A text that cannot serve as a token.
    public struct Unusable: Error, Sendable {
        /// What is wrong with it and what to do; does not hold the text.
        public let message: String
    }

    /// Fewer characters could be guessed.
    private static let shortest = 16
    private static let longest = 512

    private let bytes: [UInt8]

    /// Takes 16 to 512 visible ASCII characters.
    ///
    /// - Throws: ``Unusable``.
    public init(_ text: String) throws(Unusable) {
        bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Unusable(message: "has spaces or characters that a header cannot carry; use visible ASCII characters")
        }
        guard bytes.count >= Self.shortest else {
            throw Unusable(message: "is shorter than \(Self.shortest) characters; make one with 'openssl rand -hex 24'")
        }
        guard bytes.count <= Self.longest else {
            throw Unusable(message: "is longer than \(Self.longest) characters; use a shorter one")
        }
    }

    /// Whether this is the token. Takes as long for a wrong text as for the right one of the same length.
    func matches(_ text: some StringProtocol) -> Bool {
        var difference: UInt8 = 0
        var count = 0
        for (index, byte) in text.utf8.enumerated() {
            difference |= byte ^ bytes[index % bytes.count]
            count += 1
        }
        return count == bytes.count && difference == 0
    }

    /// What a browser or a probe gets without the token, because it cannot bring one: nothing of it tells of this
    /// server's agents or customers. `/healthz` leaves out what would (``isBrought(by:)``).
    private static let open: Set = ["/healthz", "/openapi.json", "/docs", "/docs/style.css", "/docs/script.js"]

    /// Lets a request pass that brings the token, or that needs none: `GET /healthz`, for probes, and the documentation,
    /// whose page has a field for the token.
    ///
    /// - Throws: 401 with the reason, which does not repeat what was sent.
    func authorize(_ method: HTTPRequest.Method, path: some StringProtocol, _ headers: HTTPFields) throws(APIError) {
        if method == .get, Self.open.contains(String(path)) { return }
        try check(headers)
    }

    /// Whether a request has the token, where it needs none.
    func isBrought(by headers: HTTPFields) -> Bool { (try? check(headers)) != nil }

    private func check(_ headers: HTTPFields) throws(APIError) {
        guard let field = headers[.authorization] else {
            throw .unauthorized("This server wants a token; send it as 'Authorization: Bearer TOKEN'.", "Bearer")
        }
        let words = field.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw .unauthorized("The authorization is of another kind; send 'Authorization: Bearer TOKEN'.", "Bearer")
        }
        guard matches(words[1]) else {
            throw .unauthorized(
                "The token is not the one of this server; check PARLANT_API_TOKEN.", "Bearer error=\"invalid_token\"")
        }
    }
}

extension APIToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    /// Has no children, so that `dump` and reflecting loggers see nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
