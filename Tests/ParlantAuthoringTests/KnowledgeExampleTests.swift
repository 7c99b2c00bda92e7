import Foundation
import ParlantAuthoring
import Testing

/// The situations that Parlant's documentation explains variables, re-evaluation and moderation by, as an agent in Lua
/// with tests of its own.
@Suite("The agent that knows its customers")
struct KnowledgeExampleTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/knowledge")

    @Test("knows what its variables say, looks again after its tools, and does not see what was flagged")
    func spec() async throws {
        let report = try await TestRunner(Workbench(path: Self.folder.appending(path: "agents").path)).run()
        let failures = report.results.map(\.line).filter { !$0.hasPrefix("ok") }
        #expect(failures.isEmpty, "\n\(failures.joined(separator: "\n"))\n")
        #expect(report.summary.last == "17 passed, 0 failed")
    }
}
