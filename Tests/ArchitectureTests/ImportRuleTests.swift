import Foundation
import Testing

/// The project as files: what each target's sources import.
private struct SourceTree {
    let root: URL

    init() {
        root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// Names of the folders under `Sources`.
    func targets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path).sorted()
    }

    /// Files below a folder, as paths from the root.
    func files(under folder: String, endings: [String]) -> [String] {
        let base = root.appending(path: folder)
        let all = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return all.filter { name in endings.contains { name.hasSuffix($0) } }.map { "\(folder)/\($0)" }.sorted()
    }

    func text(_ file: String) throws -> String {
        try String(contentsOf: root.appending(path: file), encoding: .utf8)
    }

    /// Modules that a target imports, with a file for each.
    func imports(of target: String) throws -> [String: String] {
        var modules: [String: String] = [:]
        for file in files(under: "Sources/\(target)", endings: [".swift"]) {
            for line in try text(file).split(separator: "\n") {
                let words = line.split(separator: " ").filter {
                    !$0.hasPrefix("@") && !["public", "internal", "package", "private"].contains($0)
                }
                guard words.first == "import", let last = words.last else { continue }
                modules[String(last.split(separator: ".")[0])] = file
            }
        }
        return modules
    }
}

@Suite("The shape of the code base")
struct ImportRuleTests {
    private let tree = SourceTree()

    /// What each target may import of ours: the arrows of the architecture, which never point up.
    private static let own: [String: Set<String>] = [
        "CLua": [], "CLuaBridge": ["CLua"], "LuaRuntime": ["CLuaBridge"],
        "ParlantCore": [], "ParlantEngine": ["ParlantCore"],
        "ParlantStores": ["ParlantCore"],
        "CArchive": [], "ParlantArchive": ["CArchive", "ParlantCore", "ParlantStores"],
        "ParlantLocal": ["ParlantCore", "ParlantStores"],
        "ParlantSQLite": ["ParlantCore", "ParlantStores"],
        "CMongoc": [], "ParlantMongo": ["CMongoc", "ParlantCore", "ParlantStores"], "ParlantTesting": ["ParlantCore"],
        "ParlantHTTP": ["ParlantCore"], "ParlantNLP": ["ParlantCore"],
        "ParlantScripting": ["ParlantCore", "LuaRuntime"],
        "ParlantAPI": ["ParlantCore", "ParlantEngine"],
        "ParlantServer": [
            "LuaRuntime", "ParlantAPI", "ParlantArchive", "ParlantCore", "ParlantEngine", "ParlantHTTP", "ParlantNLP",
            "ParlantLocal", "ParlantMongo", "ParlantScripting", "ParlantSQLite", "ParlantStores",
        ],
        "ParlantAuthoring": [
            "LuaRuntime", "ParlantCore", "ParlantEngine", "ParlantHTTP", "ParlantNLP", "ParlantScripting",
            "ParlantServer", "ParlantStores", "ParlantTesting",
        ],
        "parlant-runtime": ["ParlantAuthoring", "ParlantCore", "ParlantScripting", "ParlantServer"],
    ]

    /// Libraries that only these targets may import.
    private static let reserved: [String: Set<String>] = [
        "Hummingbird": ["ParlantAPI"], "AsyncHTTPClient": ["ParlantHTTP"], "ArgumentParser": ["parlant-runtime"],
        "GRDB": ["ParlantSQLite"],
    ]

    @Test("every target has its place in the import rules")
    func known() throws {
        #expect(try Set(tree.targets()) == Set(Self.own.keys))
    }

    @Test("targets import only what lies below them", arguments: own.keys.sorted())
    func arrows(target: String) throws {
        let allowed = try #require(Self.own[target])
        for (module, file) in try tree.imports(of: target) where Self.own[module] != nil {
            #expect(allowed.contains(module), "\(file) imports \(module)")
        }
    }

    @Test("heavy libraries are imported in one place each", arguments: own.keys.sorted())
    func reservedLibraries(target: String) throws {
        for (module, file) in try tree.imports(of: target) {
            for (library, owners) in Self.reserved where module.hasPrefix(library) {
                #expect(owners.contains(target), "\(file) imports \(module), which only \(owners) may")
            }
        }
    }

    @Test("the domain knows no input, no output and no clock but the system's port")
    func core() throws {
        let allowed: Set = ["OrderedCollections", "Synchronization", "Glibc", "FoundationEssentials", "Logging"]
        for (module, file) in try tree.imports(of: "ParlantCore") {
            #expect(allowed.contains(module), "\(file) imports \(module)")
        }
    }

    @Test("only the bridge includes a Lua header")
    func luaHeaders() throws {
        for target in try tree.targets() where target != "CLuaBridge" && target != "CLua" {
            for file in tree.files(under: "Sources/\(target)", endings: [".swift", ".c", ".h"]) {
                let text = try tree.text(file)
                #expect(!text.contains("import CLua\n") && !text.contains("lua.h"), "\(file)")
            }
        }
    }

    @Test("the manifest uses no macros, which cost minutes to build")
    func noMacros() throws {
        #expect(!(try tree.text("Package.swift")).contains("swift-syntax"))
    }

    @Test("no file is longer than 600 lines")
    func fileLength() throws {
        for folder in ["Sources", "Tests"] {
            for file in tree.files(under: folder, endings: [".swift", ".c", ".h"]) {
                let lines = try tree.text(file).split(separator: "\n", omittingEmptySubsequences: false).count
                #expect(lines <= 600, "\(file) has \(lines) lines; give it one subject")
            }
        }
    }

    @Test("no folder or type is called after nothing in particular")
    func names() throws {
        for file in tree.files(under: "Sources", endings: [".swift"]) {
            let name = file.split(separator: "/").last ?? ""
            for word in ["Utils", "Utilities", "Manager", "Helper", "Common"] {
                #expect(!name.contains(word), "\(file)")
            }
        }
    }
}
