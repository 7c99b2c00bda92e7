import ArgumentParser
import ParlantAuthoring
import ParlantScripting

/// `check`: loads the agents as a server would, and says everything that is wrong.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Loads the agents, says everything that is wrong, and serves nothing.",
        discussion: "Exit code 0: they can be served; 1: they cannot. Without --config, missing settings are warnings.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    /// Which journeys are drawn.
    enum Drawing: ExpressibleByArgument, CustomStringConvertible {
        case every
        case one(String)

        init(argument: String) { self = .one(argument) }

        var description: String {
            switch self {
            case .every: "every journey"
            case .one(let id): id
            }
        }
    }

    @OptionGroup var scripts: ScriptOptions

    @Option(help: "How the result is written.")
    var format = Format.text

    @Option(
        defaultAsFlag: Drawing.every, parsing: .next,
        help: ArgumentHelp("Prints journeys as Mermaid diagrams instead of the summary.", valueName: "journey"))
    var draw: Drawing?

    func run() async throws {
        let report = try await reporting {
            let report = await Checker(
                try scripts.workbench(), absentSettings: scripts.config == nil ? .placeholders : .refused
            ).check()
            return switch draw {
            case nil: report
            case .every: try report.drawing(nil)
            case .one(let id): try report.drawing(id)
            }
        }
        print(format == .json ? report.json : report.text, terminator: "")
        if !report.isGood { throw ExitCode(1) }
    }
}
