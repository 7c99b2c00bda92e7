import Logging
import LuaRuntime
public import ParlantCore
import ParlantHTTP
import ParlantScripting
public import ParlantServer

/// Gives a command the provider that its options name.
public enum ModelHost {
    /// Runs `body` with a provider that has connections of its own, which are closed afterwards.
    ///
    /// A plugin's model is that of a second load of the scripts: those under test reach no network.
    ///
    /// - Parameters:
    ///   - workbench: Where a plugin's model is looked for.
    ///   - allowedHTTP: Hosts that a plugin may reach, besides those of the configuration.
    /// - Throws: ``ConfigurationError`` when there is no such provider, and what `body` throws.
    public static func withService<Value: Sendable>(
        _ choice: ModelChoice, of workbench: Workbench, environment: [String: String], allowedHTTP: [String],
        _ body: (any NLPService) async throws -> Value
    ) async throws -> Value {
        let allowed: HTTPAllowList
        do {
            allowed = try HTTPAllowList(workbench.configuration.allowedHTTP + allowedHTTP)
        } catch {
            throw ConfigurationError("\(error)")
        }
        let transport = AsyncHTTPTransport()
        let lane = LuaLane(name: "lua-model")
        let result: Result<Value, any Error>
        do {
            var plugins = PluginDirectory()
            if case .plugin = choice.provider {
                plugins = try await self.plugins(of: workbench, on: lane, over: transport, allowing: allowed)
            }
            let logger = Logger(label: "parlant") { StreamLogHandler.standardError(label: $0) }
            let service = try LanguageModels.service(
                choice, plugins: plugins, environment: environment, transport: transport, clock: SystemTimeSource(),
                logger: logger)
            result = .success(try await body(service))
        } catch {
            result = .failure(error)
        }
        lane.shutDown()
        try await transport.shutDown()
        return try result.get()
    }

    /// Loads the scripts for what their plugins provide.
    ///
    /// - Throws: ``ConfigurationError`` with all problems of the scripts.
    static func plugins(
        of workbench: Workbench, on lane: LuaLane, over transport: AsyncHTTPTransport, allowing allowed: HTTPAllowList
    ) async throws(ConfigurationError) -> PluginDirectory {
        var logger = Logger(label: "parlant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let loaded = await workbench.load(
            lanes: [lane], http: RestrictedHTTPTransport(transport, allowing: allowed), clock: SystemTimeSource(),
            absentSettings: .refused, logger: logger)
        switch loaded {
        case .success(let scripts):
            let directory = PluginDirectory()
            directory.follow { scripts }
            return directory
        case .failure(let problems): throw ConfigurationError("\(problems)")
        }
    }
}
