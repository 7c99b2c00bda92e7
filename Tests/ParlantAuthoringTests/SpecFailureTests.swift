import Foundation
import ParlantAuthoring
import Testing

/// The texts of the test kit, word for word: `Fixtures/failures` is tested, and what is printed is `failures.expected`.
@Suite("A test that fails")
struct SpecFailureTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/failures")

    @Test("says what was expected and what was found, at the line where it was")
    func wording() async throws {
        let report = try await TestRunner(Workbench(path: Self.folder.appending(path: "agents").path)).run()
        let expected = try String(contentsOf: Self.folder.appending(path: "failures.expected"), encoding: .utf8)
        let actual = report.results.map(\.line).joined(separator: "\n") + "\n"
        #expect(actual == expected, "\n\(actual)\n")
        #expect(report.problems.isEmpty)
        #expect(!report.isGood)
    }
}
