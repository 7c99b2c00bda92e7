import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantNLP

/// A provider with at most one fault.
private struct FakeService: NLPService, SchematicGenerator, TextStreamer, Embedder, ModerationService {
    enum Fault: String, CaseIterable { case shapeless, nameless, timeless, blank, whole, deaf, shuffled, strict }

    var fault: Fault?
    let summary = "fake"
    var generator: (any SchematicGenerator)? { self }
    var streamer: (any TextStreamer)? { self }
    var embedder: (any Embedder)? { self }
    var moderation: (any ModerationService)? { self }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        try Task.checkCancellation()
        if request.timeLimit == .zero, fault != .timeless { throw NLPError(.timedOut, "late") }
        let legs: JSONValue = fault == .shapeless && request.size == .nano ? "four" : 4
        return Generation(content: ["color": "brown", "legs": legs], model: fault == .nameless ? "" : "fake")
    }

    func stream(
        _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation {
        let pieces: [String] =
            switch fault {
            case .blank: ["one", ""]
            case .whole: ["one two"]
            default: ["one", " two"]
            }
        for piece in pieces {
            if fault == .deaf { try? await receive(piece) } else { try await receive(piece) }
        }
        return Generation(content: .string(pieces.joined()), model: "fake")
    }

    func embed(_ texts: [String]) async throws -> Embedding {
        let vectors = texts.map { [Float($0.utf8.count), 1] }
        return Embedding(vectors: fault == .shuffled ? vectors.reversed() : vectors)
    }

    func moderate(_ text: String) async throws -> Moderation { Moderation(isFlagged: fault == .strict) }
}

@Suite("The rules of providers")
struct NLPServiceConformanceTests {
    @Test("are kept by a good one", arguments: NLPServiceConformance.checks(for: FakeService()))
    func good(_ check: ConformanceCheck<any NLPService>) async throws { try await check.run(FakeService()) }

    @Test("find each fault, and say which rule is broken", arguments: FakeService.Fault.allCases)
    fileprivate func faults(_ fault: FakeService.Fault) async throws {
        let service = FakeService(fault: fault)
        var broken: [String] = []
        for check in NLPServiceConformance.checks(for: service) {
            do { try await check.run(service) } catch is ConformanceFailure { broken.append(check.name) }
        }
        let expected: [FakeService.Fault: String] = [
            .shapeless: "a question of every size is answered",
            .nameless: "an answer fits its schema, and is accounted",
            .timeless: "a question without time ends as timedOut, and the next one is answered",
            .blank: "a streamed text comes in pieces that are the text together",
            .whole: "a streamed text comes in pieces that are the text together",
            .deaf: "a receiver that throws ends the stream with its own error, and the next one is written",
            .shuffled: "each text gets a vector, in order, all of one length",
            .strict: "a harmless text is not flagged",
        ]
        #expect(broken == [try #require(expected[fault])])
    }

    @Test("ask nothing of what a provider does not have")
    func offline() { #expect(NLPServiceConformance.checks(for: OfflineService()).isEmpty) }
}
