/// The address in an `http` or `https` URL, read strictly: what this type accepts, every client reads the same way.
///
/// Lists of allowed hosts are only as good as the parser in front of them, so anything that clients are known to
/// disagree on is refused: user names, encoded or non-ASCII hosts, trailing dots, backslashes, spaces, numbers in place
/// of IPv4 addresses (`http://2130706433/`), zone identifiers.
public struct HTTPAddress: Sendable, Hashable {
    /// The two schemes. Raw values are those of URLs.
    public enum Scheme: String, Sendable, CaseIterable {
        case http, https

        /// 80 or 443.
        public var defaultPort: Int { self == .http ? 80 : 443 }
    }

    public let scheme: Scheme
    /// In lower case; IPv6 in its shortest form (RFC 5952) without brackets.
    public let host: String
    /// 1 to 65535; the scheme's own when the URL names none.
    public let port: Int
    /// Path and query as written, beginning with `/`. A fragment is dropped: it is never sent.
    public let target: String

    /// Reads an absolute URL; nil when it cannot be read strictly. O(length).
    public init?(_ url: String) {
        guard url.utf8.allSatisfy(Self.isAllowed), let colon = url.firstRange(of: "://"),
            let scheme = Scheme(rawValue: url[..<colon.lowerBound].lowercased())
        else { return nil }
        let rest = url[colon.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        guard let (host, port) = Self.hostAndPort(rest[..<end]) else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.defaultPort
        let target = rest[end...].prefix { $0 != "#" }
        self.target = target.first == "/" ? String(target) : "/" + target
    }

    /// Host and port, with brackets around IPv6: `example.com:443`, `[::1]:8080`.
    public var authority: String { "\(bracketedHost):\(port)" }

    /// The URL in its plainest form, without a port that the scheme implies and without fragment.
    public var url: String {
        "\(scheme.rawValue)://\(port == scheme.defaultPort ? bracketedHost : authority)\(target)"
    }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`; nil when it is none of them. The port is nil when absent.
    public static func hostAndPort(_ text: some StringProtocol) -> (host: String, port: Int?)? {
        guard text.utf8.allSatisfy(isAllowed) else { return nil }
        let host: String?
        let tail: String
        if text.first == "[" {
            guard let closing = text.firstIndex(of: "]") else { return nil }
            host = IPAddressText.canonicalIPv6(String(text[text.index(after: text.startIndex)..<closing]))
            tail = String(text[text.index(after: closing)...])
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            host = hostName(String(text[..<colon]))
            tail = String(text[colon...])
        }
        guard let host else { return nil }
        if tail.isEmpty { return (host, nil) }
        let digits = tail.dropFirst()
        guard tail.first == ":", (1...5).contains(digits.utf8.count), digits.first != "0",
            digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = Int(digits), port <= 65535
        else { return nil }
        return (host, port)
    }

    /// A DNS name or an IPv4 address in lower case; nil when it is neither.
    private static func hostName(_ text: String) -> String? {
        let lower = text.lowercased()
        let labels = lower.split(separator: ".", omittingEmptySubsequences: false)
        guard lower.utf8.count <= 253, let last = labels.last else { return nil }
        for label in labels {
            guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-",
                label.utf8.allSatisfy(isNameByte)
            else { return nil }
        }
        // A name that ends in a number is an address to some clients, in forms that differ; only a.b.c.d is certain.
        let isNumeric = last.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } || last.hasPrefix("0x")
        return isNumeric && IPAddressText.ipv4(lower) == nil ? nil : lower
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    /// Printable ASCII without the characters that RFC 3986 leaves out of URLs.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"\\\"<>^`{|}".utf8.contains(byte)
    }
}

extension HTTPAddress: CustomStringConvertible {
    /// The authority alone: paths and queries may hold what no log should.
    public var description: String { authority }
}
