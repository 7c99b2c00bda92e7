import ParlantCore
import ParlantTesting
import Synchronization

/// A model with fixed answers by schema name. Each call takes 40 ms of the conversation's clock, 10 tokens in and 3 out.
final class SlowModel: NLPService, SchematicGenerator {
    /// The clock that calls move on; set once the conversation has made it.
    final class Slot: Sendable {
        private let clock = Mutex<ManualClock?>(nil)

        func set(_ clock: ManualClock) { self.clock.withLock { $0 = clock } }
        func advance(by duration: Duration) { clock.withLock { $0 }?.advance(by: duration) }
    }

    let clock = Slot()
    private let answers: [String: JSONValue]

    init(_ answers: [String: JSONValue]) { self.answers = answers }

    var summary: String { "slow" }
    var generator: (any SchematicGenerator)? { self }
    var embedder: (any Embedder)? { nil }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        clock.advance(by: .milliseconds(40))
        guard let answer = answers[request.schemaName] else {
            throw NLPError(.malformed, "no answer for \(request.schemaName)")
        }
        return Generation(content: answer, usage: TokenUsage(input: 10, output: 3))
    }
}
