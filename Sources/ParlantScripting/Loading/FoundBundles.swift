/// The bundles of all folders, agents first, each kind by name.
struct FoundBundles: Sendable, Equatable {
    var bundles: [Bundle] = []
    var problems: [LoadProblem] = []
    var warnings: [String] = []
    var disabledPlugins: Set<String> = []

    init(_ roots: ScriptRoots) {
        var agents = BundleFinder(kind: .agent, root: roots.agents).find()
        if let only = roots.onlyAgents {
            agents.bundles.removeAll { !only.contains($0.name) }
            agents.problems.removeAll { !only.contains($0.bundle) }
            agents.warnings = []
        }
        add(agents)
        if bundles.isEmpty, problems.isEmpty { warnings.append("agents: there is no agent in this folder") }
        guard let path = roots.plugins else { return }
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
