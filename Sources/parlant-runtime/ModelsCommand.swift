import ArgumentParser
import Foundation
import ParlantAuthoring
import ParlantServer

/// `models`: says which services are known by name, and whether a model does what is asked of it.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Prints the services that --nlp knows; with --check, tries a model out.",
        discussion: "Exit code 0: the model keeps all rules; 1: it does not. A check asks some ten short questions.")

    @Flag(help: "Asks the model of --nlp, and says which rules it keeps.")
    var check = false

    @OptionGroup var model: ModelOptions

    func validate() throws {
        if check, !model.nlp.isEndpoint {
            throw ValidationError(
                "--check needs a service: add --nlp NAME. A plugin's model is checked with test --provider.")
        }
        if !check, model.nlp != .offline { throw ValidationError("--nlp has an effect with --check only.") }
    }

    func run() async throws {
        guard check else { return print(LanguageModels.endpointTable, terminator: "") }
        let results = try await reporting {
            try await ModelCheck.run(model.choice, environment: ProcessInfo.processInfo.environment) { print($0.line) }
        }
        let failed = results.count { $0.failure != nil }
        print("\(results.count - failed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode(1) }
    }
}
