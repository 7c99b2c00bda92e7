import HTTPTypes
import ParlantAPI
import ParlantCore
import Testing

@Suite("A server with a token")
struct AuthorizationTests {
    private static let token = "0123456789abcdef-secret"

    private let fixture: Fixture

    init() throws {
        var fixture = Fixture()
        fixture.services.token = try APIToken(Self.token)
        self.fixture = fixture
    }

    @Test("answers who brings it, whatever the case of the scheme", arguments: ["Bearer", "bearer", "BEARER "])
    func allowed(scheme: String) async throws {
        let answer = try await fixture.send(.get, "/tags", headers: [.authorization: "\(scheme) \(Self.token)"])
        #expect(answer.status == 200)
    }

    @Test(
        "refuses everybody else with 401, the reason and a challenge, and repeats nothing",
        arguments: [
            (nil, "This server wants a token; send it as 'Authorization: Bearer TOKEN'.", "Bearer"),
            (
                "Basic dXNlcjpwYXNz", "The authorization is of another kind; send 'Authorization: Bearer TOKEN'.",
                "Bearer"
            ),
            (
                "Bearer 0123456789abcdef-secres",
                "The token is not the one of this server; check PARLANT_API_TOKEN.", "Bearer error=\"invalid_token\""
            ),
            (
                "Bearer 0123456789abcdef", "The token is not the one of this server; check PARLANT_API_TOKEN.",
                "Bearer error=\"invalid_token\""
            ),
            (
                "Bearer 0123456789abcdef-secret0123456789abcdef-secret",
                "The token is not the one of this server; check PARLANT_API_TOKEN.", "Bearer error=\"invalid_token\""
            ),
            (
                "Bearer ", "The authorization is of another kind; send 'Authorization: Bearer TOKEN'.", "Bearer"
            ),
        ] as [(String?, String, String)])
    func refused(header: String?, sentence: String, challenge: String) async throws {
        var headers = HTTPFields()
        headers[.authorization] = header
        headers[.origin] = "http://page.test"
        for (method, path) in [
            (.get, "/tags"), (.get, "/logs"), (.get, "/logs?sse=true"), (.get, "/none"), (.post, "/tags"),
            (.get, "/chat/"),
        ]
            as [(HTTPRequest.Method, String)]
        {
            let answer = try await fixture.send(
                method, path, method == .post ? #"{"name": "n"}"# : nil, headers: headers)
            #expect(answer.status == 401)
            #expect(answer.text == #"{"detail":"\#(sentence)"}"#)
            #expect(answer.header("www-authenticate") == challenge)
            // A page must be able to read why.
            #expect(answer.header("access-control-allow-origin") == "*")
        }
        #expect(try await fixture.tags.list(name: nil).isEmpty)
    }

    @Test("lets probes and preflights pass")
    func open() async throws {
        for path in ["/healthz", "/openapi.json", "/docs", "/docs/style.css", "/docs/script.js"] {
            #expect(try await fixture.send(.get, path).status == 200)
        }
        #expect(try await fixture.send(.post, "/docs", "{}").status == 401)
        let preflight = try await fixture.send(
            .options, "/tags", headers: [.origin: "http://page.test", .accessControlRequestMethod: "GET"])
        #expect(preflight.status == 204)
    }

    @Test("tells the details of its health only to who brings the token; the status code is for everybody")
    func health() async throws {
        let scripts: JSONValue = ["status": "unhealthy", "problems": [["file": "agents/secret_plan.lua"]]]
        var fixture = Fixture(health: ["scripts": scripts])
        fixture.services.token = try APIToken(Self.token)
        for value in [nil, "Bearer 0123456789abcdef-wrong"] as [String?] {
            var headers = HTTPFields()
            headers[.authorization] = value
            let answer = try await fixture.send(.get, "/healthz", headers: headers)
            #expect(answer.status == 503)
            #expect(
                answer.text
                    == #"{"status":"unhealthy","checks":{"event_loop":{"status":"healthy"},"scripts":{"status":"unhealthy"}}}"#
            )
        }
        let whole = try await fixture.send(.get, "/healthz", headers: [.authorization: "Bearer \(Self.token)"])
        #expect(whole.status == 503)
        #expect(whole.text.contains("agents/secret_plan.lua"))
    }

    @Test(
        "a text that cannot be a token is refused, with what is wrong and without the text",
        arguments: [
            ("short", "is shorter than 16 characters; make one with 'openssl rand -hex 24'"),
            (
                "with a space in the middle",
                "has spaces or characters that a header cannot carry; use visible ASCII characters"
            ),
            (
                "schlüssel-schlüssel",
                "has spaces or characters that a header cannot carry; use visible ASCII characters"
            ),
            (String(repeating: "x", count: 513), "is longer than 512 characters; use a shorter one"),
        ])
    func unusable(text: String, message: String) {
        let error = #expect(throws: APIToken.Unusable.self) { try APIToken(text) }
        #expect(error?.message == message)
    }

    @Test("the token shows nowhere")
    func hidden() throws {
        let token = try APIToken(Self.token)
        var dumped = ""
        dump(fixture.services.token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] { #expect(!text.contains("0123456789")) }
    }
}
