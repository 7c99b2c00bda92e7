import HTTPTypes
import Logging
import ParlantAPI
import ParlantCore
import Synchronization
import Testing

@Suite("The API's conventions")
struct ConventionTests {
    private let fixture = Fixture()

    @Test("a trailing slash is redirected, with the query, and only where there is a path")
    func slash() async throws {
        let answer = try await fixture.send(.get, "/customers/?limit=1&sort=desc")
        #expect(answer.status == 307)
        #expect(answer.header("location") == "/customers?limit=1&sort=desc")
        #expect(try await fixture.send(.post, "/tags/", "{}").status == 307)
        #expect(try await fixture.send(.get, "/nothing/").status == 404)
        #expect(try await fixture.send(.get, "//evil.example/customers/").status == 404)
    }

    @Test("HEAD is not allowed, and 405 says what is")
    func methods() async throws {
        let head = try await fixture.send(.head, "/customers")
        #expect(head.status == 405)
        #expect(head.text.isEmpty)
        #expect(head.header("allow") == "GET, POST")
        #expect(try await fixture.send(.put, "/customers/x", "{}").header("allow") == "DELETE, GET, PATCH")
    }

    @Test("each response has an id of its own")
    func requestIDs() async throws {
        let first = try await fixture.send(.get, "/tags").header("x-request-id")
        let second = try await fixture.send(.get, "/nothing").header("x-request-id")
        #expect(first?.isEmpty == false)
        #expect(first != second)
    }

    @Test("unknown fields are named with their path, and so are they when the request is refused")
    func unknownFields() async throws {
        let refused = try await fixture.send(.post, "/customers", #"{"nmae": "secret", "metadata": {"free": 1}}"#)
        #expect(refused.status == 422)
        #expect(refused.header("x-unknown-fields") == "nmae")
        try await fixture.send(.post, "/customers", #"{"id": "x", "name": "N"}"#)
        let changed = try await fixture.send(
            .patch, "/customers/x",
            #"{"metadata": {"set": {"any": 1}, "remvoe": ["k"]}, "tags": {"ad": []}, "colour": 1}"#)
        #expect(changed.status == 200)
        #expect(changed.header("x-unknown-fields") == "colour, metadata.remvoe, tags.ad")
        let nothing = try await fixture.send(.patch, "/customers/x", #"{"metadata": {"hobby": "chess"}}"#)
        #expect(nothing.status == 200)
        #expect(nothing.header("x-unknown-fields") == "metadata.hobby")
        #expect(try nothing.value["metadata"].json == ["any": "1"])
    }

    @Test("names of unknown fields cannot break the header, nor fill it")
    func hostileNames() async throws {
        let odd = try await fixture.send(.post, "/tags", #"{"name": "n", "a\r\nx: y, é": 1}"#)
        #expect(odd.header("x-unknown-fields") == "a%0D%0Ax:%20y%2C%20%C3%A9")
        let members = (0..<500).map { #""f\#($0)": 1"# }.joined(separator: ", ")
        let many = try await fixture.send(.post, "/tags", #"{"name": "m", \#(members)}"#)
        #expect(many.status == 201)
        #expect(many.header("x-unknown-fields")?.hasSuffix("f18, f19, ...") == true)
    }

    @Test("unknown fields are logged by name, without values")
    func unknownFieldsLogged() async throws {
        let log = LogRecorder()
        let fixture = Fixture(logger: log.logger)
        try await fixture.send(.post, "/tags", #"{"name": "n", "pasword": "hunter2"}"#)
        #expect(log.text.contains("fields=pasword"))
        #expect(!log.text.contains("hunter2"))
    }

    @Test(
        "a body must be called JSON",
        arguments: [
            ("application/json", 201), ("application/json; charset=utf-8", 201), ("Application/JSON", 201),
            ("application/problem+json", 201), ("text/plain", 422), ("application/x-www-form-urlencoded", 422),
            ("", 422),
        ])
    func contentTypes(type: String, status: Int) async throws {
        let answer = try await fixture.send(.post, "/tags", #"{"name": "n"}"#, headers: [.contentType: type])
        #expect(answer.status == status)
        if status == 422 {
            #expect(
                answer.text
                    == #"{"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid "#
                    + #"dictionary or object to extract fields from","input":"{\"name\": \"n\"}"}]}"#)
            #expect(try await fixture.inventory().count == 1)
        }
    }

    @Test("what is not UTF-8 is no body, and a mark of byte order is read over")
    func encodings() async throws {
        let bad = try await fixture.send(
            .post, "/tags", bytes: Array(#"{"name": ""#.utf8) + [0xFF] + Array(#""}"#.utf8))
        #expect(bad.status == 400)
        #expect(bad.text == #"{"detail":"There was an error parsing the body"}"#)
        let marked = try await fixture.send(.post, "/tags", bytes: [0xEF, 0xBB, 0xBF] + Array(#"{"name": "n"}"#.utf8))
        #expect(marked.status == 201)
    }

    @Test("what is too large is refused whole")
    func sizes() async throws {
        var limits = APILimits()
        limits.bodyBytes = 2000
        limits.metadataBytes = 200
        limits.eventDataBytes = 300
        let fixture = Fixture(limits: limits)
        let id = try await fixture.newSession()
        let before = try await fixture.inventory()
        let text = String(repeating: "x", count: 310)
        let requests: [(String, String, String)] = [
            ("/tags", #"{"name": "n", "pad": "\#(String(repeating: "x", count: 2000))"}"#, "body is larger than 2000"),
            ("/customers", #"{"name": "n", "metadata": {"m": "\#(text)"}}"#, "metadata is larger than 200"),
            ("/sessions", #"{"agent_id": "bank", "metadata": {"m": "\#(text)"}}"#, "metadata is larger than 200"),
            (
                "/sessions/\(id)/events", #"{"kind": "message", "source": "customer", "message": "\#(text)"}"#,
                "event's data is larger than 300"
            ),
            (
                "/sessions/\(id)/events", #"{"kind": "custom", "source": "system", "data": ["\#(text)"]}"#,
                "event's data is larger than 300"
            ),
        ]
        for (uri, body, words) in requests {
            let answer = try await fixture.send(.post, uri, body)
            #expect(answer.status == 413)
            #expect(try answer.value["detail"].string == "The \(words) bytes; send less.")
        }
        #expect(try await fixture.inventory() == before)
    }

    @Test(
        "a speaker's name counts in the event, and is refused like a message as long",
        arguments: ["customer", "human_agent"])
    func longSpeaker(source: String) async throws {
        let id = try await fixture.newSession()
        let before = try await fixture.inventory()
        let long = String(repeating: "x", count: 300 * 1024)
        for (text, name) in [(long, "N"), ("m", long)] {
            let answer = try await fixture.send(
                .post, "/sessions/\(id)/events",
                #"{"kind": "message", "source": "\#(source)", "message": "\#(text)", "#
                    + #""participant": {"display_name": "\#(name)"}}"#)
            #expect(answer.status == 413)
            #expect(try answer.value["detail"].string == "The event's data is larger than 262144 bytes; send less.")
        }
        #expect(try await fixture.inventory() == before)
    }

    @Test("metadata cannot grow beyond the limit by many small changes")
    func growth() async throws {
        var limits = APILimits()
        limits.metadataBytes = 200
        let fixture = Fixture(limits: limits)
        let session = try await fixture.newSession()
        let customer = try await fixture.send(.post, "/customers", #"{"name": "Ada"}"#).value["id"].string
        let event = try await fixture.send(
            .post, "/sessions/\(session)/events", #"{"kind": "custom", "source": "system", "data": 1}"#)
        func refusal(_ entity: String) -> String {
            "The \(entity)'s metadata would have 292 bytes of JSON, more than the limit of 200 bytes; "
                + "remove what is not needed, or keep less."
        }
        let paths = [
            ("/customers/\(customer)", refusal("customer")), ("/sessions/\(session)", refusal("session")),
            (
                "/sessions/\(session)/events/\(try event.value["id"].string)",
                "The metadata is larger than 200 bytes; send less."
            ),
        ]
        let text = String(repeating: "x", count: 90)
        for (path, refusal) in paths {
            for key in ["a", "b"] {
                #expect(
                    try await fixture.send(.patch, path, #"{"metadata": {"set": {"\#(key)": "\#(text)"}}}"#).status
                        == 200)
            }
            let before = try await fixture.send(.get, path).text
            let third = try await fixture.send(.patch, path, #"{"metadata": {"set": {"c": "\#(text)"}}}"#)
            #expect(third.status == 413)
            #expect(try third.value["detail"].string == refusal)
            #expect(try await fixture.send(.get, path).text == before)
            // What takes away makes room.
            let swap = #"{"metadata": {"set": {"c": "\#(text)"}, "unset": ["a"]}}"#
            #expect(try await fixture.send(.patch, path, swap).status == 200)
        }
    }

    @Test(
        "labels are as many as fit, when they are given and when they grow",
        arguments: ["sessions", "guidelines", "journeys"])
    func labels(path: String) async throws {
        var limits = APILimits()
        limits.labelsBytes = 20
        let fixture = Fixture(limits: limits)
        let given = [
            "sessions": #""agent_id": "bank""#, "guidelines": #""condition": "c""#,
            "journeys": #""title": "t", "description": "d", "conditions": []"#,
        ]
        let body = try #require(given[path])
        let refusal = "The list of labels is larger than 20 bytes; send less."
        let refusalOfChange =
            path == "sessions"
            ? "The session's labels would have 23 bytes of JSON, more than the limit of 20 bytes; "
                + "use fewer, or shorter ones." : refusal
        let long = try await fixture.send(.post, "/\(path)", #"{\#(body), "labels": ["0123456789", "abcdef"]}"#)
        #expect(long.status == 413)
        #expect(try long.value["detail"].string == refusal)
        let made = try await fixture.send(.post, "/\(path)", #"{\#(body), "labels": ["0123456789"]}"#)
        #expect(made.status == 201)
        let item = "/\(path)/\(try made.value["id"].string)"
        let before = try await fixture.send(.get, item).text
        let grown = try await fixture.send(.patch, item, #"{"labels": {"upsert": ["abcdef"]}}"#)
        #expect(grown.status == 413)
        #expect(try grown.value["detail"].string == refusalOfChange)
        #expect(try await fixture.send(.get, item).text == before)
        // What takes away makes room.
        let swap = #"{"labels": {"upsert": ["abcdef"], "remove": ["0123456789"]}}"#
        #expect(try await fixture.send(.patch, item, swap).status == 200)
        #expect(try await fixture.send(.get, item).text.contains(#""labels":["abcdef"]"#))
    }

    @Test("a name in a path that becomes an id is as long as an id may be, and no longer")
    func longNames() async throws {
        var limits = APILimits()
        limits.idLength = 20
        let fixture = Fixture(limits: limits)
        let variable = try await fixture.send(.post, "/context-variables", #"{"name": "v"}"#).value["id"].string
        let service = #"{"kind": "sdk", "sdk": {"url": "http://127.0.0.1:1"}}"#
        let requests = [
            ("/context-variables/\(variable)/", #"{"data": 1}"#, "key"), ("/services/", service, "service's name"),
        ]
        for (path, body, what) in requests {
            #expect(try await fixture.send(.put, path + String(repeating: "k", count: 20), body).status == 200)
            let answer = try await fixture.send(.put, path + String(repeating: "k", count: 21), body)
            #expect(answer.status == 422)
            #expect(
                try answer.value["detail"].string == "The \(what) is longer than 20 characters; use a shorter one.")
        }
    }

    @Test("a fault of ours says nothing to the client and everything to the log")
    func fault() async throws {
        let log = LogRecorder()
        let answer = try await Fixture(tags: BrokenTagStore(), logger: log.logger).send(.get, "/tags")
        #expect(answer.status == 500)
        #expect(answer.text == #"{"detail":"Internal Server Error"}"#)
        #expect(log.text.contains("disk on fire"))
        #expect(try log.text.contains(#require(answer.header("x-request-id"))))
    }

    @Test("pages of any origin may use the API")
    func crossOrigin() async throws {
        let plain = try await fixture.send(.get, "/tags")
        #expect(plain.header("access-control-allow-origin") == nil)
        let simple = try await fixture.send(.get, "/tags", headers: [.origin: "https://a.example"])
        #expect(simple.header("access-control-allow-origin") == "*")
        #expect(simple.header("access-control-allow-credentials") == "true")
        #expect(simple.header("access-control-expose-headers")?.contains("x-unknown-fields") == true)
        let cookie = try await fixture.send(.get, "/tags", headers: [.origin: "https://a.example", .cookie: "a=b"])
        #expect(cookie.header("access-control-allow-origin") == "https://a.example")
        let preflight = try await fixture.send(
            .options, "/tags",
            headers: [
                .origin: "https://a.example", .accessControlRequestMethod: "PATCH",
                .accessControlRequestHeaders: "x-mine",
            ])
        #expect(preflight.status == 204)
        #expect(preflight.header("access-control-allow-origin") == "https://a.example")
        #expect(preflight.header("access-control-allow-headers") == "x-mine")
        #expect(preflight.header("access-control-allow-methods")?.contains("PATCH") == true)
        let refused = try await fixture.send(.get, "/nothing", headers: [.origin: "https://a.example"])
        #expect(refused.header("access-control-allow-origin") == "*")
    }
}

/// A store with a fault of its own.
private struct BrokenTagStore: TagStore {
    struct Fault: Error, CustomStringConvertible { var description: String { "disk on fire" } }

    func create(name: String) async throws -> ParlantCore.Tag { throw Fault() }
    func ensure(name: String) async throws -> ParlantCore.Tag { throw Fault() }
    func read(_ id: TagID) async throws -> ParlantCore.Tag { throw Fault() }
    func list(name: String?) async throws -> [ParlantCore.Tag] { throw Fault() }
    func update(_ id: TagID, name: String) async throws -> ParlantCore.Tag { throw Fault() }
    func delete(_ id: TagID) async throws { throw Fault() }
}

/// Keeps what is logged.
private final class LogRecorder: Sendable {
    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        init(_ recorder: LogRecorder) { self.recorder = recorder }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let fields = all.map { "\($0)=\($1)" }.sorted().joined(separator: " ")
            recorder.lines.withLock { $0.append("\(event.level) \(event.message) \(fields)") }
        }
    }

    private let lines = Mutex<[String]>([])

    var logger: Logger { Logger(label: "test") { [self] _ in Handler(self) } }
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
