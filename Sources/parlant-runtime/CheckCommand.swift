import ArgumentParser
import ParlantAuthoring
import ParlantScripting

/// `check`: loads the agents as a server would, and says everything that is wrong.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Loads the agents, says everything that is wrong, and serves nothing.",
        discussion: "Exit code 0: they can be served; 1: they cannot. Without --config, missing settings are warnings.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @OptionGroup var scripts: ScriptOptions

    @Option(help: "How the result is written.")
    var format = Format.text

    func run() async throws {
        let report = try await reporting {
            await Checker(
                try scripts.workbench(), absentSettings: scripts.config == nil ? .placeholders : .refused
            ).check()
        }
        print(format == .json ? report.json : report.text, terminator: "")
        if !report.isGood { throw ExitCode(1) }
    }
}
