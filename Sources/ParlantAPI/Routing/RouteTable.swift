import Hummingbird
import ParlantCore

/// Runs one route.
typealias RouteHandler = @Sendable (inout Call) async throws -> Reply

/// Knows which handler answers which path and method, and what each is for.
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

    /// What a route reads of a request.
    struct Reading: Sendable {
        var query: [QueryReader.Parameter] = []
        var body: Schema?
    }

    /// A route that is described to clients.
    struct Listing: Sendable {
        let method: HTTPRequest.Method
        /// `/customers/{customer_id}`.
        let path: String
        let operation: Operation
        /// Asks the route's readers what they would read.
        let reading: @Sendable () -> Reading

        /// Names of the path's parameters.
        var parameters: [String] {
            path.split(separator: "/").filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
        }
    }

    private struct Route: Sendable {
        /// Segments after the first; nil stands for a parameter.
        var pattern: [String?]
        var handlers: [(method: HTTPRequest.Method, handler: RouteHandler)]
    }

    let limits: APILimits
    let clock: any TimeSource
    private var routes: [String: [Route]] = [:]
    /// All routes that are described, in the order in which they were added.
    private(set) var listings: [Listing] = []
    /// `GET /docs` and the like: what is not for programs and stands in no description.
    private(set) var unlisted: [String] = []

    init(_ limits: APILimits, _ clock: any TimeSource) {
        self.limits = limits
        self.clock = clock
    }

    /// Adds a route that is for people, or about the API.
    mutating func unlisted(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping RouteHandler) {
        add(method, path, handler)
        unlisted.append("\(method) \(path)")
    }

    /// Adds a route with its description.
    mutating func list(_ listing: Listing, _ handler: @escaping RouteHandler) {
        add(listing.method, listing.path, handler)
        listings.append(listing)
    }

    private mutating func add(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping RouteHandler) {
        let segments = path.split(separator: "/").map(String.init)
        let pattern = segments.dropFirst().map { $0.hasPrefix("{") ? nil : $0 }
        var group = routes[segments[0]] ?? []
        if let index = group.firstIndex(where: { $0.pattern == pattern }) {
            precondition(!group[index].handlers.contains { $0.method == method }, "\(method) \(path) is declared twice")
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
