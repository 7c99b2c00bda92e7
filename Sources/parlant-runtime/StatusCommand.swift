import ArgumentParser
import Foundation
import ParlantServer

/// `status`: says how a running server is, and which scripts it serves.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says how a running server is, and what is wrong with its scripts.",
        discussion: "Exit code 0: healthy; 1: degraded, as while a change of a script has problems; 2: no good answer. "
            + "Sends the token in PARLANT_API_TOKEN, which a server may want for details.")

    @Option(help: "Address of the server.")
    var url = "http://127.0.0.1:8800"

    func run() async throws {
        let report = await Application.status(of: url, environment: ProcessInfo.processInfo.environment)
        FileHandle.standardOutput.write(Data((report.text + "\n").utf8))
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}
