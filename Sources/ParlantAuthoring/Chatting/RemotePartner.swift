import ParlantCore
import ParlantServer
import Synchronization

/// An agent on a server that runs already, over its REST API.
final class RemotePartner: ChatPartner {
    private struct State {
        var session = ""
        var trace: TraceID = ""
        var offset = 0
        /// Of the last turn, the agent's newest event.
        var lastEvent: String?
    }

    private let url: String
    private let agent: String?
    private let customer: String?
    private let token: String?
    private let transport: any HTTPTransport
    private let state = Mutex(State())

    init(url: String, agent: String?, customer: String?, token: String?, transport: any HTTPTransport) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.agent = agent
        self.customer = customer
        self.token = token
        self.transport = transport
    }

    func begin() async throws -> String {
        let agents = try await send("GET", "/agents").array ?? []
        let names = agents.compactMap { $0["id"]?.string }
        let chosen = agent.map { name in agents.first { $0["id"]?.string == name } } ?? agents.first
        guard agent != nil || agents.count == 1, let found = chosen, let id = found["id"]?.string else {
            if let agent { throw ConfigurationError(SpecWording.unknown("agent", agent, names)) }
            throw ConfigurationError("choose an agent with --agent: \(names.sorted().joined(separator: ", "))")
        }
        var draft: JSONObject = ["agent_id": .string(id)]
        if let customer { draft["customer_id"] = .string(customer) }
        let session = try await send("POST", "/sessions", .object(draft))
        state.withLock { $0 = State(session: session["id"]?.string ?? "") }
        return found["name"]?.string ?? id
    }

    func refresh() async -> [String] { [] }

    func say(_ text: String) async throws -> Bool {
        let id = state.withLock { $0.session }
        let session = try await send("GET", "/sessions/\(id)")
        let event = try await send(
            "POST", "/sessions/\(id)/events", ["kind": "message", "source": "customer", "message": .string(text)])
        state.withLock { state in
            state.trace = TraceID(event["trace_id"]?.string ?? event["correlation_id"]?.string ?? "")
            state.lastEvent = nil
        }
        return session["mode"]?.string != "manual"
    }

    func events() async throws -> [ChatEvent] {
        let (session, offset, trace) = state.withLock { ($0.session, $0.offset, $0.trace) }
        let path = "/sessions/\(session)/events?min_offset=\(offset)&wait_for_data=30"
        let events = try await send("GET", path).array ?? []
        state.withLock { state in
            let own = events.last { $0["trace_id"]?.string == trace.rawValue && $0["source"] == "ai_agent" }
            state.lastEvent = own?["id"]?.string ?? state.lastEvent
            if let last = events.last?["offset"]?.integer { state.offset = Int(last) + 1 }
        }
        return events.compactMap(Event.init(wire:)).chatEvents(of: trace)
    }

    func explanation() async throws -> JSONValue? {
        let (session, event) = state.withLock { ($0.session, $0.lastEvent) }
        guard let event else { return nil }
        return try await send("GET", "/sessions/\(session)/events/\(event)/explain")
    }

    private func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        var request = HTTPExchangeRequest(method: method, url: url + path, timeout: .seconds(60))
        if let body {
            request.headers = [HTTPHeader("content-type", "application/json")]
            request.body = Array(body.description.utf8)
        }
        if let token { request.headers.append(HTTPHeader("authorization", "Bearer \(token)")) }
        while true {
            let reply: HTTPExchangeReply
            do {
                reply = try await transport.exchange(request)
            } catch let error as HTTPTransportError {
                throw ConfigurationError("\(url): \(error.message); is the server running?")
            }
            // Nothing new within the time of a long poll: ask again.
            if reply.status == 504, method == "GET" { continue }
            let json = try? JSONParser.parse(reply.body)
            guard (200..<300).contains(reply.status), let json else {
                let detail = json?["detail"]?.string ?? json?["detail"]?.description ?? ""
                throw ConfigurationError("\(method) \(url + path): the server answered \(reply.status) \(detail)")
            }
            return json
        }
    }
}

extension Event {
    /// Reads as much of an event on the wire as a terminal shows.
    fileprivate init?(wire: JSONValue) {
        guard let kind = wire["kind"]?.string.flatMap(Kind.init(rawValue:)),
            let source = wire["source"]?.string.flatMap(Source.init(rawValue:)), let data = wire["data"]
        else { return nil }
        self.init(
            id: EventID(wire["id"]?.string ?? ""), source: source, kind: kind,
            offset: Int(wire["offset"]?.integer ?? 0), createdAt: Timestamp(microseconds: 0),
            traceID: TraceID(wire["trace_id"]?.string ?? ""), data: data)
    }
}
