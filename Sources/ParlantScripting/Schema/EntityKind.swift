/// What scripts define. Raw values are the kinds of handles and the words of error messages.
enum EntityKind: String, Sendable, CaseIterable {
    case agent, guideline, observation, journey, term, variable, retriever, tool, tag, customer, plugin
    case cannedResponse = "canned_response"
    case matchAlways = "match_always"
    /// A tag that counts when anything with it applies; its number is the tag's.
    case anyOf = "any_of"
    /// A tag that counts when everything with it applies; its number is the tag's.
    case allOf = "all_of"
    /// `parlant.END`.
    case end = "END"
    /// What stands in for a word that does not exist; its problem was reported where it was read.
    case void

    /// Its type in error messages and editor types.
    var luaName: String {
        switch self {
        case .cannedResponse: "parlant.CannedResponse"
        case .matchAlways, .anyOf, .allOf, .end: "parlant." + rawValue
        default: "parlant." + rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// How messages call it before its name.
    var noun: String { self == .cannedResponse ? "canned response" : rawValue }

    /// What its constructor takes; nil where there is no table.
    var schema: RecordSchema? {
        switch self {
        case .agent: .agent
        case .guideline: .guideline
        case .observation: .observation
        case .journey: .journey
        case .term: .term
        case .variable: .variable
        case .retriever: .retriever
        case .tool: .tool
        case .customer: .customer
        case .plugin: .plugin
        case .cannedResponse: .cannedResponse
        case .tag, .matchAlways, .anyOf, .allOf, .end, .void: nil
        }
    }

    /// Whether the kind's constructor is a method: its things belong to an agent, a journey or a guideline.
    var isPart: Bool {
        switch self {
        case .guideline, .observation, .term, .variable, .retriever, .cannedResponse: true
        default: false
        }
    }
}
