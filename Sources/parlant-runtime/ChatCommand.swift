import ArgumentParser
import Foundation
import ParlantAuthoring
import ParlantServer

/// `chat`: talks to an agent in the terminal.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Talks to an agent in the terminal; changed scripts are reloaded.",
        discussion: "Type :why to see which guidelines applied and which tools ran. A pipe works as input. "
            + "With --url, the token in PARLANT_API_TOKEN is sent along.")

    @OptionGroup var scripts: ScriptOptions

    @Option(help: "Id of the agent; needed when there are several.")
    var agent: String?

    @Option(help: "Id of the customer who talks. (default: the guest)")
    var customer: String?

    @Option(help: "Address of a server that runs already, as http://127.0.0.1:8800; then no scripts are loaded.")
    var url: String?

    @OptionGroup var model: ModelOptions

    @Option(name: .customLong("allow-http"), help: "Host that tools may reach, as host or host:port; repeatable.")
    var allowedHTTP: [String] = []

    func run() async throws {
        try await reporting {
            if let url {
                return try await ChatHost.talk(
                    to: url, agent: agent, customer: customer, environment: ProcessInfo.processInfo.environment,
                    input: InputLines.standard(), screen: .standard)
            }
            try await ChatHost.talk(
                at: try scripts.workbench(), agent: agent, customer: customer, models: model.choice,
                environment: ProcessInfo.processInfo.environment,
                allowedHTTP: allowedHTTP, input: InputLines.standard(), screen: .standard)
        }
    }
}
