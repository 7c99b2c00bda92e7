import Foundation
import ParlantAuthoring
import ParlantScripting
import ParlantServer
import Testing

@Suite("A new agent")
struct NewAgentTests {
    @Test("passes check and all of its own tests, which reach everything", arguments: ["shop", "my-shop", "shop_2"])
    func works(name: String) async throws {
        let folder = try SpecFolder()
        let files = try NewAgent(name: name, in: "\(folder.path)/agents").write()
        #expect(files.count == 3)
        let workbench = try Workbench(path: "\(folder.path)/agents")
        let check = await Checker(workbench, absentSettings: .refused).check()
        #expect(check.text.hasSuffix("no problems\n"))
        #expect(!check.text.contains("warning"))
        let report = try await folder.test("agents/\(name)")
        #expect(report.isGood && report.passed == 4, "\(report.results.map(\.line))")
        #expect(report.coverage?.gaps == [])
    }

    @Test("overwrites nothing")
    func overwrites() throws {
        let folder = try SpecFolder(["agents/shop.lua": "return nil", "agents/bank/x.lua": ""])
        for name in ["shop", "bank"] {
            let agent = try NewAgent(name: name, in: "\(folder.path)/agents")
            #expect(throws: ConfigurationError.self) { try agent.write() }
        }
        #expect(try String(contentsOfFile: "\(folder.path)/agents/shop.lua", encoding: .utf8) == "return nil")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/agents/shop"))
    }

    @Test(
        "has a name that can be one",
        arguments: [
            "", "9lives", "a b", "a/b", "..", "_shared", "ä", "parlant", "spec", String(repeating: "a", count: 65),
        ])
    func names(name: String) {
        #expect(throws: ConfigurationError.self) { try NewAgent(name: name, in: "agents") }
    }
}
