import ParlantCore

/// The shape of a JSON value, as the API's description states it.
///
/// Shapes of requests are noted by the readers that check them; shapes of responses stand beside the function that
/// writes them, and the tests hold every response against them.
indirect enum Schema: Sendable {
    case anything
    case boolean
    case number
    case integer(ClosedRange<Int> = Int.min...Int.max)
    /// A text with so many characters (Unicode scalars).
    case string(length: ClosedRange<Int> = 0...Int.max)
    /// ISO 8601 in UTC with microseconds.
    case timestamp
    case choice([String])
    case list(Schema)
    /// An object with known fields.
    case object([Field])
    /// An object whose keys are anybody's business; all values have one shape.
    case dictionary(Schema)
    case nullable(Schema)
    case either([Schema])
    /// A shape that the description keeps under a name of its own, and refers to.
    case named(String, Schema)

    /// One field of an object.
    struct Field: Sendable {
        var name: String
        var schema: Schema
        var isRequired = true
        /// What counts when it is not given, where that can be said.
        var fallback: JSONValue?
    }

    /// An object all of whose fields are always there, as responses have them.
    static func record(_ fields: KeyValuePairs<String, Schema>) -> Schema {
        .object(fields.map { Field(name: $0, schema: $1) })
    }

    /// One of an enumeration's texts.
    static func choice<Choice>(of type: Choice.Type) -> Schema
    where Choice: CaseIterable & RawRepresentable<String> {
        .choice(Choice.allCases.map(\.rawValue))
    }
}

extension Schema {
    /// The schema in JSON Schema's words. Named ones go into `components`, each once, and are referred to.
    func json(_ components: inout JSONObject) -> JSONObject {
        switch self {
        case .anything: [:]
        case .boolean: ["type": "boolean"]
        case .number: ["type": "number"]
        case .integer(let range): Self.integer(range)
        case .string(let length): Self.string(length)
        case .timestamp: ["type": "string", "format": "date-time"]
        case .choice(let choices): ["type": "string", "enum": .array(choices.map(JSONValue.string))]
        case .list(let element): ["type": "array", "items": .object(element.json(&components))]
        case .object(let fields): Self.object(fields, &components)
        case .dictionary(let value): ["type": "object", "additionalProperties": .object(value.json(&components))]
        case .nullable(.anything): [:]
        case .nullable(let schema): Self.any([.object(schema.json(&components)), ["type": "null"]])
        case .either(let schemas): Self.any(schemas.map { .object($0.json(&components)) })
        case .named(let name, let schema): Self.reference(name, schema, &components)
        }
    }

    private static func any(_ schemas: [JSONValue]) -> JSONObject { ["anyOf": .array(schemas)] }

    private static func integer(_ range: ClosedRange<Int>) -> JSONObject {
        var json: JSONObject = ["type": "integer"]
        if range.lowerBound != .min { json["minimum"] = .integer(Int64(range.lowerBound)) }
        if range.upperBound != .max { json["maximum"] = .integer(Int64(range.upperBound)) }
        return json
    }

    private static func string(_ length: ClosedRange<Int>) -> JSONObject {
        var json: JSONObject = ["type": "string"]
        if length.lowerBound > 0 { json["minLength"] = .integer(Int64(length.lowerBound)) }
        if length.upperBound != .max { json["maxLength"] = .integer(Int64(length.upperBound)) }
        return json
    }

    private static func object(_ fields: [Field], _ components: inout JSONObject) -> JSONObject {
        var properties: JSONObject = [:]
        for field in fields {
            var json = field.schema.json(&components)
            json["default"] = field.fallback
            properties[field.name] = .object(json)
        }
        var json: JSONObject = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { json["required"] = .array(required) }
        return json
    }

    private static func reference(_ name: String, _ schema: Schema, _ components: inout JSONObject) -> JSONObject {
        if components[name] == nil {
            components[name] = [:]  // Keeps its place, and ends the search should a schema contain itself.
            components[name] = .object(schema.json(&components))
        }
        return ["$ref": .string("#/components/schemas/\(name)")]
    }
}
