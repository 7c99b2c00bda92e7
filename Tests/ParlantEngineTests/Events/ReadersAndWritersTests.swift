import Foundation
import Testing

/// ``Crowd`` over several seeds. A failure names its seed.
@Suite("Readers and writers at once")
struct ReadersAndWritersTests {
    @Test(
        "offsets are dense, and who comes back at the last offset plus one sees every event exactly once",
        arguments: 0..<4)
    func exactlyOnce(seed: Int) async throws {
        #expect(try await Crowd(seed: seed).run() > 0)
    }

    /// `make test-nightly`.
    @Test(
        "the same over a million reads",
        .enabled(if: ProcessInfo.processInfo.environment["PARLANT_NIGHTLY"] != nil))
    func aMillionReads() async throws {
        var reads = 0
        var seed = 1000
        while reads < 1_000_000 {
            reads += try await Crowd(seed: seed, sessions: 24, eventsPerWriter: 400).run()
            seed += 1
        }
    }
}
