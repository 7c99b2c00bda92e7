import LuaRuntime
public import ParlantCore

/// The folders that scripts are read from.
public struct ScriptRoots: Sendable {
    /// Path of the folder with the agents; errors call it `agents`.
    public var agents: String
    /// Path of the folder with the plugins; errors call it `plugins`. Nil, or a folder that does not exist: none.
    public var plugins: String?
    /// Names of the plugins that are loaded; nil: every one there is.
    public var enabledPlugins: [String]?

    /// Names of the agents' bundles that are loaded; nil: every one there is. The others can still be required.
    public var onlyAgents: Set<String>?

    /// Names the folders.
    public init(
        agents: String, plugins: String? = nil, enabledPlugins: [String]? = nil, onlyAgents: Set<String>? = nil
    ) {
        self.agents = agents
        self.onlyAgents = onlyAgents
        self.plugins = plugins
        self.enabledPlugins = enabledPlugins
    }
}

/// What scripts may use. The defaults suit a server with many small agents.
public struct ScriptLimits: Sendable, Equatable {
    /// Milliseconds of running Lua in which one bundle must have loaded.
    public var loadMilliseconds = 500
    /// Instructions in which one bundle must have loaded.
    public var loadInstructions = 10_000_000
    /// Milliseconds of running Lua in one call of a handler; waiting does not count.
    public var callMilliseconds = 1_000
    /// Instructions of one call of a handler.
    public var callInstructions = 50_000_000
    /// Longest time for one call of a matcher or another handler that is no tool, waiting included.
    public var handlerTimeout: Duration = .seconds(30)
    /// Longest time for one call of a plugin's language model or customer store, waiting included.
    public var providerTimeout: Duration = .seconds(120)
    /// Bytes of JSON of the data that a tool, a retriever or another function returns, and of text of its reason.
    public var resultBytes = 16 << 10
    /// Bytes of a message, or of the JSON of a custom event, of a status's details or of a value of a variable or of
    /// metadata, that a script emits or sets.
    public var eventBytes = 64 << 10
    /// What the metadata of a session or customer, and a session's labels, may become when a script adds to them.
    public var metadata = MetadataLimits()
    /// Bytes of one script file.
    public var fileBytes = 1 << 20
    /// Script files in both folders.
    public var files = 10_000
    /// Bytes of all script files together; they are kept in memory.
    public var sourceBytes = 64 << 20
    /// Bytes that the Lua of one bundle may hold on one lane.
    public var memoryBytes = 64 << 20
    /// Calls of one bundle that may be under way on one lane, waiting ones included.
    public var concurrentCalls = 2_000
    /// How long the calls of a generation that a reload replaced may go on.
    public var retirement: Duration = .seconds(60)
    /// Replaced generations of one bundle whose calls may go on at a time. One more waits to be served, and then the
    /// calls of the oldest end.
    public var retiredGenerations = 2
    /// How long a generation that is loaded waits for the calls of older ones, when there are too many of those.
    public var swapPatience: Duration = .seconds(5)
    /// Bytes of the reply to `ctx.http`.
    public var replyBytes = 4 << 20
    /// Bytes of a reply that `ctx.http:stream` reads piece by piece.
    public var streamBytes = 64 << 20
    /// Requests that one call of a handler may send.
    public var requestsPerCall = 100
    /// Requests of one bundle that may be under way on one lane, open streams included.
    public var concurrentRequests = 200
    /// Functions that one call of a handler may run with `ctx:all`; each has the instructions and the time of a call.
    public var branchesPerCall = 32

    /// What some bundles may use instead, by name. Limits of reading, files and retirement are those of the server.
    public var bundles: [String: ScriptLimits] = [:]

    /// The defaults.
    public init() {}

    /// What a bundle may use.
    public func of(_ bundle: String) -> ScriptLimits { bundles[bundle] ?? self }
}

extension ScriptLimits {
    /// What one call of a handler may compute.
    var callBudget: LuaBudget {
        LuaBudget(instructions: callInstructions, time: .milliseconds(callMilliseconds))
    }
}
