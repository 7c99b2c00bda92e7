import LuaRuntime
import ParlantCore

/// Which function of a script: the same on every lane, whatever number the lane's VM gave it.
struct FunctionKey: Hashable, Sendable {
    /// `guideline AGENT ID`, or `tool SERVICE:NAME`.
    var subject: String
    /// Field that holds it; of a parameter with the parameter's name: `choices account`.
    var field: String

    static func guideline(_ id: GuidelineID, of agent: AgentID, _ field: String) -> FunctionKey {
        FunctionKey(subject: guideline(id, of: agent), field: field)
    }

    static func guideline(_ id: GuidelineID, of agent: AgentID) -> String { "guideline \(agent)\u{1F}\(id)" }

    static func tool(_ id: ToolID, _ field: String) -> FunctionKey { FunctionKey(subject: "tool \(id)", field: field) }
}

/// What one bundle defines, as one lane loaded it. Ids of tags are still their names.
struct BundleContents: Sendable {
    /// The tag that makes a canned response a preamble; the reference's fixed id.
    static let preambleTag: TagID = "__preamble__"

    struct AgentContents: Sendable, Equatable {
        var agent: Agent
        var guidelines: [Guideline] = []
        var tools: [ToolID] = []
        var cannedResponses: [CannedResponse] = []
        var agentCannedResponses: [CannedResponseID] = []
    }

    struct CustomerContents: Sendable, Equatable {
        var id: CustomerID
        var name: String
        var metadata: JSONObject
        var tagNames: [String]
        var location: SourceLocation
    }

    struct Setting: Sendable, Equatable {
        var parameter: ToolParameter
        /// Who declares it, for problems: `agent "bank"`.
        var label: String
        var location: SourceLocation
    }

    var agents: [AgentContents] = []
    /// All tools that the bundle made or required, by id.
    var tools: [ToolID: Tool] = [:]
    var customers: [CustomerContents] = []
    var tagNames: OrderedSet<String> = []
    var settings: [Setting] = []
    /// Version, for a plugin that says so.
    var version: String?
    var functions: [FunctionKey: LuaFunction] = [:]
    /// Handles of guidelines, by the subject of their functions.
    var handles: [String: LuaHandle] = [:]

    /// Whether another lane's load made the same, apart from the numbers that its VM gave.
    func isSame(as other: BundleContents) -> Bool {
        agents == other.agents && tools == other.tools && customers == other.customers
            && settings == other.settings && version == other.version && tagNames == other.tagNames
            && Set(functions.keys) == Set(other.functions.keys)
    }
}
