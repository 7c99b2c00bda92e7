import ArgumentParser
import Foundation
import ParlantAuthoring
import ParlantCore

/// `test`: runs the specs of agents and plugins.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Runs the tests in the agents' spec folders, without model, network and clock.",
        discussion:
            "Exit code 0: nothing failed; 1: something did. Required settings without a value get a made-up one.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, junit }

    @OptionGroup var scripts: ScriptOptions

    @Option(help: "Only tests whose name contains this text.")
    var filter: String?

    @Option(help: "How the result is written.")
    var format = Format.text

    @Option(help: "File that also gets the result as JUnit XML.")
    var junit: String?

    @Flag(help: "Also runs the tests that need a real model.")
    var live = false

    @Option(help: "With --live: file that gets each call of the model, for --replay.")
    var record: String?

    @Option(help: "Also runs the tests that need a model, and answers its calls out of this file, without network.")
    var replay: String?

    @OptionGroup var model: ModelOptions

    @Option(help: "Instead of tests: checks the language model of this plugin against the rules of all of them.")
    var provider: String?

    @Option(
        name: .customLong("allow-http"),
        help: "Host that the plugin of --provider or --nlp may reach, as host or host:port; repeatable.")
    var allowedHTTP: [String] = []

    func validate() throws {
        if provider != nil, live || replay != nil || filter != nil || junit != nil || format != .text {
            throw ValidationError(
                "--provider runs no tests; leave out --live, --replay, --filter, --format and --junit.")
        }
        if provider == nil, !live, !allowedHTTP.isEmpty {
            throw ValidationError("--allow-http has an effect with --provider and --live only; tests reach no network.")
        }
        if record != nil, !live { throw ValidationError("--record needs --live: without it no model is asked.") }
        if replay != nil, live || model.nlp != .offline {
            throw ValidationError("--replay asks no model; leave out --live, --record and --nlp.")
        }
        if live, model.nlp == .offline {
            throw ValidationError("--live needs a model: add --nlp NAME, such as --nlp openai.")
        }
        if !live, model.nlp != .offline { throw ValidationError("--nlp has an effect with --live only.") }
    }

    func run() async throws {
        if let provider { return try await check(provider) }
        let report = try await reporting {
            let workbench = try scripts.workbench()
            if let replay { return await run(workbench, model: try ModelRecordFile.replaying(replay)) }
            guard live else { return await run(workbench, model: nil) }
            return try await ModelHost.withService(
                model.choice, of: workbench, environment: ProcessInfo.processInfo.environment, allowedHTTP: allowedHTTP
            ) { service in
                let service = try record.map { try ModelRecordFile.recording(service, to: $0) } ?? service
                return await run(workbench, model: service)
            }
        }
        let document = JUnitReport(report).description
        if format == .junit {
            print(document, terminator: "")
        } else {
            for line in report.summary { print(line) }
        }
        if let junit { try write(document, to: junit) }
        if !report.isGood { throw ExitCode(1) }
    }

    private func check(_ provider: String) async throws {
        let results = try await reporting {
            try await ProviderRun(provider, of: try scripts.workbench(), allowedHTTP: allowedHTTP).run {
                print($0.line)
            }
        }
        let failed = results.count { $0.failure != nil }
        print("\(results.count - failed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode(1) }
    }

    private func run(_ workbench: Workbench, model: (any NLPService)?) async -> TestReport {
        let isText = format == .text
        return await TestRunner(workbench, options: .init(filter: filter, model: model)).run { result in
            guard isText else { return }
            // At once, also into a pipe: long runs show where they are.
            FileHandle.standardOutput.write(Data((result.line + "\n").utf8))
        }
    }

    private func write(_ document: String, to path: String) throws {
        do {
            try document.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw ValidationError("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
