import Foundation
import ParlantServer
import Testing

@testable import ParlantAuthoring

@Suite("Files with types for editors")
struct TypeFilesTests {
    @Test("have every word of tests, each with a signature and a sentence")
    func words() {
        let lines = SpecTypes.module.split(separator: "\n")
        for (table, words) in SpecFunctions.words {
            for word in words {
                let signature = SpecTypes.signatures["\(table).\(word)"]
                #expect(signature?.doc.hasSuffix(".") == true, "\(table).\(word)")
                #expect(lines.contains("---@field \(word) \(signature?.type ?? "")"), "\(table).\(word)")
            }
        }
        for name in ConversationOptions.names {
            let pattern = "---@field \(name)\(name == "agent" ? "" : "?") "
            #expect(lines.contains { $0.hasPrefix(pattern) }, "\(name)")
        }
    }

    @Test("are written where editors look, and replaced when they are theirs")
    func writes() throws {
        let folder = try SpecFolder()
        let files = ["types/parlant.lua", "types/parlant/test.lua", "types/parlant/json.lua"]
        let first = try TypeFiles.write(to: folder.path)
        #expect(first.written == (files + [".luarc.json", ".luacheckrc"]).map { "\(folder.path)/\($0)" })
        #expect(first.kept.isEmpty)
        let settings = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: "\(folder.path)/.luarc.json")))
        #expect(((settings as? [String: Any])?["workspace"] as? [String: Any])?["library"] as? [String] == ["types"])
        try "{ \"mine\": true }".write(toFile: "\(folder.path)/.luarc.json", atomically: true, encoding: .utf8)
        let second = try TypeFiles.write(to: folder.path)
        #expect(second.written == files.map { "\(folder.path)/\($0)" })
        #expect(second.kept == [".luarc.json", ".luacheckrc"].map { "\(folder.path)/\($0)" })
        #expect(try String(contentsOfFile: "\(folder.path)/.luarc.json", encoding: .utf8) == "{ \"mine\": true }")
    }

    @Test("never replace a file of somebody else, and then write nothing")
    func refuses() throws {
        let folder = try SpecFolder(["types/parlant/json.lua": "return {}"])
        let error = #expect(throws: ConfigurationError.self) { try TypeFiles.write(to: folder.path) }
        #expect("\(try #require(error))".contains("was not written by 'parlant-runtime types'; move it away first"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/types/parlant.lua"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/.luarc.json"))
    }
}
