/// How values read in a message.
enum TemplateText {
    /// The value as text: lists with commas between the items, objects as JSON, nothing for null.
    static func of(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        case .array(let items): items.filter { !$0.isNull }.map(of).joined(separator: ", ")
        default: value.description
        }
    }

    /// Whether a condition holds: everything but null, false, zero and what is empty.
    static func isTrue(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .largeInteger: true
        case .string(let text): !text.isEmpty
        case .array(let items): !items.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// What a value is, in a sentence: `a list`.
    static func kind(_ value: JSONValue) -> String {
        switch value {
        case .null: "nothing"
        case .boolean: "a boolean"
        case .integer, .number, .largeInteger: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// Roughly how many bytes an operation on the value looks at.
    static func size(_ value: JSONValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .array(let items): items.reduce(0) { $0 + 8 + size($1) }
        case .object(let members): members.reduce(0) { $0 + 8 + size($1.value) }
        default: 8
        }
    }
}
