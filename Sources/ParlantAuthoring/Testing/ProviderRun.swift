import LuaRuntime
import ParlantCore
import ParlantHTTP
import ParlantScripting
public import ParlantServer
import ParlantTesting

/// Checks the language model of a plugin against the rules that every one keeps. The model and its server are real, so
/// that a run takes as long as their answers and costs what these cost.
public struct ProviderRun: Sendable {
    /// What became of one rule.
    public typealias Result = ModelCheck.Result

    private let workbench: Workbench
    private let plugin: String
    private let allowed: HTTPAllowList

    /// - Parameter allowedHTTP: Hosts that the plugin may reach, besides those of the configuration.
    /// - Throws: ``ConfigurationError`` for a host that cannot be one.
    public init(_ plugin: String, of workbench: Workbench, allowedHTTP: [String]) throws(ConfigurationError) {
        self.plugin = plugin
        self.workbench = workbench
        do {
            allowed = try HTTPAllowList(workbench.configuration.allowedHTTP + allowedHTTP)
        } catch {
            throw ConfigurationError("\(error)")
        }
    }

    /// Runs all checks, one after the other.
    ///
    /// - Parameter report: Gets each result as soon as it is there.
    /// - Returns: All results.
    /// - Throws: ``ConfigurationError`` when the scripts have problems, or the plugin has no language model.
    public func run(_ report: (Result) -> Void) async throws -> [Result] {
        let transport = AsyncHTTPTransport()
        let results: Swift.Result<[Result], any Error>
        do {
            results = .success(try await run(over: transport, report))
        } catch {
            results = .failure(error)
        }
        try await transport.shutDown()
        return try results.get()
    }

    private func run(over transport: AsyncHTTPTransport, _ report: (Result) -> Void) async throws -> [Result] {
        let lane = LuaLane(name: "lua-provider")
        defer { lane.shutDown() }
        let directory = try await ModelHost.plugins(of: workbench, on: lane, over: transport, allowing: allowed)
        let model: any TextModel
        do {
            model = try directory.textModel(of: plugin)
        } catch {
            throw ConfigurationError(error.message)
        }
        return await ModelCheck.run(TextModelConformance.checks(for: model), on: model, report)
    }
}
