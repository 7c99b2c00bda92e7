import Foundation
import Logging
import LuaRuntime
import ParlantCore
import ParlantHTTP
import ParlantScripting
public import ParlantServer

/// Sets up conversations in a terminal.
public enum ChatHost {
    /// Talks to an agent whose scripts are here.
    ///
    /// - Parameters:
    ///   - agent: Its id; nil: the only one there is.
    ///   - customer: Id of the customer who talks; nil: the guest.
    ///   - allowedHTTP: Hosts that tools may reach, besides those of the configuration.
    /// - Throws: ``ConfigurationError`` with all problems of the scripts.
    public static func talk(
        at workbench: Workbench, agent: String?, customer: String?, models: ModelChoice, environment: [String: String],
        allowedHTTP: [String],
        input: some AsyncSequence<String, Never> & Sendable, screen: ChatScreen
    ) async throws {
        let allowed: HTTPAllowList
        do {
            allowed = try HTTPAllowList(workbench.configuration.allowedHTTP + allowedHTTP)
        } catch {
            throw ConfigurationError("\(error)")
        }
        var logger = Logger(label: "parlant") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        let clock = SystemTimeSource()
        try await withTransport { [logger] transport in
            let lane = LuaLane(name: "lua-chat")
            defer { lane.shutDown() }
            let partner = try await LocalPartner(
                agent: agent, customer: customer, roots: workbench.roots, clock: clock, logger: logger
            ) { plugins in
                try LanguageModels.service(
                    models, plugins: plugins, environment: environment, transport: transport, clock: clock,
                    logger: logger)
            } reload: {
                await workbench.load(
                    lanes: [lane], http: RestrictedHTTPTransport(transport, allowing: allowed), clock: clock,
                    absentSettings: .refused, logger: logger)
            }
            try await Chat(partner: partner, screen: screen).run(input)
        }
    }

    /// Talks to an agent on a server.
    ///
    /// - Parameters:
    ///   - url: Address of the server, as `http://127.0.0.1:8800`.
    ///   - environment: Variables of the process; `Application.tokenVariable` is the token that is sent along.
    /// - Throws: ``ConfigurationError`` when it does not answer, or has no such agent.
    public static func talk(
        to url: String, agent: String?, customer: String?, environment: [String: String],
        input: some AsyncSequence<String, Never> & Sendable, screen: ChatScreen
    ) async throws {
        try await withTransport { transport in
            let partner = RemotePartner(
                url: url, agent: agent, customer: customer, token: environment[Application.tokenVariable],
                transport: transport)
            try await Chat(partner: partner, screen: screen).run(input)
        }
    }

    private static func withTransport(_ body: (AsyncHTTPTransport) async throws -> Void) async throws {
        let transport = AsyncHTTPTransport()
        do {
            try await body(transport)
        } catch {
            try await transport.shutDown()
            throw error
        }
        try await transport.shutDown()
    }
}
