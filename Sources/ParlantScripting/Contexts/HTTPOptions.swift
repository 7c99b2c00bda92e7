import LuaRuntime
import ParlantCore

/// Reads the arguments of `ctx.http:get(url, options)` and writes its reply.
enum HTTPOptions {
    private static let names = ["body", "form", "headers", "json", "query", "timeout"]

    /// The request that the arguments ask for: method, URL, options.
    ///
    /// - Throws: `HostError` for options that do not exist or have another shape.
    static func request(_ arguments: [LuaValue], _ name: String, maxReplyBytes: Int) throws -> HTTPExchangeRequest {
        guard let method = arguments.first?.text, arguments.count > 1, let url = arguments[1].text else {
            throw HostError("\(name): expected a URL")
        }
        var request = HTTPExchangeRequest(method: method.uppercased(), url: url, maxReplyBytes: maxReplyBytes)
        let given = arguments.count > 2 ? arguments[2] : .nil
        guard !given.isAbsent else { return request }
        guard let fields = given.fields else { throw HostError("\(name): options: expected a table with named fields") }
        for field in fields where !names.contains(field.key) {
            throw HostError("\(name): unknown option '\(field.key)'\(Wording.didYouMean(field.key, among: names))")
        }
        let options = Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.value) })
        if let query = options["query"] {
            let text = try encoded(query, "\(name): query")
            if !text.isEmpty { request.url += (url.contains("?") ? "&" : "?") + text }
        }
        if let timeout = options["timeout"] { request.timeout = try self.timeout(timeout, name) }
        try addBody(options, to: &request, name)
        if let headers = options["headers"] { try add(headers, to: &request, name) }
        return request
    }

    /// The reply as a table. A body that is no UTF-8 is repaired, because Lua's strings cross as text.
    static func reply(_ reply: HTTPExchangeReply) -> LuaValue {
        .object([
            LuaField("status", .integer(Int64(reply.status))),
            LuaField("headers", headers(reply.headers)),
            LuaField("body", .string(String(decoding: reply.body, as: UTF8.self))),
        ])
    }

    /// What a stream begins with, as a table.
    static func opened(_ number: Int, _ stream: any HTTPReplyStream) -> LuaValue {
        .object([
            LuaField("id", .integer(Int64(number))), LuaField("status", .integer(Int64(stream.status))),
            LuaField("headers", headers(stream.headers)),
        ])
    }

    /// Headers by name in small letters; several of one name are joined.
    private static func headers(_ list: [HTTPHeader]) -> LuaValue {
        var headers = OrderedDictionary<String, String>()
        for header in list {
            let name = header.name.lowercased()
            headers[name] = headers[name].map { "\($0), \(header.value)" } ?? header.value
        }
        return .object(headers.map { LuaField($0.key, .string($0.value)) })
    }

    private static func timeout(_ value: LuaValue, _ name: String) throws -> Duration {
        guard let seconds = value.double, seconds > 0, seconds <= 120 else {
            throw HostError("\(name): timeout: expected a number of seconds above 0, at most 120")
        }
        return .seconds(seconds)
    }

    private static func addBody(
        _ options: [String: LuaValue], to request: inout HTTPExchangeRequest, _ name: String
    ) throws {
        let bodies = ["body", "form", "json"].filter { options[$0] != nil }
        guard let kind = bodies.first, let value = options[kind] else { return }
        guard request.method != "GET" else {
            throw HostError("\(name): \(kind): a GET has no body; use query, or post")
        }
        guard bodies.count == 1 else { throw HostError("\(name): give one of \(bodies.joined(separator: ", "))") }
        switch kind {
        case "json":
            guard let json = JSONValue(value) else { throw HostError("\(name): json: expected a JSON value") }
            request.body = JSONWriter.bytes(of: json)
            request.headers.append(HTTPHeader("content-type", "application/json"))
        case "form":
            request.body = Array(try encoded(value, "\(name): form").utf8)
            request.headers.append(HTTPHeader("content-type", "application/x-www-form-urlencoded"))
        default:
            guard let text = value.text else { throw HostError("\(name): body: expected a string") }
            request.body = Array(text.utf8)
        }
    }

    private static func add(_ headers: LuaValue, to request: inout HTTPExchangeRequest, _ name: String) throws {
        guard let fields = headers.fields else {
            throw HostError("\(name): headers: expected a table with named fields")
        }
        for field in fields {
            guard let value = scalar(field.value) else {
                throw HostError("\(name): headers.\(field.key): expected a string")
            }
            // A line break would end the header and begin another.
            guard !field.key.isEmpty, !(field.key + value).contains(where: { $0.isNewline || $0 == "\0" }) else {
                throw HostError("\(name): headers: a header cannot hold a line break")
            }
            request.headers.removeAll { $0.name.lowercased() == field.key.lowercased() }
            request.headers.append(HTTPHeader(field.key, value))
        }
    }

    /// `a=1&b=2` by name, as forms and queries write it.
    private static func encoded(_ value: LuaValue, _ name: String) throws -> String {
        guard let fields = value.fields else { throw HostError("\(name): expected a table with named fields") }
        return try fields.map { field in
            guard let text = scalar(field.value) else {
                throw HostError("\(name).\(field.key): expected a string, a number or a boolean")
            }
            return "\(escaped(field.key))=\(escaped(text))"
        }.joined(separator: "&")
    }

    private static func scalar(_ value: LuaValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let value): String(value)
        case .number(let value): Wording.number(value)
        case .boolean(let value): String(value)
        default: nil
        }
    }

    /// Everything but the unreserved characters of RFC 3986 as `%XX`.
    private static func escaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
