import LuaRuntime
import ParlantCore

/// `ctx.http`.
extension ContextServices {
    var requests: [HostFunction] {
        [
            .waiting("http") { [http] call in
                let name = "ctx.http:\(call.argument(0).text ?? "get")"
                let scope = try CallScope.of(call, name)
                let request = try HTTPOptions.request(call.arguments, name, maxReplyBytes: scope.limits.replyBytes)
                try scope.enter(name)
                defer { scope.gate?.leave() }
                do {
                    return [HTTPOptions.reply(try await http.exchange(request))]
                } catch let error as HTTPTransportError {
                    return Self.absent(error)
                }
            },
            .waiting("http_stream") { [http, clock] call in
                let name = "ctx.http:stream"
                let scope = try CallScope.of(call, name)
                guard call.argument(0).text.map({ Self.methods.contains($0.uppercased()) }) == true else {
                    throw HostError("\(name): expected a method, such as \"POST\", then the URL")
                }
                let request = try HTTPOptions.request(call.arguments, name, maxReplyBytes: scope.limits.streamBytes)
                try scope.enter(name)
                do {
                    let stream = try await http.open(request)
                    let reader = HTTPStreamReader(
                        stream, clock: clock, silence: request.timeout, limit: scope.limits.streamBytes,
                        gate: scope.gate)
                    let number = scope.resources.keep(reader)
                    return [HTTPOptions.opened(number, stream)]
                } catch {
                    scope.gate?.leave()
                    guard let error = error as? HTTPTransportError else { throw error }
                    return Self.absent(error)
                }
            },
            .waiting("http_next") { call in
                let scope = try CallScope.of(call, "ctx.http:stream")
                guard let stream = scope.resources.stream(Int(call.argument(0).int ?? 0)) else {
                    throw HostError("ctx.http:stream: the stream is closed; it ends with the call that opened it")
                }
                let unit = StreamText.Unit(rawValue: call.argument(1).text ?? "") ?? .lines
                let (texts, isOver) = try await stream.next(unit)
                return [.array(texts.map { .string($0) }), .boolean(isOver)]
            },
            .waiting("http_close") { call in
                let scope = try CallScope.of(call, "ctx.http:stream")
                await scope.resources.release(Int(call.argument(0).int ?? 0))
                return []
            },
        ]
    }

    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    /// `nil, err`.
    private static func absent(_ error: HTTPTransportError) -> [LuaValue] {
        [
            .nil,
            .object([LuaField("kind", .string(error.kind.rawValue)), LuaField("message", .string(error.message))]),
        ]
    }
}

extension CallScope {
    /// Counts a request of this call, and takes a place among those of the bundle.
    fileprivate func enter(_ name: String) throws {
        try resources.countRequest(name, limit: limits.requestsPerCall)
        try gate?.enter(name, limit: limits.concurrentRequests)
    }
}
