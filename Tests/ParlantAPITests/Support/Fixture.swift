import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import ParlantAPI
import ParlantCore
import ParlantEngine
import ParlantStores
import ParlantTesting
import Testing

/// A whole API over stores in memory with a clock that stands still, reached through the router's client.
struct Fixture: Sendable {
    let clock = ManualClock()
    let customers: any CustomerStore
    let tags: any TagStore
    let sessions: any SessionStore
    let keyValues: any KeyValueStore
    let engine: EventEngine
    var services: APIServices

    init(
        tags: (any TagStore)? = nil, scripts: any AgentCatalog = Agents(), limits: APILimits = .init(),
        health: JSONObject = [:], nlp: any NLPService = NoModel(), settings: EngineSettings = .init(),
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        let ids = CountingIDGenerator()
        customers = MemoryCustomerStore(clock: clock, ids: ids)
        self.tags = tags ?? MemoryTagStore(clock: clock, ids: ids)
        sessions = MemorySessionStore(clock: clock, ids: ids)
        let entities = EntityCatalog(.memory(clock: clock), below: scripts, loadedAt: clock.now)
        keyValues = MemoryKeyValueStore(clock: clock)
        engine = EventEngine(
            .init(
                sessions: sessions, customers: customers, tags: self.tags, agents: entities.turns,
                variables: entities.customerVariables(clock: clock, ids: ids),
                keyValues: keyValues, nlp: nlp, clock: clock, logger: logger), settings: settings)
        services = APIServices(
            customers: customers, tags: self.tags, entities: entities, engine: engine, ids: ids, clock: clock,
            logger: logger, health: { health }, limits: limits)
    }

    /// Sends one request; a body counts as JSON unless the headers say otherwise. The response must be as the API's
    /// description says.
    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await send(method, uri, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, bytes: [UInt8]?, headers: HTTPFields = [:]
    ) async throws -> Answer {
        let answer = try await sendUnchecked(method, uri, bytes: bytes, headers: headers)
        let violations = try await Description.served.value.violations(method, uri, answer)
        #expect(violations.isEmpty, "\(method) \(uri) answers \(answer.status) \(answer.text)")
        return answer
    }

    func sendUnchecked(
        _ method: HTTPRequest.Method, _ uri: String, bytes: [UInt8]? = nil, headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if bytes != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let application = Application(responder: APIResponder(services), logger: services.logger)
        let response = try await application.test(.router) { [headers] client in
            try await client.executeRequest(
                uri: uri, method: method, headers: headers, body: bytes.map { ByteBuffer(bytes: $0) })
        }
        return Answer(response)
    }

    /// A session of the agent `bank`, made through the API.
    func newSession(_ body: String = #"{"agent_id": "bank"}"#) async throws -> String {
        let answer = try await send(.post, "/sessions", body)
        return try answer.value["id"].string
    }

    /// Everything that the stores hold, to see that nothing was stored.
    func inventory() async throws -> [String] {
        let customers = try await customers.list(.init()).items.map { "\($0)" }
        let tags = try await tags.list(name: nil).map { "\($0)" }
        let sessions = try await sessions.list(.init()).items
        var events: [String] = []
        for session in sessions {
            events += try await self.sessions.events(of: session.id, matching: .init()).map { "\($0)" }
        }
        return customers + tags + sessions.map { "\($0)" } + events
    }
}

/// A response, read whole.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        text = String(buffer: response.body)
    }

    /// The body as JSON; an empty body throws.
    var value: Node { get throws { Node(try JSONParser.parse(text)) } }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

/// JSON that tests walk through; what is not there throws.
struct Node: Sendable {
    struct Missing: Error {
        let what: String
        let json: JSONValue
    }

    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    subscript(name: String) -> Node {
        get throws {
            guard let value = json[name] else { throw Missing(what: name, json: json) }
            return Node(value)
        }
    }

    subscript(index: Int) -> Node {
        get throws {
            guard let elements = json.array, elements.indices.contains(index) else {
                throw Missing(what: "[\(index)]", json: json)
            }
            return Node(elements[index])
        }
    }

    var elements: [Node] {
        get throws {
            guard let elements = json.array else { throw Missing(what: "a list", json: json) }
            return elements.map(Node.init)
        }
    }

    var string: String {
        get throws {
            guard let text = json.string else { throw Missing(what: "a string", json: json) }
            return text
        }
    }

    var integer: Int {
        get throws {
            guard let number = json.integer else { throw Missing(what: "an integer", json: json) }
            return Int(number)
        }
    }
}
