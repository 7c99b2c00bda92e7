import HTTPTypes
import ParlantCore

/// `/services`: services outside, which are kept and not yet asked for their tools, and each bundle of scripts that has
/// tools.
struct ServiceRoutes: Sendable {
    private static let deprecation: [HTTPField] = [
        HTTPField.Name("deprecation").map { HTTPField(name: $0, value: "true") },
        HTTPField.Name("x-deprecation-notice").map {
            HTTPField(name: $0, value: "OpenAPI services are deprecated; use an SDK or an MCP service.")
        },
    ].compactMap { $0 }

    private let services: any EntityStore<ToolService>
    private let scripts: ScriptEntities
    private let limits: APILimits

    init(_ services: APIServices) {
        self.services = services.entities.services
        scripts = services.entities.scripts
        limits = services.limits
    }

    func add(to table: inout RouteTable) {
        table.on(.get, "/services") { [self] _ in
            let found = try await services.list()
            return .json { writer in writer.array(found) { $0.entity.write(tools: nil, to: &$1) } }
        }
        table.on(.get, "/services/*") { [self] call in
            let service = try await services.read(Identifier(call.parameters[0])).entity
            // Null, not an empty list, for a service outside: nobody has asked it what it offers.
            let tools = service.location == nil ? nil : scripts.tools()[service.id.rawValue]
            let wires = tools?.map { ToolWire(tool: $0, createdAt: scripts.loadedAt) }
            return .json { service.write(tools: wires, to: &$0) }
        }
        table.on(.put, "/services/*") { [self] call in try await save(&call) }
        table.on(.delete, "/services/*") { [self] call in
            try await services.delete(Identifier(call.parameters[0]))
            return .noContent
        }
    }

    private func save(_ call: inout Call) async throws -> Reply {
        var body = try await call.body(limits)
        let kind = body.requiredChoice("kind", default: ToolService.Kind.sdk)
        let sdk = body.document("sdk") { Address(url: $0.requiredString("url")) }
        let openAPI = body.document("openapi") { fields in
            Address(url: fields.requiredString("url"), source: fields.requiredString("source"))
        }
        let mcp = body.document("mcp") { Address(url: $0.requiredString("url")) }
        try call.finish(body: body)
        let (name, given): (String, Address?) =
            switch kind {
            case .sdk: ("SDK", sdk)
            case .openapi: ("OpenAPI", openAPI)
            case .mcp: ("MCP", mcp)
            }
        guard let address = given else { throw APIError.unprocessable("Missing \(name) parameters") }
        guard address.url.hasPrefix("http://") || address.url.hasPrefix("https://") else {
            throw APIError.unprocessable("Service URL is missing schema (http:// or https://)")
        }
        let service = ToolService(
            id: Identifier(call.parameters[0]), kind: kind, url: address.url, source: address.source)
        let saved = try await services.save(service).entity
        var reply = Reply.json { saved.write(tools: nil, to: &$0) }
        if kind == .openapi { reply.headers = Self.deprecation }
        return reply
    }

    private struct Address {
        var url: String
        var source: String?
    }
}

extension ToolService {
    /// Writes the service as the reference's clients read it.
    fileprivate func write(tools: [ToolWire]?, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", id.rawValue)
        writer.member("kind", kind.rawValue)
        writer.member("url", url)
        writer.key("tools")
        if let tools { writer.array(tools) { $0.write(to: &$1) } } else { writer.null() }
        writer.endObject()
    }
}
