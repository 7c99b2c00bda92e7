import Logging
import ParlantCore
import ParlantHTTP
import ParlantScripting
public import ParlantServer
import ParlantTesting

/// Checks a provider against the rules that every one keeps.
public enum ModelCheck {
    /// What became of one rule.
    public struct Result: Sendable, Equatable {
        /// The rule, as a sentence.
        public var rule: String
        /// What was found instead; nil: the rule is kept.
        public var failure: String?

        /// One line for people.
        public var line: String { failure.map { "FAIL \(rule): \($0)" } ?? "ok   \(rule)" }
    }

    /// Asks the model of a service.
    ///
    /// - Parameter report: Gets each result as soon as it is there.
    /// - Returns: All results.
    /// - Throws: ``ConfigurationError`` when there is no such provider.
    public static func run(
        _ choice: ModelChoice, environment: [String: String], _ report: (Result) -> Void
    ) async throws -> [Result] {
        let transport = AsyncHTTPTransport()
        let outcome: Swift.Result<[Result], any Error>
        do {
            let service = try LanguageModels.service(
                choice, plugins: PluginDirectory(), environment: environment, transport: transport,
                clock: SystemTimeSource(),
                logger: Logger(label: "parlant") { StreamLogHandler.standardError(label: $0) })
            outcome = .success(await run(NLPServiceConformance.checks(for: service), on: service, report))
        } catch {
            outcome = .failure(error)
        }
        try await transport.shutDown()
        return try outcome.get()
    }

    /// Runs checks, one after the other.
    static func run<Subject: Sendable>(
        _ checks: [ConformanceCheck<Subject>], on subject: Subject, _ report: (Result) -> Void
    ) async -> [Result] {
        var results: [Result] = []
        for check in checks {
            var result = Result(rule: check.name)
            do {
                try await check.run(subject)
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
