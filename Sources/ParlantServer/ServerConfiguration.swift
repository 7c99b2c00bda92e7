public import Logging
public import ParlantCore
public import ParlantEngine
public import ParlantScripting

/// How one server is set up: the command line, and what the configuration file and the environment add.
public struct ServerConfiguration: Sendable {
    /// Folder with the agents: a file or a folder each.
    public var agents: String
    /// Folder with the plugins; nil: `plugins` beside ``agents``, if it is there.
    public var plugins: String?
    /// Address to listen on.
    public var host: String
    /// Port to listen on; 0: any free one, printed at start.
    public var port: Int
    /// Which models are asked.
    public var models: ModelChoice
    /// Where what is made at run time is kept.
    public var stores: StorePlan
    /// Folder with a built web page to serve at `/chat/`; nil: none.
    public var chat: String?
    public var logLevel: Logger.Level
    /// Whether a change of a script is noticed and loaded. SIGHUP loads changes in any case.
    public var watchesScripts: Bool
    /// Hosts that tools may reach: `host`, `host:port`, `*.example.com`, or `*`.
    public var allowedHTTP: [String]
    /// Contents of the configuration file.
    public var file: ConfigurationFile
    /// The process's environment; read for keys and settings, never printed.
    public var environment: [String: String]

    public init(
        agents: String, plugins: String? = nil, host: String = "127.0.0.1", port: Int = 8800,
        models: ModelChoice = .init(), stores: StorePlan = .init(), chat: String? = nil,
        logLevel: Logger.Level = .info,
        watchesScripts: Bool = true, allowedHTTP: [String] = [],
        file: ConfigurationFile = .init(), environment: [String: String] = [:]
    ) {
        self.agents = agents
        self.plugins = plugins
        self.host = host
        self.port = port
        self.models = models
        self.stores = stores
        self.chat = chat
        self.logLevel = logLevel
        self.watchesScripts = watchesScripts
        self.allowedHTTP = allowedHTTP
        self.file = file
        self.environment = environment
    }
}

/// The configuration file, a JSON object:
///
/// ```json
/// {
///   "plugins": ["location"],
///   "settings": { "support": { "orders_url": "http://127.0.0.1:9000" } },
///   "limits": { "*": { "memory_bytes": 33554432 }, "support": { "requests_per_call": 10 } },
///   "http": { "allow": ["127.0.0.1:9000"] },
///   "budgets": { "day": { "soft": { "money": 8 }, "hard": { "money": 10 } } },
///   "moderation": { "rules": [{ "categories": ["jailbreak"], "patterns": ["ignore ... instructions"] }] },
///   "strategies": { "narrow_from": 40, "response_analysis": "never" }
/// }
/// ```
public struct ConfigurationFile: Sendable, Equatable {
    /// Plugins to load, in this order; nil: all that are there.
    public var plugins: [String]?
    /// Settings by bundle, for the parameters that its agents or its plugin declare as `config`.
    public var settings: [String: JSONObject]
    /// What scripts may use: `*` for all bundles, and by bundle on top of that.
    public var limits: ScriptLimits
    /// Hosts that tools may reach, besides those of the command line.
    public var allowedHTTP: [String]
    /// What language models may cost.
    public var budgets: Budgets
    /// What keeps messages from agents, for those who post with `moderation=auto` or `paranoid`; nil: no rules.
    public var moderation: ModerationRules?
    /// Which ways to save calls of models are used.
    public var strategies = StrategyChoice()
    /// How conversations are remembered, where agents want it.
    public var memory = MemoryPolicy()

    public init(
        plugins: [String]? = nil, settings: [String: JSONObject] = [:], limits: ScriptLimits = .init(),
        allowedHTTP: [String] = [], budgets: Budgets = .init()
    ) {
        self.plugins = plugins
        self.settings = settings
        self.limits = limits
        self.allowedHTTP = allowedHTTP
        self.budgets = budgets
    }

    /// Reads the file's text.
    ///
    /// - Parameter name: The file's name, for errors.
    /// - Throws: ``ConfigurationError`` that names the member and what was expected; unknown members are refused, so
    ///   that a typo does not pass in silence.
    public init(parsing text: [UInt8], name: String) throws(ConfigurationError) {
        let root: JSONValue
        do {
            root = try JSONParser.parse(text)
        } catch {
            throw ConfigurationError("\(name): not valid JSON: \(error)")
        }
        guard let members = root.object else { throw ConfigurationError("\(name): expected an object") }
        self.init()
        for (key, value) in members {
            switch key {
            case "plugins": plugins = try Self.strings(value, "\(name): plugins")
            case "settings": settings = try Self.objects(value, "\(name): settings")
            case "limits": limits = try ScriptLimits(reading: value, "\(name): limits")
            case "http":
                guard let options = value.object else { throw ConfigurationError("\(name): http: expected an object") }
                for (option, value) in options {
                    guard option == "allow" else {
                        throw ConfigurationError("\(name): http: unknown member '\(option)'; there is 'allow'")
                    }
                    allowedHTTP = try Self.strings(value, "\(name): http.allow")
                }
            case "budgets": budgets = try Budgets(reading: value, "\(name): budgets")
            case "moderation": moderation = try ModerationRules.read(value, "\(name): moderation")
            case "strategies": strategies = try StrategyChoice(reading: value, "\(name): strategies")
            case "memory": memory = try MemoryPolicy(reading: value, "\(name): memory")
            default:
                let members = [
                    "plugins", "settings", "limits", "http", "budgets", "moderation", "strategies", "memory",
                ]
                let hint = Suggestion.nearest(to: key, among: members).map { " (did you mean '\($0)'?)" } ?? ""
                throw ConfigurationError(
                    "\(name): unknown member '\(key)'\(hint); there are "
                        + members.map { "'\($0)'" }.joined(separator: ", "))
            }
        }
    }

    private static func strings(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> [String] {
        guard let elements = value.array, case let texts = elements.compactMap(\.string), texts.count == elements.count
        else { throw ConfigurationError("\(path): expected a list of strings, got \(value.brief)") }
        return texts
    }

    private static func objects(
        _ value: JSONValue, _ path: String
    ) throws(ConfigurationError) -> [String: JSONObject] {
        guard let members = value.object else { throw ConfigurationError("\(path): expected an object") }
        var objects: [String: JSONObject] = [:]
        for (bundle, settings) in members {
            guard let settings = settings.object else {
                throw ConfigurationError("\(path).\(bundle): expected an object of settings")
            }
            objects[bundle] = settings
        }
        return objects
    }
}

/// The server cannot start as it was asked to.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to do about it; may have several lines.
    public var message: String

    public init(_ message: String) { self.message = message }

    /// What a store says.
    init(_ error: any Error) {
        let message = (error as? ConfigurationError)?.message ?? (error as? StoreError)?.message
        self.init(message ?? "\(error)")
    }

    public var description: String { message }
}
