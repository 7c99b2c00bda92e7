import ParlantCore
import Synchronization
import Testing

@testable import ParlantHTTP

@Suite("Servers that tools may reach")
struct HTTPAllowListTests {
    static let rows: [(patterns: [String], url: String, allowed: Bool)] = [
        ([], "http://a.test", false),
        (["a.test"], "http://a.test/x?y", true),
        (["a.test"], "https://a.test", true),
        (["a.test"], "http://a.test:8080", true),
        (["A.Test"], "HTTP://a.tESt", true),
        (["a.test"], "http://b.a.test", false),
        (["a.test"], "http://a.test.evil.test", false),
        (["a.test:80"], "http://a.test", true),
        (["a.test:80"], "https://a.test", false),
        (["a.test:443"], "https://a.test", true),
        (["a.test:8080"], "http://a.test:8080", true),
        (["a.test:8080"], "http://a.test", false),
        (["https://a.test"], "https://a.test", true),
        (["https://a.test"], "http://a.test", false),
        (["https://a.test:444"], "https://a.test", false),
        (["*.a.test"], "http://b.a.test", true),
        (["*.a.test"], "http://c.b.a.test", true),
        (["*.a.test"], "http://a.test", false),
        (["*.a.test"], "http://ba.test", false),
        (["*.a.test:81"], "http://b.a.test", false),
        (["https://*.a.test"], "https://b.a.test", true),
        (["*"], "http://anything.test:99", true),
        (["b.test", "a.test"], "http://a.test", true),
        (["127.0.0.1:9000"], "http://127.0.0.1:9000", true),
        (["[::1]:9000"], "http://[::1]:9000/", true),
        (["[::1]"], "http://[0:0:0:0:0:0:0:1]", true),
        (["[2001:DB8::1]"], "http://[2001:db8:0::0:1]", true),
        (["127.0.0.1"], "http://[::ffff:127.0.0.1]", false),
    ]

    @Test("are those that a pattern names", arguments: rows)
    func row(_ row: (patterns: [String], url: String, allowed: Bool)) throws {
        #expect(try HTTPAllowList(row.patterns).allows(row.url) == row.allowed)
    }

    @Test(
        "do not include what cannot be read strictly, even when all are allowed",
        arguments: [
            "", "a.test", "//a.test", "http:a.test", "http:///a.test", "http://", "ftp://a.test", "file:///etc/passwd",
            "http://a.test@evil.test/", "http://a.test:80@evil.test", "http://a.test%40evil.test", "http://a%2etest",
            "http://a.test\\@evil.test", "http://a.test.", "http://.a.test", "http://a..test", "http://ä.test",
            "http://ａ.test", "http://a.test:", "http://a.test:0", "http://a.test:080", "http://a.test:65536",
            "http://a.test:8o", "http://a.test: 80", "http://a test", " http://a.test", "http://a.test\n",
            "http://a.test\t",
            "http://2130706433/", "http://0x7f000001", "http://0x7f.1", "http://127.1", "http://0177.0.0.1",
            "http://127.0.0.256", "http://[::1", "http://::1", "http://[::1%25eth0]", "http://[::1%eth0]",
            "http://[1::2::3]",
            "http://[12345::]", "http://[::1]x", "http://[a.test]", "http://-a.test", "http://a.test<", "http://*",
            "http://a.test#@evil.test:80:80\u{7f}",
        ])
    func unreadable(_ url: String) throws {
        #expect(try HTTPAllowList(["*"]).allows(url) == false)
    }

    @Test(
        "are named by patterns of a few forms only",
        arguments: [
            "", "a.test/path", "ftp://a.test", "a.test:x", "a.test:70000", "*a.test", "a.*.test", "*.", "*.127.0.0.1",
            "*.[::1]", "u@a.test", "a test", "**", "http://", "::1",
        ])
    func badPattern(_ pattern: String) {
        let error = #expect(throws: HTTPAllowList.PatternError.self) { try HTTPAllowList(["ok.test", pattern]) }
        #expect(
            error?.message
                == "'\(pattern)' is no host that tools may reach; write host, host:port, *.domain, or * for all")
    }
}

@Suite("A transport behind an allow list")
struct RestrictedHTTPTransportTests {
    private final class Recorder: HTTPTransport {
        let urls = Mutex<[String]>([])

        func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
            urls.withLock { $0.append(request.url) }
            return HTTPExchangeReply(status: 200)
        }
    }

    private func failure(_ url: String) async throws -> (HTTPTransportError, [String]) {
        let recorder = Recorder()
        let transport = RestrictedHTTPTransport(recorder, allowing: try HTTPAllowList(["a.test"]))
        let error = await #expect(throws: HTTPTransportError.self) {
            try await transport.exchange(HTTPExchangeRequest(method: "GET", url: url))
        }
        return (try #require(error), recorder.urls.withLock { $0 })
    }

    @Test(
        "refuses other hosts and says how to allow them",
        arguments: [
            ("http://x/secret?key=1", "x:80"), ("https://X.test", "x.test:443"), ("http://[::1]:9000", "[::1]:9000"),
        ])
    func refused(_ url: String, _ host: String) async throws {
        let (error, urls) = try await failure(url)
        #expect(
            error
                == HTTPTransportError(
                    .notAllowed, "host '\(host)' is not on the allow list; start the server with --allow-http \(host)"))
        #expect(urls.isEmpty)
        #expect(try HTTPAllowList([host]).allows(url))
    }

    @Test("refuses what is no URL without repeating it")
    func invalid() async throws {
        let (error, urls) = try await failure("http://a.test@evil.test/secret")
        #expect(error.kind == .invalidURL)
        #expect(!error.message.contains("evil"))
        #expect(urls.isEmpty)
    }

    @Test(
        "passes on exactly the address that was checked",
        arguments: [
            ("HTTP://A.Test:80/p?q#f", "http://a.test/p?q"), ("https://a.test", "https://a.test/"),
            ("http://a.test:81?x", "http://a.test:81/?x"),
        ])
    func passed(_ url: String, _ sent: String) async throws {
        let recorder = Recorder()
        let transport = RestrictedHTTPTransport(recorder, allowing: try HTTPAllowList(["a.test"]))
        _ = try await transport.exchange(HTTPExchangeRequest(method: "GET", url: url))
        #expect(recorder.urls.withLock { $0 } == [sent])
    }
}
