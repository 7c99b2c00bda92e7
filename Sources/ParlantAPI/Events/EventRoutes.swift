import HTTPTypes
import ParlantCore
import ParlantEngine

/// `/sessions/{id}/events`: reading, waiting, following, annotating, deleting, and what leads to posting.
final class EventRoutes: Sendable {
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
        let one = "/sessions/{session_id}/events/{event_id}"
        table.on(
            .post, "/sessions/{session_id}/events", .create, query: EventPosting.judging,
            body: { [limits] body in EventBody(body: &body, limits) }
        ) { [posting] call, judging, body in try await posting.post(body, judging, call) }
        table.on(
            .get, "/sessions/{session_id}/events", .list, query: { [limits] query in ListQuery(&query, limits) }
        ) { [self] call, query in try await list(call, query) }
        table.on(
            .delete, "/sessions/{session_id}/events", .deleteMany,
            query: { $0.requiredInteger("min_offset", in: 0...Int.max) }
        ) { [self] call, minOffset in
            try await engine.deleteEvents(of: SessionID(call.parameters[0]), from: minOffset)
            return .noContent
        }
        table.on(.get, one, .read, query: { [limits] query in ReadQuery(&query, limits) }) { [self] call, query in
            try await read(call, query)
        }
        table.on(.get, one + "/explain", .explain) { [self] call in try await explain(call) }
        table.on(
            .patch, one, .update, body: { body in body.document("metadata") { MetadataChange(body: &$0) } }
        ) { [self] call, change in try await update(call, change) }
    }

    private func explain(_ call: Call) async throws -> Reply {
        let session = SessionID(call.parameters[0])
        let id = EventID(call.parameters[1])
        guard let explanation = try await engine.explanation(of: id, in: session) else {
            throw APIError(
                .notFound,
                "There is no explanation of event '\(id)'. Only what an agent's turn wrote has one, and old ones are "
                    + "not kept.")
        }
        return Reply(.ok, body: explanation.content)
    }

    private func list(_ call: Call, _ query: ListQuery) async throws -> Reply {
        let session = SessionID(call.parameters[0])
        if query.isStream { return try await streaming.list(session, query.events, idle: query.timeout, call) }
        var events = try await engine.events(of: session, matching: query.events)
        if events.isEmpty, query.timeout > .zero {
            events = try await wait(session, query, call.presence)
            if events.isEmpty { throw APIError.timedOut }
        }
        return Reply(.ok, body: encoder.list(events, of: session))
    }

    private func wait(
        _ session: SessionID, _ query: ListQuery, _ presence: ClientPresence
    ) async throws -> [Event] {
        defer { presence.forget() }
        return try await engine.waitForEvents(of: session, matching: query.events, timeout: query.timeout) { end in
            presence.whenGone(end)
        }
    }

    private func read(_ call: Call, _ query: ReadQuery) async throws -> Reply {
        let session = SessionID(call.parameters[0])
        let id = EventID(call.parameters[1])
        if query.isStream { return try await streaming.one(id, of: session, idle: query.timeout, call) }
        let event =
            if query.isPatient {
                try await call.whileClientWaits { [engine] in
                    try await engine.waitForCompletion(of: id, in: session, timeout: query.timeout)
                }
            } else {
                try await engine.event(id, of: session)
            }
        return Reply(.ok, body: EventEncoder.encode(event))
    }

    private func update(_ call: Call, _ change: MetadataChange?) async throws -> Reply {
        let session = SessionID(call.parameters[0])
        let id = EventID(call.parameters[1])
        let event = try await engine.event(id, of: session)
        guard let change else { return Reply(.ok, body: EventEncoder.encode(event)) }
        try limits.checkMetadata(change, of: event.metadata)
        return Reply(.ok, body: EventEncoder.encode(try await engine.updateEvent(id, of: session, change)))
    }
}

/// The query of GET of all events. A class, because a long poll keeps it in each function that waits.
private final class ListQuery: Sendable {
    let events: EventQuery
    let timeout: Duration
    let isStream: Bool

    init(_ query: inout QueryReader, _ limits: APILimits) {
        let minOffset = query.integer("min_offset", in: 0...Int.max, default: 0)
        let source = query.choice("source", Event.Source.self)
        let kinds = query.choices("kinds", Event.Kind.self)
        let trace = query.string("trace_id")
        timeout = query.timeout(limits)
        isStream = query.boolean("sse", default: false)
        events = EventQuery(
            minOffset: minOffset, kinds: kinds, source: source, traceID: trace.map(TraceID.init(rawValue:)))
    }
}

/// The query of GET of one event.
private struct ReadQuery: Sendable {
    let isPatient: Bool
    let timeout: Duration
    let isStream: Bool

    init(_ query: inout QueryReader, _ limits: APILimits) {
        isPatient = query.boolean("wait_for_completion", default: false)
        timeout = query.timeout(limits)
        isStream = query.boolean("sse", default: false)
    }
}

extension QueryReader {
    /// How long the client wants to wait; zero or less: not at all.
    fileprivate mutating func timeout(_ limits: APILimits) -> Duration {
        .seconds(max(0, min(integer("wait_for_data", default: 60), limits.longPollSeconds)))
    }
}

extension Operation {
    fileprivate static let create = Operation(
        "create_event", in: "sessions", as: "create_event", "Post an event",
        about: """
            A message with source customer makes the agent react. With source ai_agent and no message the agent is asked \
            for a turn: the answer is its first status event, whose trace the message will have; with guidelines the \
            answer is the message. With source human_agent or human_agent_on_behalf_of_ai_agent a person speaks. Kind \
            custom needs data, kind status a status.
            """,
        example: ["kind": "message", "source": "customer", "message": "Hello"],
        .created(Event.schema), refusing: [.notFound, .conflict])
    fileprivate static let list = Operation(
        "list_events", in: "sessions", as: "list_events", "List events, or wait for them",
        about: """
            Events that pass all filters, by offset. When there are none, the request waits up to wait_for_data seconds \
            for one, and ends with 504 when none came; 0 does not wait. With sse=true they come as server-sent events, a \
            line of data with each, until none has come for wait_for_data seconds. Ask again with min_offset one above \
            the last offset that is known.
            """,
        .okOrStream(.list(Event.schema)), refusing: [.notFound, .timedOut])
    fileprivate static let deleteMany = Operation(
        "delete_events", in: "sessions", as: "delete_events", "Delete the last events",
        about: "Those from min_offset on; the first of them must be the first of its trace.", .noContent,
        refusing: [.notFound])
    fileprivate static let read = Operation(
        "read_event", in: "sessions", as: "read_event", "Read an event",
        about: "wait_for_completion waits up to wait_for_data seconds for a message that is still being written; sse "
            + "sends it each time it has grown.",
        .okOrStream(Event.schema), refusing: [.notFound])
    fileprivate static let update = Operation(
        "update_event", in: "sessions", as: "update_event", "Change an event's metadata", .ok(Event.schema),
        refusing: [.notFound])
}
