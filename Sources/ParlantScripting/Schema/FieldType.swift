/// What a field of a definition holds. Validation, error texts and editor types follow from it.
indirect enum FieldType: Sendable {
    /// A string with something in it besides white space.
    case text
    /// A string within a number of characters.
    case shortText(ClosedRange<Int>)
    /// A name that models and templates can write: a letter or `_`, then letters, digits, `_` and `-`; at most 64.
    case name
    case integer(ClosedRange<Int64>)
    /// Any number above the bound.
    case number(above: Double)
    /// Zero or any number above.
    case nonNegative
    case anyNumber
    case boolean
    /// One of these strings.
    case choice([String])
    /// A list of at least one; the empty list is a problem, because it is what a misspelt name leaves behind.
    case list(FieldType)
    /// A value that a constructor made.
    case handle([EntityKind])
    /// A table with named fields of its own.
    case record(RecordSchema)
    /// States by name; each is named in problems by its own name.
    case states(RecordSchema)
    /// A rule of cron with five fields.
    case cron
    /// A list of parameters; each is named in problems by its own name.
    case parameters(RecordSchema)
    /// A function; the text is its signature in editor types.
    case function(String)
    /// A table of JSON values by name.
    case jsonObject
    /// Anything that JSON has.
    case json
    /// Any of these; the first that the value's kind fits decides what is reported.
    case either([FieldType])

    /// The kind in an error sentence, after "expected".
    var expectation: String {
        switch self {
        case .text: "a string"
        case .shortText(let range): "a string of \(range.lowerBound) to \(range.upperBound) characters"
        case .name: "a name of letters, digits, '_' and '-'"
        case .integer(let range):
            range.lowerBound == .min
                ? "an integer"
                : range.upperBound == .max
                    ? "an integer of at least \(range.lowerBound)"
                    : "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .number(let bound): "a number above \(Wording.number(bound))"
        case .nonNegative: "a number of at least 0"
        case .anyNumber: "a number"
        case .boolean: "a boolean"
        case .choice(let words): "one of \(words.sorted().joined(separator: ", "))"
        case .list(let element): "a list of \(element.plural)"
        case .handle(let kinds): kinds.map(\.luaName).joined(separator: " or ")
        case .record: "a table with named fields"
        case .states: "a table of states by name"
        case .cron: "a cron rule of five fields, as in \"0 * * * *\""
        case .parameters: "a list of parameters"
        case .function: "a function"
        case .jsonObject: "a table with named fields"
        case .json: "a JSON value"
        case .either(let types): types.map(\.expectation).joined(separator: " or ")
        }
    }

    private var plural: String {
        switch self {
        case .text, .shortText: "strings"
        case .json: "values"
        case .record: "tables"
        case .handle(let kinds): kinds.map(\.luaName).joined(separator: " or ")
        case .either(let types): types.map(\.plural).joined(separator: " or ")
        default: expectation
        }
    }

    /// Whether a list is what the field takes.
    var isList: Bool {
        switch self {
        case .list, .parameters: true
        case .either(let types): types.contains { $0.isList }
        default: false
        }
    }
}
