import Logging
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
    public struct Result: Sendable, Equatable {
        /// The rule, as a sentence.
        public var rule: String
        /// What was found instead; nil: the model keeps it.
        public var failure: String?

        /// One line for people.
        public var line: String { failure.map { "FAIL \(rule): \($0)" } ?? "ok   \(rule)" }
    }

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
        var logger = Logger(label: "parlant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let lane = LuaLane(name: "lua-provider")
        defer { lane.shutDown() }
        let loaded = await workbench.load(
            lanes: [lane], http: RestrictedHTTPTransport(transport, allowing: allowed), clock: SystemTimeSource(),
            absentSettings: .refused, logger: logger)
        let scripts: LoadedScripts
        switch loaded {
        case .success(let all): scripts = all
        case .failure(let problems): throw ConfigurationError("\(problems)")
        }
        let directory = PluginDirectory()
        directory.follow { scripts }
        let model: any TextModel
        do {
            model = try directory.textModel(of: plugin)
        } catch {
            throw ConfigurationError(error.message)
        }
        var results: [Result] = []
        for check in TextModelConformance.checks(for: model) {
            var result = Result(rule: check.name)
            do {
                try await check.run(model)
            } catch let failure as ConformanceFailure {
                result.failure = failure.message
            } catch {
                result.failure = "\(error)"
            }
            report(result)
            results.append(result)
        }
        return results
    }
}
