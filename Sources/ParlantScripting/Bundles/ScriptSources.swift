import Foundation
import LuaRuntime

/// Reads script files: for `require`, and nothing outside the two folders.
struct ScriptSources: Sendable {
    /// Path of each folder.
    let roots: [Bundle.Kind: String]
    /// Names of plugins that are in their folder and not in the configuration's list.
    let disabledPlugins: Set<String>
    /// Bytes of one file.
    let fileBytes: Int

    /// Finds a module: `agents/?.lua`, `agents/?/init.lua`, then the same under `plugins/`.
    ///
    /// - Throws: `HostError` when there is none, when the name leads elsewhere, or when the file cannot be read.
    func module(_ name: String) throws -> LuaSource {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ part in !part.isEmpty && part.allSatisfy(Self.isAllowed) }) else {
            throw HostError(Wording.moduleName(name))
        }
        let path = parts.joined(separator: "/")
        var places: [String] = []
        for kind in [Bundle.Kind.agent, .plugin] {
            guard let root = roots[kind] else { continue }
            for candidate in ["\(path).lua", "\(path)/init.lua"] {
                let file = "\(kind.rawValue)/\(candidate)"
                guard FileManager.default.fileExists(atPath: "\(root)/\(candidate)") else {
                    places.append(file)
                    continue
                }
                if kind == .plugin, disabledPlugins.contains(String(parts[0])) {
                    throw HostError(Wording.pluginDisabled(String(parts[0])))
                }
                return LuaSource(name: file, text: try text(of: "\(root)/\(candidate)", under: root, file: file))
            }
        }
        throw HostError(Wording.moduleNotFound(name, places))
    }

    /// The bundle that a file belongs to; `loading` for shared code, whose name begins with `_`.
    static func bundle(of file: String, loading: String) -> String {
        let parts = file.split(separator: "/")
        guard parts.count > 1, !parts[1].hasPrefix("_") else { return loading }
        return parts[1].hasSuffix(".lua") ? String(parts[1].dropLast(4)) : String(parts[1])
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == "-")
    }

    private func text(of path: String, under root: String, file: String) throws -> String {
        guard let real = realPath(path), let folder = realPath(root), real.hasPrefix(folder + "/") else {
            throw HostError("\(file): \(Wording.leavesFolder)")
        }
        guard let handle = FileHandle(forReadingAtPath: real) else {
            throw HostError("\(file): \(Wording.unreadable("no permission, or it is no file"))")
        }
        defer { try? handle.close() }
        // One byte more than allowed tells a file that is too large without reading all of it.
        let bytes = (try? handle.read(upToCount: fileBytes + 1)) ?? Data()
        guard bytes.count <= fileBytes else {
            let size = (try? handle.seekToEnd()).map { Int($0) } ?? bytes.count
            throw HostError("\(file): \(Wording.tooLarge(size, limit: fileBytes))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HostError("\(file): \(Wording.notText)")
        }
        return text
    }

    /// The path without symbolic links; nil when there is no such file.
    private func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
