import ParlantCore

/// The choices of parameter fields, read from the domain so that they cannot differ.
enum ToolParameterWords {
    static let kinds = ToolParameter.Kind.allCases.map(\.rawValue)
    static let sources = ToolParameter.Source.allCases.map(\.rawValue)
}
