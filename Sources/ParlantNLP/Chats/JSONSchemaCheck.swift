import ParlantCore

/// Checks the structure of a model's answer against a schema.
///
/// Known words: `type` (a name or a list), `enum`, `const`, `properties`, `required`, `items`, `anyOf`. All others
/// pass, `additionalProperties` among them: members too many do no harm, and not every endpoint can keep models from
/// writing them.
enum JSONSchemaCheck {
    /// The first thing that does not fit, as a phrase with its path (`answer.items[2] is not a string`); nil when all
    /// fits. It names members of the schema and types, never values. O(size of the value).
    static func problem(of value: JSONValue, in schema: JSONValue, at path: String = "the answer") -> String? {
        if let types = types(of: schema), !types.contains(where: { fits(value, $0) }) {
            return "\(path) is not of type \(types.joined(separator: " or "))"
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            return "\(path) is none of the allowed values"
        }
        if let only = schema["const"], only != value { return "\(path) is none of the allowed values" }
        if let members = value.object, let problem = problem(of: members, in: schema, at: path) { return problem }
        if let elements = value.array, let items = schema["items"], items.object != nil {
            for (index, element) in elements.enumerated() {
                if let problem = problem(of: element, in: items, at: "\(path)[\(index)]") { return problem }
            }
        }
        if let alternatives = schema["anyOf"]?.array, !alternatives.isEmpty,
            alternatives.allSatisfy({ problem(of: value, in: $0, at: path) != nil })
        {
            return "\(path) fits none of the alternatives"
        }
        return nil
    }

    private static func problem(of members: JSONObject, in schema: JSONValue, at path: String) -> String? {
        for name in schema["required"]?.array ?? [] {
            if let name = name.string, members[name] == nil { return "\(path) has no member '\(name)'" }
        }
        for (name, schema) in schema["properties"]?.object ?? [:] {
            if let value = members[name], let problem = problem(of: value, in: schema, at: "\(path).\(name)") {
                return problem
            }
        }
        return nil
    }

    private static func types(of schema: JSONValue) -> [String]? {
        if let one = schema["type"]?.string { return [one] }
        return schema["type"]?.array?.compactMap(\.string)
    }

    private static func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "object": value.object != nil
        case "array": value.array != nil
        case "string": value.string != nil
        case "boolean": value.boolean != nil
        case "integer": value.integer != nil || isLarge(value)
        case "number": value.number != nil
        case "null": value.isNull
        default: true
        }
    }

    private static func isLarge(_ value: JSONValue) -> Bool { if case .largeInteger = value { true } else { false } }
}
