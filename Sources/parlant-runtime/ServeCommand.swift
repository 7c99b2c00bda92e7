import ArgumentParser
import Foundation
import Logging
import ParlantCore
import ParlantServer

/// `serve`: loads the agents and serves them over HTTP until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Loads the agents and serves them over HTTP.",
        discussion: """
            Secrets come from the environment: OPENAI_API_KEY and the like for --nlp, PARLANT_<BUNDLE>_<NAME> for \
            the setting NAME of an agent or plugin, and PARLANT_API_TOKEN for the token that requests must bring.
            """)

    @Argument(help: "Folder with the agents: a Lua file or a folder each.", completion: .directory)
    var agents: String

    @Option(help: "Folder with the plugins. (default: 'plugins' beside the agents, if it is there)")
    var plugins: String?

    @Option(help: "JSON file with plugins to load, settings of bundles and hosts that tools may reach.")
    var config: String?

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0: any free one, printed at start.")
    var port = 8800

    @OptionGroup var languageModel: ModelOptions

    @OptionGroup var storage: StoreOptions

    @Option(help: "Name of the model that judges customers' messages posted with moderation=auto or paranoid.")
    var moderationModel: String?

    @Option(help: "Folder with a built web page, such as Parlant's chat, to serve at /chat/.", completion: .directory)
    var chat: String?

    @Option(name: .customLong("allow-http"), help: "Host that tools may reach, as host or host:port; repeatable.")
    var allowedHTTP: [String] = []

    @Flag(name: .customLong("no-watch"), help: "Do not notice changes of scripts; SIGHUP still loads them.")
    var doesNotWatch = false

    @Option(help: "Least important messages that are logged.")
    var logLevel = LogLevel.info

    func validate() throws {
        guard (0...65535).contains(port) else {
            throw ValidationError("--port must be 0 to 65535, not \(port).")
        }
        if !languageModel.nlp.isEndpoint, moderationModel != nil {
            throw ValidationError(
                "--moderation-model has no effect with --nlp \(languageModel.nlp.name); add --nlp openai.")
        }
    }

    func run() async throws {
        try await reporting {
            try refuseMisspeltCommand()
            try await Application(configuration: configuration()).run()
        }
    }

    /// A word that is no command is taken for the folder, because `serve` may be left out.
    private func refuseMisspeltCommand() throws(ConfigurationError) {
        guard !agents.contains("/"), !FileManager.default.fileExists(atPath: agents) else { return }
        let names = ParlantRuntimeCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        let alike = names.filter { $0.first == agents.first }
        guard let meant = Suggestion.nearest(to: agents, among: alike) else { return }
        throw ConfigurationError("\(agents): there is no such command or folder (did you mean '\(meant)'?)")
    }

    private func configuration() throws -> ServerConfiguration {
        var models = languageModel.choice
        models.moderationModel = moderationModel
        return ServerConfiguration(
            agents: agents, plugins: plugins, host: host, port: port,
            models: models, stores: storage.plan, chat: chat, logLevel: logLevel.level,
            watchesScripts: !doesNotWatch,
            allowedHTTP: allowedHTTP, file: try ConfigurationFile(at: config),
            environment: ProcessInfo.processInfo.environment)
    }
}

/// Levels by the names of swift-log.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
