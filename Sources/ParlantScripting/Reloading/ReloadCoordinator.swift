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
    let loader: ScriptLoader
    private let introduce: Introduction
    let log: ReloadLog
    private var machine: ReloadStateMachine
    private var watch: (any FolderWatch)?
    private var tree: SourceTree
    var set: ScriptSet
    private var readTree: SourceTree?
    private var outcome: ScriptLoader.Outcome?
    private var times = ReloadTimes()
    var retired: RetiredGenerations
    var ending: Task<Void, Never>?
    /// The reading or the load that is under way.
    private var work: Task<Void, Never>?

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

    nonisolated var clock: any TimeSource { loader.setup.clock }

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
        let inotify: WatchMaker = { hint in InotifyWatch(hint: hint) }
        await run(watch: watching ? inotify : nil)
    }

    /// Makes what notices changes, with what it calls then; nil when the system has nothing of the kind.
    typealias WatchMaker = @Sendable (_ hint: @escaping @Sendable () -> Void) -> (any FolderWatch)?

    /// - Parameter make: Nil: nothing is watched.
    func run(watch make: WatchMaker?) async {
        let poll = make.map { startWatching($0) }
        await withTaskCancellationHandler {
            for await event in received {
                if event == .hint, machine.state == .idle { times.noticed = clock.uptime }
                for action in machine.handle(event, at: clock.uptime) { perform(action) }
                if machine.state == .stopped { break }
            }
        } onCancel: {
            events.yield(.shutDown)
        }
        // A cancelled task may find its stream at an end before it sees the event.
        _ = machine.handle(.shutDown, at: clock.uptime)
        poll?.cancel()
        ending?.cancel()
        watch?.stop()
        work?.cancel()
        await work?.value
        // In a task of its own, because this one has been cancelled.
        await Task { [catalog] in await PluginLifecycle.end(catalog.scripts.plugins, before: [:]) }.value
    }

    // MARK: Watching

    /// - Returns: A task that asks for a look now and then: seldom when the kernel tells of changes, as it does not know
    ///   of all of them on every file system.
    private func startWatching(_ make: WatchMaker) -> Task<Void, Never> {
        watch = make { [events] in events.yield(.hint) }
        // What happened before they were watched was not told.
        if watchFolders(of: tree) { events.yield(.hint) }
        return Task { [events, clock] in
            while !Task.isCancelled {
                let isTold = status.withLock { $0.watching == "inotify" }
                try? await clock.sleep(for: isTold ? .seconds(10) : .seconds(1))
                if !Task.isCancelled { events.yield(.poll) }
            }
        }
    }

    /// - Returns: Whether some of them were not watched before.
    private func watchFolders(of tree: SourceTree) -> Bool {
        let result = watch?.watch(tree.points) ?? (hasNew: false, isComplete: false)
        let name = result.isComplete ? watch?.name ?? "polling" : "polling"
        let changed = status.withLock { status in
            defer { status.watching = name }
            return status.watching != name
        }
        if changed { log.reportWatching(name) }
        return result.hasNew
    }

    // MARK: Actions

    private func perform(_ action: ReloadStateMachine.Action) {
        switch action {
        case .startTimer(let duration):
            Task { [events, clock] in
                try? await clock.sleep(for: duration)
                events.yield(.timer)
            }
        case .read: work = Task { await read() }
        case .load: work = Task { await load() }
        case .swap: swap()
        case .report: report()
        case .reportSame: log.reportSame()
        case .stop: watch?.stop()
        }
    }

    private func read() async {
        times.quiet = clock.uptime
        var reading = await loader.read(after: tree)
        if watch != nil, case .stable(let seen, _) = reading, watchFolders(of: seen) {
            // What happened in a new folder before it was watched was not told, and is seen now.
            reading = await loader.read(after: seen)
            if case .stable(let seen, _) = reading, watchFolders(of: seen) { events.yield(.hint) }
        }
        switch reading {
        case .moving: events.yield(.read(.moving))
        case .stable(let seen, _):
            readTree = seen
            times.read = clock.uptime
            let isSame = seen.isSame(as: tree)
            if isSame {
                tree = seen
                status.withLock { $0.refusal = nil }
            }
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
                refuse(error)
                return
            }
        }
        await makeRoom(for: outcome.set)
        guard machine.state != .stopped else { return }
        if outcome.isNew { await PluginLifecycle.begin(outcome.scripts.plugins, after: catalog.scripts.plugins) }
        guard machine.state != .stopped else { return await endUnserved(outcome) }
        self.tree = tree
        self.outcome = outcome
        events.yield(.loaded(isNew: outcome.isNew))
    }

    /// This load is forgotten, so that the next look at the files tries again.
    private func refuse(_ error: any Error) {
        guard machine.state != .stopped else { return }
        let problem = LoadProblem(
            bundle: "", file: Bundle.Kind.agent.rawValue, line: nil, message: Wording.notStored)
        status.withLock { $0.refusal = problem }
        events.yield(.loaded(isNew: false))
        log.report(error)
    }

    /// The server stopped while plugins began: whose `load` was called learns of the end, too.
    private func endUnserved(_ outcome: ScriptLoader.Outcome) async {
        // In a task of its own, because this one has been cancelled.
        await Task { [catalog] in
            await PluginLifecycle.end(outcome.scripts.plugins, before: catalog.scripts.plugins)
        }.value
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
            status.set = outcome.set
            status.refusal = nil
        }
        Task { await PluginLifecycle.end(before, before: outcome.scripts.plugins) }
        end(excess)
        endRetiredLater()
    }

    /// The line comes last: who has read it finds the same in ``health``.
    private func report() {
        guard let outcome else { return }
        self.outcome = nil
        let before = set
        set = outcome.set
        status.withLock { [set] status in
            status.set = set
            status.refusal = nil
        }
        log.report(outcome, before: before, took: times.checked - times.read)
    }
}
