import HTTPTypes
import ParlantCore

/// The description of the API in OpenAPI 3.1, made from the routes as they are declared and from what their readers
/// read.
struct OpenAPIDocument: Sendable {
    private static let about = """
        Conversations with agents: customers, sessions and their events, and what agents know and do.

        Every response has an `x-request-id`, under which the server's log knows the request. Fields that a body has and \
        the server does not know are ignored, and named in `x-unknown-fields`. In requests null means the same as \
        absent. A body is JSON of type `application/json`.
        """

    private var components: JSONObject = [:]
    private var paths: JSONObject = [:]

    /// Describes the routes, in their order.
    init(_ routes: [RouteTable.Listing]) {
        for route in routes {
            var path = paths[route.path]?.object ?? [:]
            path[route.method.rawValue.lowercased()] = .object(operation(route, among: routes))
            paths[route.path] = .object(path)
        }
    }

    /// The document.
    var json: JSONValue {
        let groups = OrderedSet(paths.values.flatMap { path in path.object?.values.compactMap(Self.group) ?? [] })
        var responses: JSONObject = [:]
        var schemas = components
        for refusal in Operation.Refusal.allCases { responses[refusal.name] = Self.response(refusal, &schemas) }
        return [
            "openapi": "3.1.0",
            "info": ["title": "parlant-runtime", "version": "0.1.0", "description": .string(Self.about)],
            "tags": .array(groups.map { ["name": .string($0)] }),
            "paths": .object(paths),
            // A server may be started without a token.
            "security": [[:], ["token": []]],
            "components": [
                "schemas": .object(schemas), "responses": .object(responses),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private static func group(_ operation: JSONValue) -> String? { operation["tags"]?.array?.first?.string }

    private mutating func operation(_ route: RouteTable.Listing, among routes: [RouteTable.Listing]) -> JSONObject {
        let operation = route.operation
        let reading = route.reading()
        var json: JSONObject = [
            "tags": [.string(operation.group)],
            "summary": .string(operation.summary),
            "operationId": .string(operation.id),
            "x-fern-sdk-group-name": [.string(operation.group)],
            "x-fern-sdk-method-name": .string(operation.name),
        ]
        if let about = operation.about { json["description"] = .string(about) }
        let parameters = route.parameters.map(Self.pathParameter) + reading.query.map { $0.json(&components) }
        if !parameters.isEmpty { json["parameters"] = .array(parameters) }
        if let body = reading.body {
            let schema = Schema.named(Self.requestName(operation), body).json(&components)
            var content: JSONObject = ["schema": .object(schema)]
            content["example"] = operation.example
            json["requestBody"] = ["required": true, "content": ["application/json": .object(content)]]
        }
        json["responses"] = .object(responses(route, reading, among: routes))
        return json
    }

    /// `create_customer` reads a `CreateCustomerRequest`.
    private static func requestName(_ operation: Operation) -> String {
        operation.id.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + "Request"
    }

    private static func pathParameter(_ name: String) -> JSONValue {
        ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1]]
    }

    private mutating func responses(
        _ route: RouteTable.Listing, _ reading: RouteTable.Reading, among routes: [RouteTable.Listing]
    ) -> JSONObject {
        var responses: JSONObject = [:]
        for answer in route.operation.answers {
            var json: JSONObject = ["description": .string(answer.status.reasonPhrase)]
            var content: JSONObject = [:]
            for (type, schema) in answer.content {
                content[type] = schema.map { ["schema": .object($0.json(&components))] } ?? [:]
            }
            if !content.isEmpty { json["content"] = .object(content) }
            let links = answer.status == .created ? Self.links(from: route, to: routes) : [:]
            if !links.isEmpty { json["links"] = .object(links) }
            responses["\(answer.status.code)"] = .object(json)
        }
        for refusal in Self.refusals(route.operation, reading) where responses["\(refusal.status.code)"] == nil {
            responses["\(refusal.status.code)"] = ["$ref": .string("#/components/responses/\(refusal.name)")]
        }
        return responses
    }

    /// What the operation says, what reading can refuse, and what can always happen.
    private static func refusals(_ operation: Operation, _ reading: RouteTable.Reading) -> [Operation.Refusal] {
        var refusals = operation.refusals
        if reading.body != nil { refusals += [.malformed, .tooSlow, .tooLarge, .invalid] }
        if !reading.query.isEmpty { refusals.append(.invalid) }
        return (refusals + [.unauthorized, .fault, .tryLater]).sorted { $0.status.code < $1.status.code }
    }

    /// Where the id of what was created can be used: as the first parameter of every path below.
    private static func links(from route: RouteTable.Listing, to routes: [RouteTable.Listing]) -> JSONObject {
        var links: JSONObject = [:]
        for target in routes where target.path.hasPrefix("\(route.path)/{") {
            let inherited = route.parameters.map { ($0, JSONValue.string("$request.path.\($0)")) }
            let own = [(target.parameters[route.parameters.count], JSONValue.string("$response.body#/id"))]
            links[target.operation.id] = [
                "operationId": .string(target.operation.id),
                "parameters": .object(JSONObject(uniqueKeysWithValues: inherited + own)),
            ]
        }
        return links
    }

    private static func response(_ refusal: Operation.Refusal, _ components: inout JSONObject) -> JSONValue {
        let schema: Schema = refusal == .invalid ? .either([Problem.schema, APIError.schema]) : APIError.schema
        return [
            "description": .string(refusal.about),
            "content": ["application/json": ["schema": .object(schema.json(&components))]],
        ]
    }
}
