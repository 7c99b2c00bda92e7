import ParlantCore

/// Which servers tools may reach.
///
/// A pattern is a host name or address, any port (`api.example.com`) or one (`127.0.0.1:9000`, `[::1]:9000`); all hosts
/// below a domain (`*.example.com`, not the domain itself); one scheme only (`https://api.example.com`); or all (`*`).
/// Names are compared as written: an allowed name that resolves to an inner address reaches it.
public struct HTTPAllowList: Sendable, Equatable {
    /// A pattern makes no sense.
    public struct PatternError: Error, Sendable, Equatable, CustomStringConvertible {
        /// One sentence that names the pattern and shows the form.
        public var message: String

        public var description: String { message }
    }

    private struct Pattern: Sendable, Equatable {
        var scheme: HTTPAddress.Scheme?
        var host: String
        /// Whether all hosts below ``host`` are meant, and not the host itself.
        var isDomain: Bool
        var port: Int?

        func allows(_ address: HTTPAddress) -> Bool {
            guard scheme == nil || scheme == address.scheme, port == nil || port == address.port else { return false }
            return isDomain ? address.host.hasSuffix(".\(host)") : address.host == host
        }
    }

    private var patterns: [Pattern] = []
    private var allowsAll = false

    /// A list of these patterns; an empty one allows nothing.
    ///
    /// - Throws: ``PatternError`` for the first pattern that makes no sense.
    public init(_ patterns: [String]) throws(PatternError) {
        for text in patterns {
            if text == "*" { allowsAll = true } else { self.patterns.append(try Self.pattern(text)) }
        }
    }

    /// Whether a request to this URL may be sent. A URL that cannot be read strictly may not.
    public func allows(_ url: String) -> Bool { HTTPAddress(url).map(allows) ?? false }

    /// Whether a request to this address may be sent. O(patterns).
    public func allows(_ address: HTTPAddress) -> Bool { allowsAll || patterns.contains { $0.allows(address) } }

    private static func pattern(_ text: String) throws(PatternError) -> Pattern {
        var rest = text[...]
        var scheme: HTTPAddress.Scheme?
        if let separator = rest.firstRange(of: "://") {
            scheme = HTTPAddress.Scheme(rawValue: rest[..<separator.lowerBound].lowercased())
            rest = rest[separator.upperBound...]
            if scheme == nil { throw error(text) }
        }
        let isDomain = rest.hasPrefix("*.")
        if isDomain { rest = rest.dropFirst(2) }
        guard let (host, port) = HTTPAddress.hostAndPort(rest) else { throw error(text) }
        // There are no hosts below an address.
        let isAddress = host.contains(":") || host.split(separator: ".").last?.allSatisfy(\.isNumber) == true
        guard !isDomain || !isAddress else { throw error(text) }
        return Pattern(scheme: scheme, host: host, isDomain: isDomain, port: port)
    }

    private static func error(_ text: String) -> PatternError {
        PatternError(
            message: "'\(text)' is no host that tools may reach; write host, host:port, *.domain, or * for all")
    }
}
