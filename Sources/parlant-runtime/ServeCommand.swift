import ArgumentParser
import Foundation
import Logging
import ParlantServer

/// `serve`: loads the agents and serves them over HTTP until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Loads the agents and serves them over HTTP.",
        discussion: """
            Secrets come from the environment: OPENAI_API_KEY for the openai provider, PARLANT_<BUNDLE>_<NAME> for \
            the setting NAME of an agent or plugin, and PARLANT_API_TOKEN for the token that requests must bring.
            """)

    enum Provider: String, ExpressibleByArgument, CaseIterable { case offline, openai }

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

    @Option(help: "Language model provider.")
    var nlp = Provider.offline

    @Option(help: "Name of the model; required with --nlp openai.")
    var model: String?

    @Option(help: "Name of the model for embeddings at OPENAI_BASE_URL; offline then matches conditions by meaning.")
    var embeddingModel: String?

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
        if nlp == .openai, model == nil {
            throw ValidationError("--nlp openai needs --model NAME, such as --model gpt-4o-mini.")
        }
        if nlp == .offline, moderationModel != nil {
            throw ValidationError("--moderation-model has no effect with --nlp offline; add --nlp openai.")
        }
        if nlp == .offline, model != nil {
            throw ValidationError("--model has no effect with --nlp offline; add --nlp openai.")
        }
    }

    func run() async throws {
        do {
            try await Application(configuration: configuration()).run()
        } catch let error as ConfigurationError {
            FileHandle.standardError.write(Data((error.message + "\n").utf8))
            throw ExitCode(1)
        }
    }

    private func configuration() throws -> ServerConfiguration {
        ServerConfiguration(
            agents: agents, plugins: plugins, host: host, port: port,
            languageModel: model.map { .openAI(model: $0) } ?? .offline, embeddingModel: embeddingModel,
            moderationModel: moderationModel, chat: chat, logLevel: logLevel.level, watchesScripts: !doesNotWatch,
            allowedHTTP: allowedHTTP, file: try configurationFile(),
            environment: ProcessInfo.processInfo.environment)
    }

    private func configurationFile() throws -> ConfigurationFile {
        guard let config else { return ConfigurationFile() }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: config)))
        } catch {
            throw ConfigurationError("\(config): cannot be read; check the path given with --config")
        }
        return try ConfigurationFile(parsing: bytes, name: config)
    }
}

/// Levels by the names of swift-log.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
