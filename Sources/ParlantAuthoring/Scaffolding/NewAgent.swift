import Foundation
public import ParlantServer

/// A new agent as files: the agent, a tool, and a test, which pass `check` and `test` as they are.
public struct NewAgent: Sendable {
    /// Name of the folder, and id of the agent.
    public let name: String
    /// Folder of agents that it is added to.
    public let folder: String

    /// - Throws: ``ConfigurationError`` for a name that cannot be one.
    public init(name: String, in folder: String) throws(ConfigurationError) {
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        guard isPlain, let first = name.first, first.isLetter, name.count <= 64 else {
            throw ConfigurationError(
                "'\(name)' cannot name an agent: take a letter, then letters, digits, '_' and '-', at most 64")
        }
        guard !["parlant", "spec"].contains(name) else {
            throw ConfigurationError("'\(name)' cannot name an agent: the word means something else to 'require'")
        }
        self.name = name
        self.folder = folder
    }

    /// Writes the files.
    ///
    /// - Returns: Paths of what was written, in the order in which one reads them.
    /// - Throws: ``ConfigurationError`` when something of this name is there, or a file cannot be written. What is there
    ///   is never touched.
    public func write() throws(ConfigurationError) -> [String] {
        let root = "\(folder)/\(name)"
        for taken in [root, "\(root).lua"] where FileManager.default.fileExists(atPath: taken) {
            throw ConfigurationError("\(taken) is there already; choose another name, or remove it first")
        }
        do {
            try FileManager.default.createDirectory(atPath: "\(root)/spec", withIntermediateDirectories: true)
            for (path, text) in files {
                try text.write(toFile: "\(folder)/\(path)", atomically: true, encoding: .utf8)
            }
        } catch {
            throw ConfigurationError("\(root) cannot be written: \(error.localizedDescription)")
        }
        return files.map { "\(folder)/\($0.path)" }
    }

    /// Paths below the folder of agents, with texts.
    var files: [(path: String, text: String)] {
        [
            ("\(name)/init.lua", filled(AgentTemplates.agent)), ("\(name)/tools.lua", filled(AgentTemplates.tools)),
            ("\(name)/spec/\(name)_spec.lua", filled(AgentTemplates.spec)),
        ]
    }

    private func filled(_ template: String) -> String {
        let words = name.split { $0 == "_" || $0 == "-" }.joined(separator: " ")
        let title = words.prefix(1).uppercased() + words.dropFirst()
        return template.replacing("NAME", with: name).replacing("TITLE", with: title)
    }
}
