import ParlantCore

/// Holds JSON against a schema of the API's description. Stricter than JSON Schema: a field that the schema does not
/// know is a violation, because a client's generated type would lose it.
struct SchemaCheck: Sendable {
    /// A keyword that the check does not understand; it must not pass silently.
    struct UnknownKeyword: Error {
        let keyword: String
    }

    private static let keywords: Set = [
        "type", "format", "enum", "items", "properties", "required", "additionalProperties", "anyOf", "minimum",
        "maximum", "minLength", "maxLength", "default", "$ref",
    ]

    let document: JSONValue

    /// What does not fit, each with the way to it; empty when all fits.
    func violations(_ value: JSONValue, _ schema: JSONValue, at path: String = "$") throws -> [String] {
        guard let members = schema.object else { return ["\(path): the schema is no object"] }
        if let unknown = members.keys.first(where: { !Self.keywords.contains($0) }) {
            throw UnknownKeyword(keyword: unknown)
        }
        if let reference = schema["$ref"]?.string { return try violations(value, resolve(reference), at: path) }
        if let choices = schema["anyOf"]?.array {
            let tries = try choices.map { try violations(value, $0, at: path) }
            return tries.contains { $0.isEmpty } ? [] : tries.min { $0.count < $1.count } ?? []
        }
        if let choices = schema["enum"]?.array, !choices.contains(value) { return ["\(path): \(value) is no choice"] }
        switch schema["type"]?.string {
        case nil: return []
        case "null": return value.isNull ? [] : ["\(path): not null"]
        case "boolean": return value.boolean == nil ? ["\(path): no boolean"] : []
        case "number": return value.number == nil ? ["\(path): no number"] : []
        case "integer": return integer(value, schema, path)
        case "string": return string(value, schema, path)
        case "array":
            guard let elements = value.array else { return ["\(path): no list"] }
            let items = schema["items"] ?? [:]
            return try elements.enumerated().flatMap { try violations($1, items, at: "\(path)[\($0)]") }
        case "object": return try object(value, schema, path)
        case let type?: return ["\(path): the schema has the type \(type)"]
        }
    }

    func resolve(_ reference: String) -> JSONValue {
        var value = document
        for step in reference.split(separator: "/").dropFirst() { value = value[String(step)] ?? .null }
        return value
    }

    private func integer(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        guard case .integer(let number) = value else { return ["\(path): no integer"] }
        let isInRange = number >= schema["minimum"]?.integer ?? .min && number <= schema["maximum"]?.integer ?? .max
        return isInRange ? [] : ["\(path): \(number) is out of range"]
    }

    private func string(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        guard let text = value.string else { return ["\(path): no string"] }
        if schema["format"]?.string == "date-time" {
            return text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) == nil ? ["\(path): no time"] : []
        }
        let length = Int64(text.unicodeScalars.count)
        let isInRange = length >= schema["minLength"]?.integer ?? 0 && length <= schema["maxLength"]?.integer ?? .max
        return isInRange ? [] : ["\(path): length \(length) is out of range"]
    }

    private func object(_ value: JSONValue, _ schema: JSONValue, _ path: String) throws -> [String] {
        guard let members = value.object else { return ["\(path): no object"] }
        var violations: [String] = []
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
            violations.append("\(path): \(name) is missing")
        }
        for (name, member) in members {
            if let known = schema["properties"]?[name] ?? schema["additionalProperties"] {
                violations += try self.violations(member, known, at: "\(path).\(name)")
            } else {
                violations.append("\(path): \(name) is not in the schema")
            }
        }
        return violations
    }
}
