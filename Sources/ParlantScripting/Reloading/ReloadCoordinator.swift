public import ParlantCore
import Synchronization

/// Keeps what is served in step with the files: watches them, loads what changed beside what runs, and swaps.
///
/// A change that cannot be loaded changes nothing but ``health``. Everything that decides is in `ReloadStateMachine`;
/// this moves its events and does what it says.
public actor ReloadCoordinator {
    /// Makes sure that the tags and customers of scripts exist, before they are served.
    ///
    /// The second argument is what was served before: what it defined already was made then, and may have been changed
    /// or deleted since. Returns the scripts with the store's ids for tags.
    public typealias Introduction =
        @Sendable (_ scripts: LoadedScripts, _ before: LoadedScripts?) async throws ->
        LoadedScripts

    /// What is served.
    public nonisolated let catalog: ScriptCatalog

    private nonisolated let status: Mutex<ReloadStatus>
    private nonisolated let events: AsyncStream<ReloadStateMachine.Event>.Continuation
    private let received: AsyncStream<ReloadStateMachine.Event>
    private let loader: ScriptLoader
    private let introduce: Introduction
    private let log: ReloadLog
    private var machine: ReloadStateMachine
    private var watch: (any FolderWatch)?
    private var tree: SourceTree
    private var set: ScriptSet
    private var readTree: SourceTree?
    private var outcome: ScriptLoader.Outcome?
    private var times = ReloadTimes()
    private var retired: RetiredGenerations
    private var ending: Task<Void, Never>?

    /// Loads everything for the first time and calls `load` of all plugins; see ``run(watching:)`` for what comes then.
    ///
    /// - Returns: The coordinator, or every problem of every bundle.
    /// - Throws: What `introduce` throws.
    public static func start(
        _ setup: ScriptSetup, introduce: @escaping Introduction
    ) async throws -> Result<ReloadCoordinator, LoadProblems> {
        let loader = ScriptLoader(setup)
        switch await loader.loadFirst() {
        case .failure(let problems): return .failure(problems)
        case .success(let (loaded, set, tree)):
            let scripts = try await introduce(loaded, nil)
            await PluginLifecycle.begin(scripts.plugins, after: [:])
            return .success(
                ReloadCoordinator(
                    loader, catalog: ScriptCatalog(scripts), set: set, tree: tree, introduce: introduce))
        }
    }

    private init(
        _ loader: ScriptLoader, catalog: ScriptCatalog, set: ScriptSet, tree: SourceTree,
        introduce: @escaping Introduction
    ) {
        self.loader = loader
        self.catalog = catalog
        self.set = set
        self.tree = tree
        self.introduce = introduce
        status = Mutex(ReloadStatus(set: set, watching: "off"))
        log = ReloadLog(logger: loader.setup.logger)
        machine = ReloadStateMachine()
        let limits = loader.setup.limits
        retired = RetiredGenerations(limit: limits.retiredGenerations, time: limits.retirement)
        (received, events) = AsyncStream.makeStream()
    }

    private nonisolated var clock: any TimeSource { loader.setup.clock }

    /// What health reports say: each bundle's generation, and the problems of what could not be loaded. Answers at once.
    public nonisolated var health: JSONObject { status.withLock { $0 }.health }

    /// How long the last reload took that served something; zeros before the first.
    public nonisolated var lastReload: ReloadTimes { status.withLock { $0.times } }

    /// Reads the files now and loads what changed, without waiting for quiet. Returns at once.
    public nonisolated func requestReload() { events.yield(.request) }

    /// Reloads until the task is cancelled, then calls `unload` of all plugins. Call it once.
    ///
    /// - Parameter watching: Whether changes of files are noticed; otherwise only ``requestReload()`` does something.
    public func run(watching: Bool) async {
        let poll = watching ? startWatching() : nil
        await withTaskCancellationHandler {
            for await event in received {
                if event == .hint, machine.state == .idle { times.noticed = clock.uptime }
                for action in machine.handle(event, at: clock.uptime) { perform(action) }
                if machine.state == .stopped { break }
            }
        } onCancel: {
            events.yield(.shutDown)
        }
        poll?.cancel()
        ending?.cancel()
        watch?.stop()
        // In a task of its own, because this one has been cancelled.
        await Task { [catalog] in await PluginLifecycle.end(catalog.scripts.plugins, before: [:]) }.value
    }

    // MARK: Watching

    /// - Returns: A task that asks for a look now and then: seldom when the kernel tells of changes, as it does not know
    ///   of all of them on every file system.
    private func startWatching() -> Task<Void, Never> {
        watch = InotifyWatch { [events] in events.yield(.hint) }
        watchFolders(of: tree)
        return Task { [events, clock] in
            while !Task.isCancelled {
                let isTold = status.withLock { $0.watching == "inotify" }
                try? await clock.sleep(for: isTold ? .seconds(10) : .seconds(1))
                if !Task.isCancelled { events.yield(.poll) }
            }
        }
    }

    private func watchFolders(of tree: SourceTree) {
        let result = watch?.watch(tree.points) ?? (hasNew: false, isComplete: false)
        let name = result.isComplete ? watch?.name ?? "polling" : "polling"
        let changed = status.withLock { status in
            defer { status.watching = name }
            return status.watching != name
        }
        if changed { log.reportWatching(name) }
        // What happened in a folder before it was watched was not told.
        if result.hasNew { events.yield(.hint) }
    }

    // MARK: Actions

    private func perform(_ action: ReloadStateMachine.Action) {
        switch action {
        case .startTimer(let duration):
            Task { [events, clock] in
                try? await clock.sleep(for: duration)
                events.yield(.timer)
            }
        case .read: Task { await read() }
        case .load: Task { await load() }
        case .swap: swap()
        case .report:
            if let outcome { log.report(outcome, before: status.withLock { $0.set }, took: times.checked - times.read) }
            finishReport()
        case .reportSame: log.reportSame()
        case .stop: watch?.stop()
        }
    }

    private func read() async {
        times.quiet = clock.uptime
        switch await loader.read(after: tree) {
        case .moving: events.yield(.read(.moving))
        case .stable(let tree, let isSame):
            if watch != nil { watchFolders(of: tree) }
            readTree = tree
            times.read = clock.uptime
            if isSame { self.tree = tree }
            events.yield(.read(isSame ? .same : .changed))
        }
    }

    private func load() async {
        guard let tree = readTree else { return }
        var outcome = await loader.load(tree, after: set)
        times.loaded = outcome.loadedAt
        times.checked = clock.uptime
        if outcome.isNew {
            do {
                outcome.scripts = try await introduce(outcome.scripts, catalog.scripts)
            } catch {
                // This load is forgotten, so that the next look at the files tries again.
                // The event goes first: who reads the line and asks again must not be taken for a change during the load.
                events.yield(.loaded(isNew: false))
                log.report(error)
                return
            }
        }
        await makeRoom(for: outcome.set)
        if outcome.isNew { await PluginLifecycle.begin(outcome.scripts.plugins, after: catalog.scripts.plugins) }
        self.tree = tree
        self.outcome = outcome
        events.yield(.loaded(isNew: outcome.isNew))
    }

    private func swap() {
        guard let outcome else { return }
        let now = clock.uptime
        var excess: [BundleGeneration] = []
        for generation in replaced(by: outcome.set) { excess += retired.add(generation, at: now) }
        let before = catalog.scripts.plugins
        catalog.swap(outcome.scripts)
        times.swapped = clock.uptime
        status.withLock { [times] status in
            status.swaps += 1
            status.times = times
        }
        Task { await PluginLifecycle.end(before, before: outcome.scripts.plugins) }
        end(excess)
        endRetiredLater()
    }

    private func finishReport() {
        guard let outcome else { return }
        set = outcome.set
        self.outcome = nil
        status.withLock { [set] in $0.set = set }
    }

    // MARK: Retired generations

    private func replaced(by set: ScriptSet) -> [BundleGeneration] {
        self.set.running.filter { set.generation(of: $0.name) !== $0 }
    }

    /// Waits until few enough old generations have calls under way, so that saving often cuts no tool short; but not for
    /// ever, so that one that hangs keeps nobody from seeing a change.
    private func makeRoom(for set: ScriptSet) async {
        let end = clock.uptime + loader.setup.limits.swapPatience
        for generation in replaced(by: set) {
            while let occupant = retired.occupant(of: generation.name), clock.uptime < end {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await occupant.wait() }
                    group.addTask { [clock] in try? await clock.sleep(for: end - clock.uptime) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private func end(_ generations: [BundleGeneration]) {
        for generation in generations {
            generation.retirement.end()
            log.reportEnded(generation)
        }
    }

    private func endRetiredLater() {
        guard ending == nil, let next = retired.nextEnd else { return }
        ending = Task { [clock] in
            try? await clock.sleep(for: next - clock.uptime)
            if Task.isCancelled { return }
            ending = nil
            end(retired.due(at: clock.uptime))
            endRetiredLater()
        }
    }
}
