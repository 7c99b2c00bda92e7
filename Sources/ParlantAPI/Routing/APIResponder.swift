import HTTPTypes
public import Hummingbird
import Logging
import NIOCore

/// Answers every request of the API: finds the route, runs it, and turns whatever it throws into the documented error.
///
/// Give it to a Hummingbird `Application`, or use ``APIServer``, which does that and watches over connections too.
public struct APIResponder: HTTPResponder {
    /// What the responder is told about the connection.
    public typealias Context = APIContext

    private static let requestIDName = HTTPField.Name("x-request-id")
    private static let json = HTTPField(name: .contentType, value: "application/json")
    private static let eventStream = HTTPField(name: .contentType, value: "text/event-stream")
    private static let unknownFieldsName = HTTPField.Name("x-unknown-fields")

    let table: RouteTable
    private let presences: PresenceTable
    private let token: APIToken?
    private let chat: ChatRoutes?

    /// A responder with all routes.
    public init(_ services: APIServices) { self.init(services, presences: PresenceTable()) }

    init(_ services: APIServices, presences: PresenceTable) {
        self.presences = presences
        token = services.token
        chat = services.chat.map(ChatRoutes.init)
        var table = RouteTable(services.limits, services.clock)
        HealthRoutes(services).add(to: &table)
        AgentRoutes(services).add(to: &table)
        CustomerRoutes(services).add(to: &table)
        PrivacyRoutes(services).add(to: &table)
        UserRoutes(services).add(to: &table)
        DocumentRoutes(services).add(to: &table)
        MemoryRoutes(services).add(to: &table)
        TagRoutes(services).add(to: &table)
        EntityRoutes(GuidelineResource(services), services).add(to: &table)
        EntityRoutes(TermResource(services), services).add(to: &table)
        EntityRoutes(CannedResponseResource(services), services).add(to: &table)
        EntityRoutes(CapabilityResource(services), services).add(to: &table)
        VariableRoutes(services).add(to: &table)
        JourneyRoutes(services).add(to: &table)
        RelationshipRoutes(services).add(to: &table)
        ServiceRoutes(services).add(to: &table)
        EvaluationRoutes(services).add(to: &table)
        SessionRoutes(services).add(to: &table)
        EventRoutes(services).add(to: &table)
        UsageRoutes(services).add(to: &table)
        LogRoutes(services).add(to: &table)
        DocumentationRoutes().add(to: &table)
        self.table = table
    }

    /// Answers one request. Never throws: every failure is a response.
    public func respond(to request: Request, context: APIContext) async -> Response {
        var call = Call(request: request, channel: context.channel, presences: presences)
        do {
            return response(try await answer(&call), call, context)
        } catch {
            return response(errorReply(for: error, in: context), call, context)
        }
    }

    private func answer(_ call: inout Call) async throws -> Reply {
        switch try destination(of: &call) {
        case .handler(let handler): return try await handler(&call)
        case .reply(let reply): return reply
        }
    }

    /// Who answers a call.
    private enum Destination {
        case handler(RouteHandler)
        case reply(Reply)
    }

    /// Finds who answers, and sets the call's parameters. Apart from ``answer(_:)`` because what it needs for that must
    /// not stay while a long poll waits.
    private func destination(of call: inout Call) throws -> Destination {
        let request = call.request
        if let preflight = CrossOrigin.preflight(request) { return .reply(preflight) }
        let path = request.uri.path
        try token?.authorize(request.method, path: path, request.headers)
        if let page = try chat?.answer(request, path: path) { return .reply(page) }
        if path == "/", request.method == .get { return .reply(redirect(to: DocumentationRoutes.path, query: nil)) }
        var segments = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { percentDecoded($0, plusIsSpace: false) }
        let hasSlash = segments.count > 2 && segments.last?.isEmpty == true
        if hasSlash { segments.removeLast() }
        guard segments.first?.isEmpty == true, !segments.dropFirst().contains("") else { throw APIError.unknownPath }
        let match = table.match(segments.dropFirst(), request.method)
        if case .notFound = match { throw APIError.unknownPath }
        if hasSlash { return .reply(redirect(to: path.dropLast(), query: request.uri.query)) }
        switch match {
        case .found(let handler, let parameters):
            call.parameters = parameters
            return .handler(handler)
        case .methodNotAllowed(let allowed): throw APIError.methodNotAllowed(allowed)
        case .notFound: throw APIError.unknownPath
        }
    }

    private func redirect(to path: Substring, query: String?) -> Reply {
        let target = query.map { "\(path)?\($0)" } ?? String(path)
        return Reply(.temporaryRedirect, headers: [HTTPField(name: .location, value: target)])
    }

    private func response(_ reply: Reply, _ call: Call, _ context: APIContext) -> Response {
        var headers = HTTPFields()
        headers.append(
            reply.contentType.map { HTTPField(name: .contentType, value: $0) }
                ?? (reply.stream == nil ? Self.json : Self.eventStream))
        if let name = Self.requestIDName { headers.append(HTTPField(name: name, value: context.requestID)) }
        for field in reply.headers { headers.append(field) }
        if !call.unknownFields.isEmpty { name(call, context, &headers) }
        // The HTTP decoder stops at a request that asks for another protocol; no second one can follow.
        if call.request.headers.contains(.upgrade) { headers[.connection] = "close" }
        CrossOrigin.allow(call.request, in: &headers)
        let body: ResponseBody =
            if call.request.method == .head {
                .init()
            } else if let stream = reply.stream {
                .init(stream)
            } else {
                reply.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: reply.body))
            }
        return Response(status: reply.status, headers: headers, body: body)
    }

    /// Names ignored fields to the client and to the log: names only, because values may be private.
    private func name(_ call: Call, _ context: APIContext, _ headers: inout HTTPFields) {
        let names = UnknownFields.header(call.unknownFields)
        if let name = Self.unknownFieldsName { headers.append(HTTPField(name: name, value: names)) }
        context.logger.notice(
            "a request's body has fields that are not known here; they were ignored",
            metadata: ["fields": "\(names)", "method": "\(call.request.method)", "request": "\(context.requestID)"])
    }
}
