import HTTPTypes
import Hummingbird
import ParlantCore
import Testing

/// The API's description, as the tests of the API hold every response against it.
struct Description: Sendable {
    /// The description as the server sends it.
    static let served = Task { Description(try await Fixture().sendUnchecked(.get, "/openapi.json").value.json) }

    let document: JSONValue

    /// Methods and paths of all operations, with what is said of each.
    var operations: [(method: String, path: String, operation: JSONValue)] {
        (document["paths"]?.object ?? [:]).flatMap { path, operations in
            (operations.object ?? [:]).map { (method: $0.uppercased(), path: path, operation: $1) }
        }
    }

    init(_ document: JSONValue) { self.document = document }

    /// What in a response the description does not say; empty as well for what belongs to no operation.
    func violations(_ method: HTTPRequest.Method, _ uri: String, _ answer: Answer) throws -> [String] {
        guard let operation = operation(method, uri), answer.status != 307 else { return [] }
        guard var response = operation["responses"]?["\(answer.status)"] else {
            return ["status \(answer.status) is not described"]
        }
        let check = SchemaCheck(document: document)
        if let reference = response["$ref"]?.string { response = check.resolve(reference) }
        guard let content = response["content"]?.object else {
            return answer.text.isEmpty ? [] : ["a body where none is described"]
        }
        let type = answer.headers[.contentType]?.split(separator: ";").first.map(String.init) ?? ""
        guard let described = content[type] else { return ["content type \(type) is not described"] }
        guard type == "application/json", let schema = described["schema"] else { return [] }
        return try check.violations(try answer.value.json, schema)
    }

    private func operation(_ method: HTTPRequest.Method, _ uri: String) -> JSONValue? {
        let segments = uri.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        let found = operations.first { entry in
            let pattern = entry.path.split(separator: "/", omittingEmptySubsequences: false)
            return entry.method == method.rawValue && pattern.count == segments.count
                && zip(pattern, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return found?.operation
    }
}
