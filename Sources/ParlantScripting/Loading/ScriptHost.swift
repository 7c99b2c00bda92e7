public import Logging
public import LuaRuntime
public import ParlantCore

/// Reads the scripts of a server.
public enum ScriptHost {
    /// Loads all bundles, each into a Lua state of its own per lane, and checks everything before anything is used.
    ///
    /// - Parameters:
    ///   - roots: Where the scripts are.
    ///   - configuration: Settings by bundle, then by name.
    ///   - environment: Variables of the process; `PARLANT_<BUNDLE>_<NAME>` goes before the configuration.
    ///   - lanes: Threads that run Lua, at least one; they outlive the scripts. A session's calls go to one lane.
    ///   - http: The way out for `ctx.http`.
    ///   - clock: Time that scripts see and wait on.
    ///   - limits: What scripts may use.
    ///   - logger: Where scripts' lines and defects go.
    /// - Returns: The scripts, or every problem of every bundle; then no script is used.
    /// - Complexity: O(bytes of scripts × lanes), some milliseconds per bundle and lane.
    public static func load(
        _ roots: ScriptRoots, configuration: [String: JSONObject] = [:], environment: [String: String] = [:],
        lanes: [LuaLane], http: any HTTPTransport, clock: any TimeSource, limits: ScriptLimits = .init(),
        logger: Logger
    ) async -> Result<LoadedScripts, LoadProblems> {
        let found = FoundBundles(roots)
        let services = ContextServices(http: http, clock: clock, limits: limits, logger: logger)
        let sources = ScriptSources(
            roots: found.paths, disabledPlugins: found.disabledPlugins, fileBytes: limits.fileBytes)
        let loader = BundleLoader(sources: sources, limits: limits, services: services, logger: logger)
        var problems = found.problems
        var loaded: [LoadedBundle] = []
        for bundle in found.bundles {
            let result = await loader.load(bundle, on: lanes)
            problems += result.problems
            loaded.append(result)
        }
        problems += LoadedBundles.duplicates(in: loaded)
        let reader = SettingsReader(configuration: configuration, environment: environment)
        var settings: [String: BundleSettings] = [:]
        for bundle in loaded {
            let (values, notes) = reader.read(bundle.bundle, bundle.contents.settings)
            settings[bundle.bundle.name] = values
            problems += notes
        }
        guard problems.isEmpty else { return .failure(LoadProblems(problems)) }
        var warnings = found.warnings
        for name in configuration.keys.sorted() where settings[name] == nil {
            warnings.append("the configuration has settings for '\(name)', which is no agent and no plugin")
        }
        let builder = LoadedBundles(
            bundles: loaded, settings: settings, limits: limits, clock: clock, logger: logger, warnings: warnings)
        return .success(builder.scripts())
    }
}

/// The bundles of all folders.
private struct FoundBundles {
    var bundles: [Bundle] = []
    var problems: [LoadProblem] = []
    var warnings: [String] = []
    var paths: [Bundle.Kind: String]
    var disabledPlugins: Set<String> = []

    init(_ roots: ScriptRoots) {
        paths = [.agent: roots.agents]
        add(BundleFinder(kind: .agent, root: roots.agents).find())
        if bundles.isEmpty, problems.isEmpty { warnings.append("agents: there is no agent in this folder") }
        guard let path = roots.plugins else { return }
        paths[.plugin] = path
        let plugins = BundleFinder(kind: .plugin, root: path).find()
        // A folder that is not there has no plugins, unless the configuration wants some of it.
        if plugins.bundles.isEmpty, roots.enabledPlugins?.isEmpty != false { return }
        add(plugins, enabled: roots.enabledPlugins)
    }

    private mutating func add(
        _ found: (bundles: [Bundle], problems: [LoadProblem], warnings: [String]), enabled: [String]? = nil
    ) {
        problems += found.problems
        warnings += found.warnings
        for bundle in found.bundles {
            if let enabled, !enabled.contains(bundle.name) {
                disabledPlugins.insert(bundle.name)
            } else if let other = bundles.first(where: { $0.name == bundle.name }) {
                let message = Wording.bundleTwice(by: other.mainFile)
                problems.append(LoadProblem(bundle: bundle.name, file: bundle.mainFile, line: nil, message: message))
            } else {
                bundles.append(bundle)
            }
        }
        let names = found.bundles.map(\.name)
        for name in enabled ?? [] where !names.contains(name) {
            problems.append(
                LoadProblem(bundle: "", file: "plugins", line: nil, message: Wording.noPlugin(name, names)))
        }
    }
}
