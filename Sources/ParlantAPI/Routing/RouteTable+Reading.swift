import Hummingbird

/// Routes declare what they read as functions of the readers. A request is read by them before its handler runs, and
/// the API's description is made by the same functions, so the two cannot differ.
extension RouteTable {
    /// Adds a route. In the path `{name}` stands for one segment of any text.
    mutating func on(
        _ method: HTTPRequest.Method, _ path: String, _ operation: Operation,
        _ handler: @escaping @Sendable (Call) async throws -> Reply
    ) {
        let listing = Listing(method: method, path: path, operation: operation, reading: { Reading() })
        list(listing) { call in try await handler(call) }
    }

    /// Adds a route that reads query parameters.
    mutating func on<Query>(
        _ method: HTTPRequest.Method, _ path: String, _ operation: Operation,
        query read: @escaping @Sendable (inout QueryReader) -> Query,
        _ handler: @escaping @Sendable (Call, Query) async throws -> Reply
    ) {
        let reading = { @Sendable in Reading(query: QueryReader.parameters(of: read)) }
        list(Listing(method: method, path: path, operation: operation, reading: reading)) { call in
            try await handler(call, try call.query(read))
        }
    }

    /// Adds a route that reads a body.
    mutating func on<Body>(
        _ method: HTTPRequest.Method, _ path: String, _ operation: Operation,
        body read: @escaping @Sendable (inout FieldReader) -> Body,
        _ handler: @escaping @Sendable (Call, Body) async throws -> Reply
    ) {
        let reading = { @Sendable in Reading(body: FieldReader.schema(of: read)) }
        list(Listing(method: method, path: path, operation: operation, reading: reading)) { [limits, clock] call in
            var reader = try await call.body(limits, clock)
            let body = read(&reader)
            try call.finish(query: [], body: reader)
            return try await handler(call, body)
        }
    }

    /// Adds a route that reads query parameters and a body.
    mutating func on<Query, Body>(
        _ method: HTTPRequest.Method, _ path: String, _ operation: Operation,
        query readQuery: @escaping @Sendable (inout QueryReader) -> Query,
        body readBody: @escaping @Sendable (inout FieldReader) -> Body,
        _ handler: @escaping @Sendable (Call, Query, Body) async throws -> Reply
    ) {
        let reading = { @Sendable in
            Reading(query: QueryReader.parameters(of: readQuery), body: FieldReader.schema(of: readBody))
        }
        list(Listing(method: method, path: path, operation: operation, reading: reading)) { [limits, clock] call in
            var queryReader = QueryReader(call.request.uri.query)
            let query = readQuery(&queryReader)
            var bodyReader = try await call.body(limits, clock)
            let body = readBody(&bodyReader)
            try call.finish(query: queryReader.problems, body: bodyReader)
            return try await handler(call, query, body)
        }
    }
}

extension Call {
    /// Reads the query of a request without a body, and throws all problems that were found.
    fileprivate func query<Query>(_ read: (inout QueryReader) -> Query) throws -> Query {
        var reader = QueryReader(request.uri.query)
        let query = read(&reader)
        guard reader.problems.isEmpty else { throw APIError(reader.problems) }
        return query
    }

    /// Ends the reading of a request: notes unknown fields, and throws the problems that were found, those of the
    /// query first, as the reference does.
    fileprivate mutating func finish(query: [Problem], body: FieldReader) throws {
        unknownFields = body.unknownFields
        let problems = query + body.problems.told
        guard problems.isEmpty else { throw APIError(problems) }
    }
}
