import Foundation
import Logging
import LuaRuntime
import ParlantAPI
import ParlantArchive
import ParlantCore
import ParlantEngine
import ParlantHTTP
import ParlantScripting
import ServiceLifecycle
import UnixSignals

/// The whole server: turns a configuration into running services. The only place that knows all parts.
public struct Application: Sendable {
    /// The version of this server, by semantic versioning.
    public static let version = "0.1.0"

    /// Name of the environment variable with the token that a server wants, and that commands send to it.
    public static let tokenVariable = APIAccess.variable

    private let configuration: ServerConfiguration

    /// A server that is not running yet.
    public init(configuration: ServerConfiguration) { self.configuration = configuration }

    /// Loads the scripts, prints what was loaded, and serves until SIGTERM or SIGINT. Then it takes no new requests and
    /// returns when running turns have finished or were closed with a status.
    ///
    /// - Throws: ``ConfigurationError`` with all problems of the scripts or of the configuration, before anything
    ///   listens; errors of the listening socket.
    public func run() async throws {
        let logs = LogHub()
        let logger = makeLogger(logs)
        let access = try APIAccess(configuration.environment)
        access.warn(host: configuration.host, logger: logger)
        let clock = SystemTimeSource()
        let ids = RandomIDGenerator()
        let transport = AsyncHTTPTransport()
        let lanes = (0..<max(2, ProcessInfo.processInfo.activeProcessorCount)).map { LuaLane(name: "lua-\($0)") }
        let loader = LuaLane(name: "lua-loader")
        do {
            let open = try await OpenStores(
                configuration.stores,
                StoreOpening(
                    environment: configuration.environment, clock: clock, ids: ids, logger: logger))
            do {
                try await serve(
                    open, logger: logger, logs: logs, access: access, clock: clock, ids: ids,
                    transport: transport, lanes: lanes, loader: loader)
            } catch {
                await close(open, logger)
                throw error
            }
            await close(open, logger)
        } catch {
            await close(transport, lanes + [loader], logger)
            if let error = error as? PluginChoiceError { throw ConfigurationError(error.message) }
            throw error
        }
        await close(transport, lanes + [loader], logger)
    }

    /// How a running server is.
    ///
    /// - Parameters:
    ///   - address: Its base address, as `http://127.0.0.1:8800`.
    ///   - environment: Variables of the process; ``tokenVariable`` is the token that is sent along.
    public static func status(of address: String, environment: [String: String]) async -> StatusReport {
        let transport = AsyncHTTPTransport()
        let report = await StatusReport.ask(address, token: environment[tokenVariable], through: transport)
        // A connection that does not close says nothing about the server.
        try? await transport.shutDown()
        return report
    }

    private func close(_ transport: AsyncHTTPTransport, _ lanes: [LuaLane], _ logger: Logger) async {
        for lane in lanes { lane.shutDown() }
        do {
            try await transport.shutDown()
        } catch {
            logger.warning("connections to other servers did not close", metadata: ["error": "\(error)"])
        }
    }

    private func close(_ open: OpenStores, _ logger: Logger) async {
        for error in await open.close() {
            logger.error("a store did not close", metadata: ["error": "\(error)"])
        }
    }

    private func serve(
        _ open: OpenStores, logger: Logger, logs: LogHub, access: APIAccess, clock: any TimeSource,
        ids: any IDGenerator,
        transport: AsyncHTTPTransport, lanes: [LuaLane], loader: LuaLane
    ) async throws {
        let stores = open.stores
        let directory = PluginDirectory()
        let page = try chatPage()
        let tags = stores.tags
        let customers = customerStore(stores, directory, clock)
        let setup = try scriptSetup(transport, clock, lanes, loader, access, logger)
        let scripts = try await startScripts(
            setup, .init(customers: customers, tags: tags, documents: stores.entities.documents), directory)
        let nlp = try LanguageModels.service(
            configuration.models, plugins: directory, environment: configuration.environment, transport: transport,
            clock: clock, logger: logger)
        let entities = EntityCatalog(stores.entities, below: scripts.catalog, loadedAt: clock.now)
        try await entities.load()
        var settings = EngineSettings()
        settings.budgets = configuration.file.budgets
        for model in settings.budgets.modelsWithoutPrice(of: nlp) {
            logger.warning(
                "money is limited, but this model has no price, so it costs nothing; add one to budgets.prices",
                metadata: ["model": "\(model)"])
        }
        settings.matching = configuration.file.strategies.matching
        settings.memory = configuration.file.memory
        settings.responseAnalysis = configuration.file.strategies.responseAnalysis
        let engine = EventEngine(
            .init(
                sessions: stores.sessions, customers: customers, tags: tags, agents: entities.turns,
                variables: entities.customerVariables(clock: clock, ids: ids),
                keyValues: stores.keyValues, memories: stores.entities.memories, nlp: nlp,
                documents: stores.entities.documents,
                explanations: stores.explanations, node: stores.node,
                clock: clock,
                logger: logger), settings: settings)
        try await engine.restoreUsage()
        let interrupted = try await engine.recover()
        if interrupted > 0 {
            logger.notice("turns that were interrupted are taken up", metadata: ["turns": "\(interrupted)"])
        }
        open.follow(NodeFollower(engine: engine, entities: entities, logger: logger))
        let rules = configuration.file.moderation
        let startup = StartupReport(
            scripts: scripts.catalog.scripts.summary.description, languageModel: nlp.summary,
            stores: configuration.stores.summary, moderationPatterns: rules?.count ?? 0)
        var services = APIServices(
            customers: customers, tags: tags, entities: entities, engine: engine, ids: ids, clock: clock, logger: logger
        )
        let health = ServerHealth(scripts: { scripts.health }, engine: engine, stores: open)
        services.health = { health.checks }
        services.token = access.token
        services.moderation = nlp.moderation
        if let rules { services.moderation = RuledModeration(rules, then: nlp.moderation) }
        services.logs = logs
        var kept = stores
        kept.customers = customers
        services.erasure = CustomerErasure(kept, sessions: engine) { try await open.scrub() }
        kept.entities.variables = entities.variables
        services.exporter = CustomerArchive(kept, clock: clock)
        services.chat = page
        let api = APIServer(services: services, host: configuration.host, port: configuration.port) {
            [configuration] port in
            startup.print(address: configuration.host, port: port)
        }
        let group = ServiceGroup(
            configuration: .init(
                // Stopped in reverse order: clients can still read how the running turns end.
                // Plugins learn of the end when nobody calls them any more.
                services: [
                    .init(service: ReloadService(scripts: scripts, watches: configuration.watchesScripts)),
                    .init(service: api), .init(service: EngineService(engine: engine, clock: clock)),
                    .init(service: HangupService(scripts: scripts)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as ListenError {
            throw ConfigurationError(error.message)
        }
    }

    private func makeLogger(_ logs: LogHub) -> Logger {
        var logger = Logger(label: "parlant") { FollowedLogHandler(label: $0, hub: logs) }
        logger.logLevel = configuration.logLevel
        return logger
    }

    private func chatPage() throws(ConfigurationError) -> WebFolder? {
        guard let folder = configuration.chat else { return nil }
        do {
            return try WebFolder(folder)
        } catch {
            throw ConfigurationError(error.message)
        }
    }

    private func customerStore(
        _ stores: Stores, _ plugins: PluginDirectory, _ clock: any TimeSource
    ) -> any CustomerStore {
        guard case .plugin(let name) = configuration.stores.customers else { return stores.customers }
        return plugins.customerStore(of: name, tags: stores.tags, clock: clock)
    }

    private func scriptSetup(
        _ transport: any HTTPTransport, _ clock: any TimeSource, _ lanes: [LuaLane], _ loader: LuaLane,
        _ access: APIAccess, _ logger: Logger
    ) throws(ConfigurationError) -> ScriptSetup {
        let folder = configuration.agents
        guard Self.isFolder(folder) else {
            throw ConfigurationError("\(folder): there is no such folder; name the folder that holds the agents")
        }
        if let plugins = configuration.plugins, !Self.isFolder(plugins) {
            throw ConfigurationError("\(plugins): there is no such folder; check the path given with --plugins")
        }
        let beside = URL(filePath: folder).deletingLastPathComponent().appending(path: "plugins").path
        let plugins = configuration.plugins ?? (Self.isFolder(beside) ? beside : nil)
        let allowed: HTTPAllowList
        do {
            allowed = try HTTPAllowList(configuration.file.allowedHTTP + configuration.allowedHTTP)
        } catch {
            throw ConfigurationError("\(error)")
        }
        return ScriptSetup(
            ScriptRoots(agents: folder, plugins: plugins, enabledPlugins: configuration.file.plugins),
            configuration: configuration.file.settings, environment: access.remainingEnvironment, lanes: lanes,
            loader: loader, http: RestrictedHTTPTransport(transport, allowing: allowed), clock: clock,
            limits: configuration.file.limits, logger: logger)
    }

    private func startScripts(
        _ setup: ScriptSetup, _ introduction: ScriptIntroduction, _ plugins: PluginDirectory
    ) async throws -> ReloadCoordinator {
        let kept = configuration.stores.customers
        let result = try await ReloadCoordinator.start(setup) { scripts, before in
            if before == nil {
                // A plugin that keeps the customers is needed for those that the scripts define.
                plugins.follow { scripts }
                if case .plugin(let name) = kept { try plugins.requireCustomerStore(of: name) }
            }
            return try await introduction.introduce(scripts, after: before)
        }
        switch result {
        case .success(let scripts):
            plugins.follow { [catalog = scripts.catalog] in catalog.scripts }
            return scripts
        case .failure(let problems): throw ConfigurationError(problems.description)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}

/// Lets running turns finish when the server stops.
private struct EngineService: Service, CustomStringConvertible {
    /// A client learns of a turn's last events one request after the other; this is the time for the last ones.
    private static let farewell = Duration.milliseconds(500)

    let engine: EventEngine
    let clock: any TimeSource

    var description: String { "event engine" }

    /// Sees to turns of other servers that died, until the server stops.
    private func watch() async throws {
        try await engine.watchOverTurns()
        try await gracefulShutdown()
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await watch() }
        } catch is CancellationError {
            // The server stops.
        }
        let hasTurns = engine.runningTurns > 0
        await engine.drain()
        if hasTurns { try await clock.sleep(for: Self.farewell) }
        engine.close()
    }
}
