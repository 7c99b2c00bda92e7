import ParlantCore
import Testing

@testable import ParlantNLP

@Suite("Settings of a model's service")
struct EndpointConfigurationTests {
    private func read(_ environment: [String: String]) throws -> EndpointConfiguration {
        try EndpointConfiguration.fromEnvironment(environment, of: .openAI, models: ModelNames(large: "m"))
    }

    @Test("come from the variables of the official client libraries")
    func variables() throws {
        let configuration = try read([
            "OPENAI_API_KEY": " sk-1 \n", "OPENAI_BASE_URL": "http://localhost:8000/v1/", "OPENAI_ORG_ID": "org",
            "OPENAI_PROJECT_ID": "proj",
        ])
        #expect(configuration.baseURL == "http://localhost:8000/v1")
        #expect(configuration.host == "localhost:8000")
        #expect(configuration.key == Secret("sk-1"))
        #expect(
            configuration.allHeaders().suffix(3) == [
                HTTPHeader("Authorization", "Bearer sk-1"), HTTPHeader("OpenAI-Organization", "org"),
                HTTPHeader("OpenAI-Project", "proj"),
            ])
    }

    @Test("have the official service as default, and empty variables count as absent")
    func defaults() throws {
        let configuration = try read(["OPENAI_API_KEY": "k", "OPENAI_BASE_URL": " ", "OPENAI_ORG_ID": ""])
        #expect(configuration.baseURL == "https://api.openai.com/v1")
        #expect(configuration.headers.isEmpty)
        #expect(configuration.isOfficialOpenAI)
    }

    @Test("need a key for the official service and for no other")
    func key() throws {
        let error = #expect(throws: NLPError.self) { try read([:]) }
        #expect(error?.code == .unauthorized)
        #expect(
            error?.message
                == "no key for api.openai.com:443; set OPENAI_API_KEY, or OPENAI_BASE_URL to another service")
        #expect(try read(["OPENAI_BASE_URL": "http://localhost:1/v1"]).key == nil)
    }

    @Test(
        "refuse base URLs that are none, without repeating them",
        arguments: [
            "localhost:8000/v1", "ftp://host/v1", "http://user:pw@host/v1", "http://host/v1?key=abc",
            "http://host/v1#x", "/",
            "http://", "http://host:99999/v1", "http://ho st/v1",
        ])
    func baseURL(_ url: String) throws {
        let error = #expect(throws: NLPError.self) { try read(["OPENAI_API_KEY": "k", "OPENAI_BASE_URL": url]) }
        #expect(error?.code == .rejected)
        #expect(
            error?.message
                == "OPENAI_BASE_URL is not a URL such as https://api.openai.com/v1")
    }

    @Test("refuse a key that would break the header")
    func brokenKey() throws {
        let error = #expect(throws: NLPError.self) { try read(["OPENAI_API_KEY": "sk-1\nX-Other: sk-2"]) }
        #expect(error?.code == .unauthorized)
        #expect(error?.message.contains("sk-") == false)
    }

    @Test("need a model")
    func model() {
        #expect(throws: NLPError.self) {
            try EndpointConfiguration(.openAI, key: Secret("k"), models: ModelNames(large: ""))
        }
    }
}

@Suite("A key")
struct SecretTests {
    private static let key = "sk-proj-7fQx2mVb"

    private func dumped(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    @Test("is not seen in descriptions, dumps and mirrors of anything that holds it")
    func invisible() throws {
        let secret = Secret(Self.key)
        var configuration = try EndpointConfiguration(
            .openAI, key: secret, models: ModelNames(large: "m"), embeddingModel: "e")
        configuration.headers = [HTTPHeader("OpenAI-Organization", "o")]
        let service = EndpointService(configuration, transport: ScriptedTransport([]), clock: InstantClock())
        for value in [secret, [secret], configuration, service, Optional(secret) as Any] as [Any] {
            for text in [String(describing: value), String(reflecting: value), "\(value)", dumped(value)] {
                #expect(!text.contains("7fQx"))
            }
        }
        #expect("\(secret)" == "***")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(service.summary == "m at api.openai.com:443, embeddings by e")
    }

    @Test(
        "is not in errors, even when the server repeats it",
        arguments: [
            (
                401,
                "{\"error\": {\"message\": \"Incorrect API key: sk-proj-7fQx2mVb\", \"code\": \"sk-proj-7fQx2mVb\"}}"
            ),
            (400, "{\"error\": {\"message\": \"sk-proj-7fQx2mVb\", \"param\": \"sk-proj-7fQx2mVb\"}}"),
            (500, "sk-proj-7fQx2mVb"), (429, "{\"error\": {\"type\": \"sk-proj-7fQx2mVb\"}}"),
            (200, "sk-proj-7fQx2mVb"), (200, "{\"choices\": [{\"message\": {\"content\": \"sk-proj-7fQx2mVb\"}}]}"),
        ])
    func errors(_ status: Int, _ body: String) async throws {
        let configuration = try EndpointConfiguration(.openAI, key: Secret(Self.key), models: ModelNames(large: "m"))
        let transport = ScriptedTransport(Array(repeating: .reply(status, body), count: 9))
        let service = EndpointService(configuration, transport: transport, clock: InstantClock())
        let request = GenerationRequest(
            system: "s", prompt: "p", schemaName: "x", schema: ["type": "object", "required": ["a"]])
        let error = await #expect(throws: NLPError.self) {
            try await #require(service.generator).generate(request)
        }
        for text in [error?.message ?? "", "\(String(describing: error))", dumped(error as Any)] {
            #expect(!text.contains("7fQx"))
        }
    }

    @Test("in lower case does not pass as an error code")
    func lowerCaseKey() throws {
        let reply = HTTPExchangeReply(status: 401, body: Array("{\"error\": {\"code\": \"abcdefgh\"}}".utf8))
        #expect(EndpointErrorDetails(reply, hiding: Secret("abcdefgh")).code == nil)
        #expect(EndpointErrorDetails(reply, hiding: Secret("other")).code == "abcdefgh")
    }
}

@Suite("No model")
struct OfflineServiceTests {
    @Test("has no generator and says what that means")
    func summary() {
        let service = OfflineService()
        #expect(service.generator == nil)
        #expect(service.embedder == nil)
        #expect(
            service.summary
                == "offline (no model): conditions are matched by words and replies are canned responses only")
    }
}

@Suite("The structure of an answer")
struct JSONSchemaCheckTests {
    private static let nested: JSONValue = [
        "type": "object", "required": ["items", "kind"],
        "properties": [
            "items": [
                "type": "array",
                "items": ["type": "object", "required": ["id"], "properties": ["id": ["type": "integer"]]],
            ],
            "kind": ["enum": ["a", "b"]],
            "note": ["type": ["string", "null"]],
            "either": ["anyOf": [["type": "string"], ["type": "number"]]],
            "fixed": ["const": 1],
        ],
    ]

    @Test(
        "fits, with members that the schema does not know",
        arguments: [
            ["items": [], "kind": "a"], ["items": [["id": 1], ["id": 2.0]], "kind": "b", "extra": true],
            ["items": [], "kind": "a", "note": .null],
            ["items": [], "kind": "a", "note": "x", "either": 1.5, "fixed": 1],
            ["items": [["id": .largeInteger("99999999999999999999")]], "kind": "a"],
        ] as [JSONValue])
    func fits(_ value: JSONValue) { #expect(JSONSchemaCheck.problem(of: value, in: Self.nested) == nil) }

    @Test(
        "does not fit, and the path says where",
        arguments: [
            (1, "the answer is not of type object"),
            (["kind": "a"], "the answer has no member 'items'"),
            (["items": 1, "kind": "a"], "the answer.items is not of type array"),
            (["items": [["id": 1], [:]], "kind": "a"], "the answer.items[1] has no member 'id'"),
            (["items": [["id": 1.5]], "kind": "a"], "the answer.items[0].id is not of type integer"),
            (["items": [], "kind": "c"], "the answer.kind is none of the allowed values"),
            (["items": [], "kind": "a", "note": 1], "the answer.note is not of type string or null"),
            (["items": [], "kind": "a", "either": true], "the answer.either fits none of the alternatives"),
            (["items": [], "kind": "a", "fixed": 2], "the answer.fixed is none of the allowed values"),
        ] as [(JSONValue, String)])
    func misfits(_ value: JSONValue, _ problem: String) {
        #expect(JSONSchemaCheck.problem(of: value, in: Self.nested) == problem)
    }
}
