import Foundation
import ParlantAuthoring
import Testing

/// The situations that Parlant's documentation explains relationships by, as an agent in Lua with tests of its own.
@Suite("The agent with relationships")
struct RelationshipExampleTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/relationships")

    @Test("does what its relationships say, and every guideline of it is tested")
    func spec() async throws {
        let report = try await TestRunner(Workbench(path: Self.folder.appending(path: "agents").path)).run()
        let failures = report.results.map(\.line).filter { !$0.hasPrefix("ok") }
        #expect(failures.isEmpty, "\n\(failures.joined(separator: "\n"))\n")
        #expect(report.summary.last == "17 passed, 0 failed")
        #expect(report.coverage?.gaps.map(\.description) == [])
    }
}
