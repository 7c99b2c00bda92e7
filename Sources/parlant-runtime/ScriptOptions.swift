import ArgumentParser
import Foundation
import ParlantAuthoring
import ParlantServer

/// Where the scripts of an authoring command are; the same words as for `serve`.
struct ScriptOptions: ParsableArguments {
    @Argument(help: "Folder with the agents, or one agent: its folder or file.", completion: .directory)
    var path = "agents"

    @Option(help: "Folder with the plugins. (default: 'plugins' beside the agents, if it is there)")
    var plugins: String?

    @Option(help: "JSON file with plugins to load and settings of bundles.")
    var config: String?

    /// What the options name.
    func workbench() throws(ConfigurationError) -> Workbench {
        try Workbench(
            path: path, plugins: plugins, configuration: try ConfigurationFile(at: config),
            environment: ProcessInfo.processInfo.environment)
    }
}

extension ConfigurationFile {
    /// Reads the file at a path; without one, nothing is configured.
    init(at path: String?) throws(ConfigurationError) {
        guard let path else {
            self.init()
            return
        }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw ConfigurationError("\(path): cannot be read; check the path given with --config")
        }
        try self.init(parsing: bytes, name: path)
    }
}

/// Runs the body of a command; what cannot be done is told in its own words, without usage.
func reporting<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as ConfigurationError {
        FileHandle.standardError.write(Data((error.message + "\n").utf8))
        throw ExitCode(1)
    }
}
