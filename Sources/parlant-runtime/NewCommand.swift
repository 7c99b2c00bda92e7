import ArgumentParser
import ParlantAuthoring
import ParlantServer

/// `new`: writes an agent that works.
struct NewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Writes a new agent with a tool and a test, which pass as they are.")

    @Argument(help: "Name of its folder, and its id.")
    var name: String

    @Option(help: "Folder of agents that it is added to; made if it is not there.")
    var into = "agents"

    func run() async throws {
        let files = try await reporting { try NewAgent(name: name, in: into).write() }
        for file in files { print("wrote \(file)") }
        print(
            """

            next:
              parlant-runtime test \(into)/\(name)
              parlant-runtime check \(into)/\(name)
              parlant-runtime chat \(into)/\(name)
            """)
    }
}
