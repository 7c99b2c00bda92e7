import HTTPTypes
import ParlantCore
import ParlantEngine

/// `/sessions/{id}/events`: reading, waiting, following, annotating, deleting, and what leads to posting.
final class EventRoutes: Sendable {
    private static let defaultWait = 60

    private let engine: EventEngine
    private let posting: EventPosting
    private let encoder: EventEncoder
    private let streaming: EventStreaming
    private let limits: APILimits

    init(_ services: APIServices) {
        engine = services.engine
        posting = EventPosting(services)
        limits = services.limits
        encoder = EventEncoder()
        streaming = EventStreaming(services, encoder)
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/sessions/*/events") { [posting] call in try await posting.post(&call) }
        table.on(.get, "/sessions/*/events") { [self] call in try await list(call) }
        table.on(.delete, "/sessions/*/events") { [self] call in try await deleteMany(call) }
        table.on(.get, "/sessions/*/events/*") { [self] call in try await read(call) }
        table.on(.patch, "/sessions/*/events/*") { [self] call in try await update(&call) }
    }

    /// What `GET /sessions/{id}/events` asks for.
    private struct ListRequest {
        var session: SessionID
        var query: EventQuery
        var timeout: Duration
        var isStream: Bool
    }

    private func list(_ call: Call) async throws -> Reply {
        let request = try listRequest(call)
        if request.isStream {
            return try await streaming.list(request.session, request.query, idle: request.timeout, call)
        }
        var events = try await engine.events(of: request.session, matching: request.query)
        if events.isEmpty, request.timeout > .zero {
            events = try await wait(request, call.presence)
            if events.isEmpty { throw APIError.timedOut }
        }
        return Reply(.ok, body: encoder.list(events, of: request.session))
    }

    private func wait(_ request: ListRequest, _ presence: ClientPresence) async throws -> [Event] {
        defer { presence.forget() }
        return try await engine.waitForEvents(
            of: request.session, matching: request.query, timeout: request.timeout
        ) { end in presence.whenGone(end) }
    }

    private func listRequest(_ call: Call) throws -> ListRequest {
        var query = call.query
        let minOffset = query.integer("min_offset", in: 0...Int.max) ?? 0
        let source = query.choice("source", Event.Source.self)
        let kinds = query.choices("kinds", Event.Kind.self)
        let timeout = timeout(&query)
        let isStream = query.boolean("sse") ?? false
        try call.finish(query)
        let wanted = EventQuery(
            minOffset: minOffset, kinds: kinds, source: source,
            traceID: query.string("trace_id").map(TraceID.init(rawValue:)))
        return ListRequest(
            session: SessionID(call.parameters[0]), query: wanted, timeout: timeout, isStream: isStream)
    }

    private func read(_ call: Call) async throws -> Reply {
        var query = call.query
        let isPatient = query.boolean("wait_for_completion") ?? false
        let timeout = timeout(&query)
        let isStream = query.boolean("sse") ?? false
        try call.finish(query)
        let session = SessionID(call.parameters[0])
        let id = EventID(call.parameters[1])
        if isStream { return try await streaming.one(id, of: session, idle: timeout, call) }
        let event =
            if isPatient {
                try await call.whileClientWaits { [engine] in
                    try await engine.waitForCompletion(of: id, in: session, timeout: timeout)
                }
            } else {
                try await engine.event(id, of: session)
            }
        return Reply(.ok, body: EventEncoder.encode(event))
    }

    private func update(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let change = body.document("metadata") { MetadataChange(body: &$0) }
        try call.finish(body: body)
        let session = SessionID(call.parameters[0])
        let id = EventID(call.parameters[1])
        guard let change else { return Reply(.ok, body: EventEncoder.encode(try await engine.event(id, of: session))) }
        try limits.checkMetadata(change.set)
        return Reply(.ok, body: EventEncoder.encode(try await engine.updateEvent(id, of: session, change)))
    }

    private func deleteMany(_ call: Call) async throws -> Reply {
        var query = call.query
        let minOffset = query.requiredInteger("min_offset", in: 0...Int.max)
        try call.finish(query)
        try await engine.deleteEvents(of: SessionID(call.parameters[0]), from: minOffset)
        return .noContent
    }

    /// How long the client wants to wait; zero or less: not at all.
    private func timeout(_ query: inout QueryReader) -> Duration {
        .seconds(max(0, min(query.integer("wait_for_data") ?? Self.defaultWait, limits.longPollSeconds)))
    }
}
