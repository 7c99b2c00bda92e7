import HTTPTypes
import ParlantCore
import ParlantEngine

/// `/sessions/{id}/events`: reading, waiting, and what leads to posting.
struct EventRoutes: Sendable {
    private static let defaultWait = 60

    private let engine: EventEngine
    private let posting: EventPosting
    private let encoder = EventEncoder()
    private let limits: APILimits

    init(_ services: APIServices) {
        engine = services.engine
        posting = EventPosting(services)
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.post, "/sessions/*/events") { [posting] call in try await posting.post(&call) }
        table.on(.get, "/sessions/*/events") { [self] call in try await list(call) }
        table.on(.get, "/sessions/*/events/*") { [self] call in try await read(call) }
    }

    private func list(_ call: Call) async throws -> Reply {
        var query = call.query
        let minOffset = query.integer("min_offset", in: 0...Int.max) ?? 0
        let source = query.choice("source", Event.Source.self)
        let kinds = query.choices("kinds", Event.Kind.self)
        let wait = query.integer("wait_for_data") ?? Self.defaultWait
        let isStream = query.boolean("sse") ?? false
        try call.finish(query)
        if isStream { throw APIError.noStream }
        let session = SessionID(call.parameters[0])
        let wanted = EventQuery(
            minOffset: minOffset, kinds: kinds, source: source,
            traceID: query.string("trace_id").map(TraceID.init(rawValue:)))
        var events = try await engine.events(of: session, matching: wanted)
        if events.isEmpty, wait > 0 {
            let timeout = Duration.seconds(min(wait, limits.longPollSeconds))
            events = try await call.whileClientWaits { [engine] in
                try await engine.waitForEvents(of: session, matching: wanted, timeout: timeout)
            }
            if events.isEmpty { throw APIError.timedOut }
        }
        return Reply(.ok, body: encoder.list(events, of: session))
    }

    private func read(_ call: Call) async throws -> Reply {
        var query = call.query
        _ = query.boolean("wait_for_completion")
        _ = query.integer("wait_for_data")
        let isStream = query.boolean("sse") ?? false
        try call.finish(query)
        if isStream { throw APIError.noStream }
        let event = try await engine.event(EventID(call.parameters[1]), of: SessionID(call.parameters[0]))
        return Reply(.ok, body: EventEncoder.encode(event))
    }
}

extension APIError {
    fileprivate static let noStream = APIError.notOffered(
        "This server does not offer event streams (sse=true) yet; use long polling with wait_for_data.")
}
