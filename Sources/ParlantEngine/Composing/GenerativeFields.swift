import ParlantCore

/// Placeholders that a model fills in: `{{generative.reason}}`.
///
/// A filled-in value is the only text of a model that strict mode lets through, so it is checked before it is used.
enum GenerativeFields {
    static let root = "generative"
    /// Most generative fields of one template; one with more is no candidate.
    static let limit = 8
    /// Most characters of a value.
    static let maxCharacters = 300

    /// Names of a template's generative fields, without their root; nil when the template uses them in a way that no
    /// model can fill: the root itself, parts of a field, or too many.
    static func names(in template: CannedResponseTemplate) -> [String]? {
        var names: [String] = []
        for path in template.fields {
            let parts = path.split(separator: ".")
            guard parts.first.map(String.init) == root else { continue }
            guard parts.count == 2 else { return nil }
            names.append(String(parts[1]))
        }
        return names.count <= limit ? names : nil
    }

    /// Values with the generative ones among them.
    static func adding(_ values: [String: String], to fields: JSONObject) -> JSONObject {
        var all = fields
        all[root] = .object(
            JSONObject(uniqueKeysWithValues: values.sorted { $0.key < $1.key }.map { ($0, .string($1)) }))
        return all
    }

    /// Values with each generative field standing for itself, as a model is shown it.
    static func addingPlaceholders(_ names: [String], to fields: JSONObject) -> JSONObject {
        guard !names.isEmpty else { return fields }
        return adding(Dictionary(uniqueKeysWithValues: names.map { ($0, "{{\(root).\($0)}}") }), to: fields)
    }

    /// The schema of an object that has a value, or null, for each generative field of the candidates; nil when they
    /// have none.
    static func schema(for candidates: [CannedCandidate]) -> JSONValue? {
        var properties: JSONObject = [:]
        for candidate in candidates {
            for name in candidate.generativeFields where properties[name] == nil {
                var value: JSONObject = ["anyOf": [["type": "string"], ["type": "null"]]]
                if let text = description(of: name, in: candidate.response) { value["description"] = .string(text) }
                properties[name] = .object(value)
            }
        }
        guard !properties.isEmpty else { return nil }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.keys.map(JSONValue.string)), "additionalProperties": false,
        ]
    }

    /// The values of a model's answer that can be used: one line of plain text each.
    static func values(in answer: JSONValue?) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in answer?.object ?? [:] {
            if let text = value.string.flatMap(usable) { values[name] = text }
        }
        return values
    }

    private static func usable(_ text: String) -> String? {
        let marks = ["{{", "}}", "{%", "%}", "{#", "#}"]
        guard let start = text.firstIndex(where: { !$0.isWhitespace }),
            let end = text.lastIndex(where: { !$0.isWhitespace })
        else { return nil }
        let value = String(text[start...end])
        let isPlain = value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isPlain, value.count <= maxCharacters, !marks.contains(where: value.contains) else { return nil }
        return value
    }

    private static func description(of name: String, in response: CannedResponse) -> String? {
        guard let field = response.fields.first(where: { $0.name == name || $0.name == "\(root).\(name)" }) else {
            return nil
        }
        let examples = field.examples.isEmpty ? "" : "; for example " + field.examples.joined(separator: ", ")
        return field.description + examples
    }
}
