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

    init(_ services: APIServices) {
        self.services = services.entities.services
        scripts = services.entities.scripts
    }

    func add(to table: inout RouteTable) {
        let limits = table.limits
        table.on(.get, "/services", .list) { [self] _ in
            let found = try await services.list()
            return .json { writer in writer.array(found) { $0.entity.write(tools: nil, to: &$1) } }
        }
        table.on(.get, "/services/{name}", .read) { [self] call in
            let service = try await services.read(Identifier(call.parameters[0])).entity
            // Null, not an empty list, for a service outside: nobody has asked it what it offers.
            let tools = service.location == nil ? nil : scripts.tools()[service.id.rawValue]
            let wires = tools?.map { ToolWire(tool: $0, createdAt: scripts.loadedAt) }
            return .json { service.write(tools: wires, to: &$0) }
        }
        table.on(.put, "/services/{name}", .save, body: { Draft(body: &$0) }) { [self] call, draft in
            try limits.checkID(call.parameters[0], "service's name")
            let saved = try await services.save(try draft.service(named: call.parameters[0])).entity
            var reply = Reply.json { saved.write(tools: nil, to: &$0) }
            if draft.kind == .openapi { reply.headers = Self.deprecation }
            return reply
        }
        table.on(.delete, "/services/{name}", .delete) { [self] call in
            try await services.delete(Identifier(call.parameters[0]))
            return .noContent
        }
    }
}

/// The body of PUT.
private struct Draft: Sendable {
    struct Address: Sendable {
        var url: String
        var source: String?
    }

    let kind: ToolService.Kind
    let sdk: Address?
    let openAPI: Address?
    let mcp: Address?

    init(body: inout FieldReader) {
        kind = body.requiredChoice("kind", default: ToolService.Kind.sdk)
        sdk = body.document("sdk") { Address(url: $0.requiredString("url")) }
        openAPI = body.document("openapi") { fields in
            Address(url: fields.requiredString("url"), source: fields.requiredString("source"))
        }
        mcp = body.document("mcp") { Address(url: $0.requiredString("url")) }
    }

    /// - Throws: 422 without an address of the kind, and for an address that is none.
    func service(named id: String) throws -> ToolService {
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
        return ToolService(id: Identifier(id), kind: kind, url: address.url, source: address.source)
    }
}

extension ToolService {
    /// What ``write(tools:to:)`` writes.
    fileprivate static let schema = Schema.named(
        "Service",
        .record([
            "name": .string(), "kind": .choice(of: Kind.self), "url": .string(),
            "tools": .nullable(.list(ToolWire.schema)),
        ]))

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

extension Operation {
    fileprivate static let list = Operation(
        "list_services", in: "services", as: "list", "List services",
        about: "Services outside, and each bundle of scripts that has tools. tools is null here.",
        .ok(.list(ToolService.schema)))
    fileprivate static let read = Operation(
        "read_service", in: "services", as: "retrieve", "Read a service with its tools", .ok(ToolService.schema),
        refusing: [.notFound])
    fileprivate static let save = Operation(
        "create_or_update_service", in: "services", as: "create_or_update", "Create or replace a service",
        about: "Give the address of the kind: sdk, mcp, or openapi, which is deprecated.",
        example: ["kind": "sdk", "sdk": ["url": "http://127.0.0.1:8089"]], .ok(ToolService.schema),
        refusing: [.conflict])
    fileprivate static let delete = Operation(
        "delete_service", in: "services", as: "delete", "Delete a service", .noContent,
        refusing: [.notFound, .conflict])
}
