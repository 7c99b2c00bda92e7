import Hummingbird

/// Runs one route.
typealias RouteHandler = @Sendable (inout Call) async throws -> Reply

/// Knows which handler answers which path and method.
///
/// Hummingbird's own router leaves parameters percent-encoded, knows no 405, and takes `//a///` for `/a`; the
/// reference does none of that, so the table is ours. It is built once.
struct RouteTable: Sendable {
    enum Match: Sendable {
        case found(RouteHandler, parameters: [String])
        /// The path exists, the method does not.
        case methodNotAllowed(allowed: String)
        case notFound
    }

    private struct Route: Sendable {
        /// Segments after the first; nil stands for a parameter.
        var pattern: [String?]
        var handlers: [(method: HTTPRequest.Method, handler: RouteHandler)]
    }

    private var routes: [String: [Route]] = [:]

    /// Adds a route. In the path `*` stands for one segment of any text.
    mutating func on(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping RouteHandler) {
        let segments = path.split(separator: "/").map(String.init)
        let pattern = segments.dropFirst().map { $0 == "*" ? nil : $0 }
        var group = routes[segments[0]] ?? []
        if let index = group.firstIndex(where: { $0.pattern == pattern }) {
            group[index].handlers.append((method, handler))
        } else {
            group.append(Route(pattern: pattern, handlers: [(method, handler)]))
        }
        routes[segments[0]] = group
    }

    /// Finds the handler for the decoded segments of a path.
    func match(_ segments: ArraySlice<String>, _ method: HTTPRequest.Method) -> Match {
        guard let first = segments.first, let group = routes[first] else { return .notFound }
        let rest = segments.dropFirst()
        for route in group where route.pattern.count == rest.count {
            guard zip(route.pattern, rest).allSatisfy({ $0 == nil || $0 == $1 }) else { continue }
            guard let entry = route.handlers.first(where: { $0.method == method }) else {
                return .methodNotAllowed(
                    allowed: route.handlers.map(\.method.rawValue).sorted().joined(separator: ", "))
            }
            return .found(entry.handler, parameters: zip(route.pattern, rest).compactMap { $0 == nil ? $1 : nil })
        }
        return .notFound
    }
}
