import ParlantCore

/// One way in which a request does not fit the schema, in the shape and the words of the reference's validator.
struct Problem: Sendable {
    /// A step on the way to the value.
    enum Step: Sendable {
        case name(String)
        case index(Int)
    }

    var type: String
    var path: [Step]
    var message: String
    /// What was sent there; for what is missing: the object in which it is missing.
    var input: JSONValue
    var context: JSONObject?

    init(_ type: String, at path: [Step], _ message: String, input: JSONValue, context: JSONObject? = nil) {
        self.type = type
        self.path = path
        self.message = message
        self.input = input
        self.context = context
    }

    /// What ``write(to:)`` writes, in the list in which problems are told.
    static let schema = Schema.named(
        "ValidationError",
        .record([
            "detail": .list(
                .named(
                    "Problem",
                    .object([
                        .init(name: "type", schema: .string()),
                        .init(name: "loc", schema: .list(.either([.string(), .integer()]))),
                        .init(name: "msg", schema: .string()),
                        .init(name: "input", schema: .anything),
                        .init(name: "ctx", schema: .dictionary(.anything), isRequired: false),
                    ])))
        ]))

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.string(type)
        writer.key("loc")
        writer.beginArray()
        for step in path {
            switch step {
            case .name(let name): writer.string(name)
            case .index(let index): writer.integer(index)
            }
        }
        writer.endArray()
        writer.key("msg")
        writer.string(message)
        writer.key("input")
        writer.value(input)
        if let context {
            writer.key("ctx")
            writer.object(context)
        }
        writer.endObject()
    }
}

extension Problem {
    static func missing(_ path: [Step], in input: JSONValue) -> Problem {
        Problem("missing", at: path, "Field required", input: input)
    }

    static func notString(_ path: [Step], _ input: JSONValue) -> Problem {
        Problem("string_type", at: path, "Input should be a valid string", input: input)
    }

    static func tooShort(_ path: [Step], _ input: String, minimum: Int) -> Problem {
        Problem(
            "string_too_short", at: path,
            "String should have at least \(minimum) character\(minimum == 1 ? "" : "s")", input: .string(input),
            context: ["min_length": .integer(Int64(minimum))])
    }

    static func tooLong(_ path: [Step], _ input: String, maximum: Int) -> Problem {
        Problem(
            "string_too_long", at: path,
            "String should have at most \(maximum) character\(maximum == 1 ? "" : "s")", input: .string(input),
            context: ["max_length": .integer(Int64(maximum))])
    }

    static func notChoice(_ path: [Step], _ input: JSONValue, of choices: [String]) -> Problem {
        let quoted = choices.map { "'\($0)'" }
        let list = quoted.dropLast().joined(separator: ", ")
        let expected = quoted.count > 1 ? "\(list) or \(quoted[quoted.count - 1])" : quoted.joined()
        return Problem(
            "enum", at: path, "Input should be \(expected)", input: input, context: ["expected": .string(expected)])
    }

    static func tooSmall(_ path: [Step], _ input: JSONValue, minimum: Int) -> Problem {
        Problem(
            "greater_than_equal", at: path, "Input should be greater than or equal to \(minimum)", input: input,
            context: ["ge": .integer(Int64(minimum))])
    }

    static func tooGreat(_ path: [Step], _ input: JSONValue, maximum: Int) -> Problem {
        Problem(
            "less_than_equal", at: path, "Input should be less than or equal to \(maximum)", input: input,
            context: ["le": .integer(Int64(maximum))])
    }

    static func notInteger(_ path: [Step], _ input: JSONValue) -> Problem {
        switch input {
        case .string:
            Problem(
                "int_parsing", at: path,
                "Input should be a valid integer, unable to parse string as an integer", input: input)
        case .number:
            Problem(
                "int_from_float", at: path,
                "Input should be a valid integer, got a number with a fractional part", input: input)
        default: Problem("int_type", at: path, "Input should be a valid integer", input: input)
        }
    }

    static func notBoolean(_ path: [Step], _ input: JSONValue) -> Problem {
        Problem("bool_parsing", at: path, "Input should be a valid boolean, unable to interpret input", input: input)
    }

    static func notList(_ path: [Step], _ input: JSONValue) -> Problem {
        Problem("list_type", at: path, "Input should be a valid list", input: input)
    }

    /// A free-form object was expected.
    static func notDictionary(_ path: [Step], _ input: JSONValue) -> Problem {
        Problem("dict_type", at: path, "Input should be a valid dictionary", input: input)
    }

    /// An object with known fields was expected.
    static func notDocument(_ path: [Step], _ input: JSONValue) -> Problem {
        Problem(
            "model_attributes_type", at: path,
            "Input should be a valid dictionary or object to extract fields from", input: input)
    }

    /// Stands for all that is wrong with a body besides what is told.
    static let more = Problem(
        "too_many_problems", at: [.name("body")], "There are more problems than these; mend these first", input: .null)

    /// A place in a list that no reply named.
    static func notCursor(_ path: [Step], _ input: JSONValue) -> Problem {
        Problem(
            "cursor", at: path,
            "Input should be the next_cursor of an earlier reply; leave it out to begin at the start", input: input)
    }

    /// Text of a query parameter that should be JSON.
    static func notJSON(_ error: JSONParseError, at path: [Step], input: JSONValue) -> Problem {
        Problem(
            "json_invalid", at: path, "JSON decode error", input: input,
            context: ["error": .string("\(error.message) at position \(error.position)")])
    }

    static func notJSON(_ error: JSONParseError) -> Problem {
        Problem(
            "json_invalid", at: [.name("body"), .index(error.position)], "JSON decode error", input: [:],
            context: ["error": .string(error.message)])
    }
}
