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

    static func journey(_ id: JourneyID, of agent: AgentID, _ field: String) -> FunctionKey {
        FunctionKey(subject: "journey \(agent)\u{1F}\(id)", field: field)
    }

    /// A function of a journey's state.
    static func state(_ name: String, of journey: JourneyID, of agent: AgentID, _ field: String) -> FunctionKey {
        FunctionKey(subject: "state \(agent)\u{1F}\(journey)\u{1F}\(name)", field: field)
    }

    /// A function that guidelines, journeys and states may have.
    static func owner(_ owner: HandlerOwner, of agent: AgentID, _ field: String) -> FunctionKey {
        switch owner {
        case .guideline(let id): guideline(id, of: agent, field)
        case .journey(let id): journey(id, of: agent, field)
        case .journeyState(let id, let name): state(name, of: id, of: agent, field)
        }
    }

    static func retriever(_ id: RetrieverID, of agent: AgentID) -> FunctionKey {
        FunctionKey(subject: "retriever \(agent)\u{1F}\(id)", field: "run")
    }

    static func hook(_ hook: Hook, of agent: AgentID) -> FunctionKey {
        FunctionKey(subject: "hook \(agent)", field: "\(hook.step.rawValue) \(hook.position)")
    }

    /// A function of a plugin: `load`, or one of a group such as `nlp generate`, `hooks error`, `customer_store find`.
    static func plugin(_ name: String, _ field: String) -> FunctionKey {
        FunctionKey(subject: "plugin \(name)", field: field)
    }
}

/// What one bundle defines, as one lane loaded it. Ids of tags are still their names.
struct BundleContents: Sendable {
    /// The tag that makes a canned response a preamble.
    static let preambleTag = CannedResponse.preambleTag

    struct AgentContents: Sendable, Equatable {
        var agent: Agent
        var guidelines: [Guideline] = []
        var tools: [ToolID] = []
        var cannedResponses: [CannedResponse] = []
        var agentCannedResponses: [CannedResponseID] = []
        var terms: [Term] = []
        var variables: [ContextVariable] = []
        var variableValues: [VariableValue] = []
        var journeys: [Journey] = []
        var triggers: [Guideline] = []
        var retrievers: [Retriever] = []
        var relationships: [Relationship] = []
        var hooks: [Hook] = []
    }

    /// What a plugin provides besides tools. Its functions are under ``FunctionKey/plugin(_:_:)``.
    struct PluginContents: Sendable, Equatable {
        var name: String
        var version: String?
        var description: String?
        /// Steps at which it has a handler.
        var hooks: Set<HookStep> = []
        var languageModel: LanguageModel?
        var customerStore: CustomerStore?

        struct LanguageModel: Sendable, Equatable {
            /// Context window of the generation model, in tokens.
            var maxTokens: Int
            /// Length of one embedding vector.
            var dimensions: Int
        }

        struct CustomerStore: Sendable, Equatable {
            /// How long what `find` returned is kept.
            var cache: Duration
        }
    }

    struct CustomerContents: Sendable, Equatable {
        var id: CustomerID
        var name: String
        var about: String?
        var documents: [Document] = []
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
    /// Of a plugin's bundle.
    var plugin: PluginContents?
    var functions: [FunctionKey: LuaFunction] = [:]
    /// Handles of guidelines, by the subject of their functions.
    var handles: [String: LuaHandle] = [:]

    /// Whether another lane's load made the same, apart from the numbers that its VM gave.
    func isSame(as other: BundleContents) -> Bool {
        agents == other.agents && tools == other.tools && customers == other.customers
            && settings == other.settings && plugin == other.plugin && tagNames == other.tagNames
            && Set(functions.keys) == Set(other.functions.keys)
    }
}
