import Hummingbird
import NIOCore
import ParlantCore

extension Call {
    /// Reads the body as a JSON object. What does not fit the schema is a problem in the reader; thrown is only what
    /// ends the request at once.
    ///
    /// - Throws: 413 beyond the limit, 408 when it takes too long, 400 for what is not UTF-8, 422 for what is not JSON.
    func body(_ limits: APILimits, _ clock: any TimeSource) async throws -> FieldReader {
        let bytes = try await bytes(limits, clock)
        let root: [Problem.Step] = [.name("body")]
        let view = bytes.readableBytesView
        guard !view.isEmpty else { return FieldReader(broken: .missing(root, in: .null)) }
        guard isJSON else {
            guard let text = String(validating: view, as: UTF8.self) else { throw APIError.notUTF8 }
            return FieldReader(broken: .notDocument(root, .string(text)))
        }
        switch try parse(view) {
        case .object(let object): return FieldReader(object, at: root)
        case .null: return FieldReader(broken: .missing(root, in: .null))
        case let value: return FieldReader(broken: .notDocument(root, value))
        }
    }

    private func parse(_ view: ByteBufferView) throws -> JSONValue {
        // A mark of byte order is no JSON, but editors write it and the reference reads over it.
        let text = view.starts(with: [0xEF, 0xBB, 0xBF]) ? view.dropFirst(3) : view
        do throws(JSONParseError) {
            return try JSONParser.parse(text)
        } catch {
            guard String(validating: view, as: UTF8.self) != nil else { throw APIError.notUTF8 }
            throw APIError([.notJSON(error)])
        }
    }

    private func bytes(_ limits: APILimits, _ clock: any TimeSource) async throws -> ByteBuffer {
        let limit = limits.bodyBytes
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
            throw APIError.tooLarge("body", limit: limit)
        }
        do {
            return try await BodyArrival(on: channel).collect(request.body, limits, clock)
        } catch is NIOTooManyBytesError {
            throw APIError.tooLarge("body", limit: limit)
        }
    }

    /// `application/json`, or a type whose name ends with `+json`; parameters are ignored.
    private var isJSON: Bool {
        guard let header = request.headers[.contentType] else { return false }
        if header == "application/json" { return true }
        let type = header.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return type.hasPrefix("application/") && (type == "application/json" || type.hasSuffix("+json"))
    }
}
