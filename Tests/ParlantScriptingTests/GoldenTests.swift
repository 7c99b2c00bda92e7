import Foundation
import ParlantScripting
import Testing

/// The texts of errors, word for word: `Fixtures/broken/NAME.lua` is loaded as `agents/NAME.lua`, and what is printed
/// is `NAME.expected`.
@Suite("Broken files say what is wrong")
struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/broken")

    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }.sorted()
    }

    @Test("as expected", arguments: names)
    func texts(name: String) async throws {
        let script = try String(contentsOf: Self.folder.appending(path: "\(name).lua"), encoding: .utf8)
        let expected = try String(contentsOf: Self.folder.appending(path: "\(name).expected"), encoding: .utf8)
        guard case .failure(let problems) = try await Loader().load(["agents/\(name).lua": script]) else {
            Issue.record("\(name) loads")
            return
        }
        #expect("\(problems)\n" == expected, "\n\(problems)\n")
    }

    @Test("ten and more different mistakes of one file are told by one load, each with file and line")
    func acceptance() async throws {
        let script = try String(contentsOf: Self.folder.appending(path: "counter.lua"), encoding: .utf8)
        let problems = try await Loader().problems(["agents/counter.lua": script])
        #expect(problems.count >= 12)
        #expect(problems.allSatisfy { $0.wholeMatch(of: #/agents\/counter\.lua:\d+: .+/#) != nil })
        #expect(Set(problems).count == problems.count)
    }
}
