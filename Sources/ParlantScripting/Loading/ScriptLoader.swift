import Logging
import LuaRuntime
import ParlantCore

/// Reads and loads scripts, on a thread that may block.
actor ScriptLoader {
    /// What a load led to. Nothing of it is served yet.
    struct Outcome: Sendable {
        var set: ScriptSet
        /// All bundles together.
        var scripts: LoadedScripts
        /// By bundle; empty when none was touched.
        var changes: [ScriptSet.Change]
        /// When the touched bundles were loaded, and the checks of all together began.
        var loadedAt: Duration

        /// Whether there is something to swap.
        var isNew: Bool {
            changes.contains { change in
                if case .kept = change { false } else { true }
            }
        }
    }

    nonisolated let setup: ScriptSetup
    nonisolated var unownedExecutor: UnownedSerialExecutor { setup.loader.asUnownedSerialExecutor() }

    private let reader: SourceTreeReader
    private let defects: DefectLog

    init(_ setup: ScriptSetup) {
        self.setup = setup
        reader = SourceTreeReader(roots: setup.roots, limits: setup.limits)
        defects = DefectLog(logger: setup.logger, clock: setup.clock)
    }

    /// Reads the folders.
    func read(after tree: SourceTree?) -> SourceTreeReader.Reading { reader.read(after: tree) }

    /// Reads and loads everything.
    ///
    /// - Returns: What to serve, or every problem of every bundle.
    func loadFirst() async -> Result<(scripts: LoadedScripts, set: ScriptSet, tree: SourceTree), LoadProblems> {
        var reading = read(after: nil)
        // A deployment may still be copying files.
        for _ in 0..<50 {
            guard case .moving = reading else { break }
            try? await setup.clock.sleep(for: .milliseconds(100))
            reading = read(after: nil)
        }
        guard case .stable(let tree, _) = reading else {
            let problem = LoadProblem(
                bundle: "", file: Bundle.Kind.agent.rawValue, line: nil, message: Wording.neverRests)
            return .failure(LoadProblems([problem]))
        }
        let outcome = await load(tree, after: ScriptSet())
        if let problems = outcome.set.problems { return .failure(problems) }
        return .success((outcome.scripts, outcome.set, tree))
    }

    /// Loads the bundles that a change of files touches, beside those that run.
    ///
    /// A bundle with problems keeps its running generation, whatever the others do.
    func load(_ tree: SourceTree, after set: ScriptSet) async -> Outcome {
        var step = LoadStep(tree: tree, set: set)
        let services = ContextServices(
            http: setup.http, clock: setup.scriptClock, limits: setup.limits, logger: setup.logger)
        for bundle in step.touched {
            let loader = BundleLoader(
                sources: ScriptSources(tree, roots: setup.roots), limits: setup.limits, services: services,
                logger: setup.logger)
            step.add(await loader.load(bundle, for: setup.lanes, on: setup.loader))
        }
        let loadedAt = setup.clock.uptime
        let settings = SettingsReader(
            configuration: setup.configuration, environment: setup.environment, absent: setup.absentSettings)
        let values = step.check(settings)
        step.settle()
        for (bundle, names) in values.mapValues(\.placeholders).sorted(by: { $0.key < $1.key }) {
            step.set.warnings += names.map { "\(bundle): \(Wording.missingSetting($0, in: bundle))" }
        }
        for name in setup.configuration.keys.sorted() where values[name] == nil {
            step.set.warnings.append(Wording.settingsOfNobody(name))
        }
        let bundles = LoadedBundles(
            generations: step.set.running, pluginOrder: setup.roots.enabledPlugins, settings: values,
            limits: setup.limits, clock: setup.clock,
            defects: defects, logger: setup.logger, warnings: step.set.warnings)
        return Outcome(set: step.set, scripts: bundles.scripts(), changes: step.changes, loadedAt: loadedAt)
    }
}
