/// What scripts define. Raw values are the kinds of handles and the words of error messages.
enum EntityKind: String, Sendable, CaseIterable {
    case agent, guideline, observation, tool, tag, customer, plugin
    case cannedResponse = "canned_response"
    case matchAlways = "match_always"
    /// What stands in for a definition that this version does not have; its problem was reported where it was made.
    case void

    /// Its type in error messages and editor types.
    var luaName: String {
        switch self {
        case .cannedResponse: "parlant.CannedResponse"
        case .matchAlways: "parlant.match_always"
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
        case .tool: .tool
        case .customer: .customer
        case .plugin: .plugin
        case .cannedResponse: .cannedResponse
        case .tag, .matchAlways, .void: nil
        }
    }
}
