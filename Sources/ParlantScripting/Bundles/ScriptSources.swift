import LuaRuntime
import ParlantCore
import Synchronization

/// The scripts that one load reads: for `require`, and nothing outside the two folders.
struct ScriptSources: Sendable {
    let tree: SourceTree
    /// Folders that there are, in the order in which they are searched.
    let kinds: [Bundle.Kind]
    /// Files that were looked for, found or not: a change of any of them makes another load.
    let reads = ReadRecord()

    init(_ tree: SourceTree, roots: ScriptRoots) {
        self.tree = tree
        kinds = roots.plugins == nil ? [.agent] : [.agent, .plugin]
    }

    /// Tells texts of scripts apart: 16 hexadecimal digits for the names and texts of the files that were read.
    var revision: String {
        var fingerprint = Fingerprint()
        for name in reads.all.sorted() {
            guard case .text(let text)? = tree.files[name]?.contents else { continue }
            fingerprint.add(name)
            fingerprint.add(text)
        }
        return fingerprint.digits
    }

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
        for kind in kinds {
            for candidate in ["\(path).lua", "\(path)/init.lua"] {
                let file = "\(kind.rawValue)/\(candidate)"
                reads.add(file)
                guard let found = tree.files[file] else {
                    if isOutside(file) { throw HostError("\(file): \(Wording.leavesFolder)") }
                    places.append(file)
                    continue
                }
                if kind == .plugin, tree.found.disabledPlugins.contains(String(parts[0])) {
                    throw HostError(Wording.pluginDisabled(String(parts[0])))
                }
                switch found.contents {
                case .text(let text): return LuaSource(name: file, text: text)
                case .unusable(let reason): throw HostError(reason)
                }
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

    /// Whether a file is shared code, whose name, or whose folder's, begins with `_`.
    static func isShared(_ file: String) -> Bool {
        let parts = file.split(separator: "/")
        return parts.count > 1 && parts[1].hasPrefix("_")
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == "-")
    }

    private func isOutside(_ file: String) -> Bool { tree.outside.contains { file.hasPrefix($0 + "/") } }
}

/// Collects names of files while a bundle loads.
final class ReadRecord: Sendable {
    private let names = Mutex<Set<String>>([])

    func add(_ name: String) { names.withLock { _ = $0.insert(name) } }

    var all: Set<String> { names.withLock { $0 } }
}
