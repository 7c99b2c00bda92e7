import ParlantCore
import ParlantTesting
import Synchronization

/// The servers that a test makes up: replies by method and path.
final class FakeRoutes: Sendable {
    /// One reply, or the way in which none comes.
    struct Reply: Sendable, Equatable {
        var status = 200
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []
        /// Time that passes before it comes.
        var delay: Duration = .zero
        var failure: HTTPTransportError.Kind?
    }

    private struct Route {
        var method: String
        var pattern: String
        var replies: [Reply] = []
        var used = 0
    }

    private struct State {
        var routes: [Route] = []
        var requests: [HTTPExchangeRequest] = []
        var unknown: [String] = []
    }

    private let state = Mutex(State())

    /// Adds a route; a later one of the same method and path goes before an earlier one.
    ///
    /// - Parameter pattern: A path, for any host and any query; a path with query; or a whole URL without query.
    /// - Returns: Its number, for ``reply(_:to:)``.
    func add(_ method: String, _ pattern: String) -> Int {
        state.withLock { state in
            state.routes.append(Route(method: method.uppercased(), pattern: pattern))
            return state.routes.count - 1
        }
    }

    /// Adds a reply to a route; the last one is given again and again.
    func reply(_ reply: Reply, to route: Int) { state.withLock { $0.routes[route].replies.append(reply) } }

    /// All requests so far, in order.
    var requests: [HTTPExchangeRequest] { state.withLock { $0.requests } }

    /// Why requests found nobody since the last time.
    func takeUnknown() -> [String] {
        state.withLock { state in
            defer { state.unknown = [] }
            return state.unknown
        }
    }

    /// Answers a request. A reply with a delay moves the clock, up to the request's own time-out.
    func exchange(_ request: HTTPExchangeRequest, on clock: ManualClock) async throws -> HTTPExchangeReply {
        let found: Result<Reply, HTTPTransportError> = state.withLock { state in
            state.requests.append(request)
            let path = Self.path(of: request.url)
            guard
                let index = state.routes.lastIndex(where: {
                    $0.method == request.method && Self.matches($0.pattern, request.url)
                })
            else {
                let bare = String(path.prefix { $0 != "?" })
                state.unknown.append(SpecWording.unknownRoute(request.method, request.url, bare))
                return .failure(HTTPTransportError(.notAllowed, "there is no network in tests"))
            }
            let route = state.routes[index]
            guard !route.replies.isEmpty else {
                state.unknown.append(SpecWording.noReply(route.method, route.pattern))
                return .failure(HTTPTransportError(.notAllowed, "there is no network in tests"))
            }
            state.routes[index].used += 1
            return .success(route.replies[min(route.used, route.replies.count - 1)])
        }
        let reply = try found.get()
        let timedOut = reply.delay >= request.timeout
        let wait = timedOut ? request.timeout : reply.delay
        if wait > .zero {
            clock.advance(by: wait)
            await Task.yield()
            try Task.checkCancellation()
        }
        if timedOut || reply.failure == .timeout {
            throw HTTPTransportError(.timeout, "no reply within \(request.timeout)")
        }
        if let kind = reply.failure {
            throw HTTPTransportError(kind, "the test lets this request fail: \(kind.rawValue)")
        }
        return HTTPExchangeReply(status: reply.status, headers: reply.headers, body: reply.body)
    }

    static func matches(_ pattern: String, _ url: String) -> Bool {
        let path = path(of: url)
        let bare = path.prefix { $0 != "?" }
        guard pattern.hasPrefix("/") else {
            return pattern == url || pattern == String(url.prefix { $0 != "?" })
        }
        return pattern == path || pattern == bare
    }

    /// The path of an absolute URL, query included.
    private static func path(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return rest[slash] == "/" ? String(rest[slash...]) : "/" + rest[slash...]
    }
}
