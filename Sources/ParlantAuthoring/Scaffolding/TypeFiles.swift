import Foundation
import ParlantScripting
public import ParlantServer

/// The files that tell editors the language: `types/` with a stub for each module, `.luarc.json`, which names them, and
/// `.luacheckrc` for the linter.
public enum TypeFiles {
    /// What ``write(to:)`` did.
    public struct Outcome: Sendable, Equatable {
        /// Paths of the files that were written.
        public var written: [String] = []
        /// Paths of files that people changed, and that were left alone.
        public var kept: [String] = []
    }

    /// Paths from the project's folder, with texts.
    static var stubs: [(path: String, text: String)] {
        [
            ("types/parlant.lua", EditorTypes.module), ("types/parlant/test.lua", SpecTypes.module),
            ("types/parlant/json.lua", EditorTypes.json),
        ]
    }

    /// Writes the files below a folder. Stubs that this wrote before are replaced; a `.luarc.json` or `.luacheckrc` that is
    /// there is left alone, because people add to it.
    ///
    /// - Throws: ``ConfigurationError`` when a stub's path has a file of somebody else, or a file cannot be written. In
    ///   the first case nothing was written.
    public static func write(to folder: String) throws(ConfigurationError) -> Outcome {
        var outcome = Outcome()
        let prefix = folder == "." ? "" : folder + "/"
        var files = stubs.map { (path: "\(prefix)\($0.path)", text: $0.text) }
        for (path, _) in files where FileManager.default.fileExists(atPath: path) {
            let found = try? String(contentsOfFile: path, encoding: .utf8)
            guard let found, found.contains(EditorTypes.refusal) else {
                throw ConfigurationError(
                    "\(path) was not written by 'parlant-runtime types'; move it away first. Nothing was written")
            }
        }
        for (path, text) in settings.map({ ("\(prefix)\($0.path)", $0.text) }) {
            if FileManager.default.fileExists(atPath: path) {
                outcome.kept.append(path)
            } else {
                files.append((path, text))
            }
        }
        for (path, text) in files {
            do {
                try FileManager.default.createDirectory(
                    at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(toFile: path, atomically: true, encoding: .utf8)
            } catch {
                throw ConfigurationError("\(path) cannot be written: \(error.localizedDescription)")
            }
            outcome.written.append(path)
        }
        return outcome
    }

    /// Files that people add to.
    private static var settings: [(path: String, text: String)] {
        [(".luarc.json", luarc), (".luacheckrc", LuacheckRules.file)]
    }

    /// Modules are found as the server finds them, and what the sandbox withholds is unknown.
    static let luarc = """
        {
          "runtime": {
            "version": "Lua 5.4",
            "path": [
              "agents/?.lua",
              "agents/?/init.lua",
              "plugins/?.lua",
              "plugins/?/init.lua",
              "types/?.lua"
            ],
            "pathStrict": true,
            "builtin": {
              "coroutine": "disable",
              "debug": "disable",
              "io": "disable",
              "os": "disable",
              "package": "disable"
            }
          },
          "workspace": {
            "library": ["types"],
            "checkThirdParty": false
          }
        }

        """
}
