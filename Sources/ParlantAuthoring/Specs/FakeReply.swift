import LuaRuntime
import ParlantCore
import ParlantScripting

/// Reads `:reply { … }` and shows requests.
enum FakeReply {
    private static let names = ["body", "delay", "fail", "headers", "json", "status"]
    private static let failures = HTTPTransportError.Kind.allCases.map(\.rawValue).sorted()

    /// The reply that the table describes; an empty one is 200 without a body.
    ///
    /// - Throws: `HostError` for fields that do not exist or have another shape.
    static func read(_ value: LuaValue) throws -> FakeRoutes.Reply {
        guard let fields = value.isAbsent ? [] : value.fields else {
            throw HostError(SpecWording.replyValue("", "a table with named fields"))
        }
        var reply = FakeRoutes.Reply()
        for field in fields {
            switch field.key {
            case "status":
                guard let status = field.value.int, (100...599).contains(status) else {
                    throw HostError(SpecWording.replyValue("status", "a number from 100 to 599"))
                }
                reply.status = Int(status)
            case "json":
                guard let json = JSONValue(field.value) else {
                    throw HostError(SpecWording.replyValue("json", "a JSON value"))
                }
                reply.body = Array(json.description.utf8)
                reply.headers.insert(HTTPHeader("content-type", "application/json"), at: 0)
            case "body":
                guard let text = field.value.text else { throw HostError(SpecWording.replyValue("body", "a string")) }
                reply.body = Array(text.utf8)
            case "headers":
                for header in field.value.fields ?? [] {
                    guard let text = header.value.text else {
                        throw HostError(SpecWording.replyValue("headers.\(header.key)", "a string"))
                    }
                    reply.headers.append(HTTPHeader(header.key, text))
                }
            case "delay":
                guard let seconds = field.value.double, (0...86400).contains(seconds) else {
                    throw HostError(SpecWording.replyValue("delay", "a number of seconds"))
                }
                reply.delay = .seconds(seconds)
            case "fail":
                guard let kind = field.value.text.flatMap(HTTPTransportError.Kind.init(rawValue:)) else {
                    throw HostError(SpecWording.replyValue("fail", "one of \(failures.joined(separator: ", "))"))
                }
                reply.failure = kind
            default: throw HostError(SpecWording.replyField(field.key, names))
            }
        }
        return reply
    }

    /// A request as `chat.http:requests()` shows it; `json` is its body where that is JSON.
    static func spec(_ request: HTTPExchangeRequest) -> LuaValue {
        var fields = [
            LuaField("method", .string(request.method)), LuaField("url", .string(request.url)),
            LuaField("headers", .object(request.headers.map { LuaField($0.name.lowercased(), .string($0.value)) })),
            LuaField("body", .string(String(decoding: request.body, as: UTF8.self))),
        ]
        if let json = try? JSONParser.parse(request.body) { fields.append(LuaField("json", json.lua)) }
        return .object(fields)
    }
}
