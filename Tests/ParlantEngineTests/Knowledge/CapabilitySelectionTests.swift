import Logging
import ParlantCore
import Synchronization
import Testing

@testable import ParlantEngine

/// Gives texts with the word "bike" one direction and all others another, and counts what it is asked.
private final class BikeEmbedder: NLPService, Embedder {
    let batches = Mutex<[[String]]>([])
    let isDown: Bool

    init(isDown: Bool = false) { self.isDown = isDown }

    var summary: String { "bikes" }
    var generator: (any SchematicGenerator)? { nil }
    var embedder: (any Embedder)? { self }

    func embed(_ texts: [String]) async throws -> Embedding {
        batches.withLock { $0.append(texts) }
        if isDown { throw NLPError(.unavailable, "down") }
        return Embedding(vectors: texts.map { $0.contains("bike") ? [1, 0] : [0.1, 1] })
    }
}

@Suite("The capabilities of a prompt")
struct CapabilitySelectionTests {
    private let selection = CapabilitySelection(
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))

    private static func snapshot(_ count: Int) -> AgentSnapshot {
        var snapshot = AgentSnapshot.make()
        snapshot.capabilities = (0..<count).map { number in
            Capability(
                id: CapabilityID("c\(number)"), title: "Service \(number)",
                description: "Wash \(number == 12 ? "carpets" : "walls").",
                signals: number % 10 == 7 ? ["clean my bike"] : ["polish \(number)"])
        }
        return snapshot
    }

    private func chosen(_ count: Int, _ said: [String], _ nlp: any NLPService = NoModel()) async throws -> [String] {
        let context = TurnContext.make(Self.snapshot(count), said: said, nlp: nlp)
        return try await selection.capabilities(in: context).map(\.id.rawValue)
    }

    @Test("are all of a few, and no model is asked")
    func few() async throws {
        let nlp = BikeEmbedder()
        #expect(try await chosen(8, ["Hello"], nlp).count == 8)
        #expect(nlp.batches.withLock { $0.isEmpty })
    }

    @Test("of many are the three whose vectors come closest, and each text is embedded once")
    func vectors() async throws {
        let nlp = BikeEmbedder()
        #expect(try await chosen(50, ["Something for my bike"], nlp) == ["c7", "c17", "c27"])
        #expect(try await chosen(50, ["Something for my bike"], nlp) == ["c7", "c17", "c27"])
        #expect(nlp.batches.withLock { $0.flatMap(\.self).count { $0 == "clean my bike" } } == 1)
    }

    @Test("without an embedder, and when it fails, are those that share words with what was said")
    func words() async throws {
        for nlp in [NoModel(), BikeEmbedder(isDown: true)] as [any NLPService] {
            #expect(try await chosen(50, ["Do you wash carpets?"], nlp).first == "c0")
            #expect(try await chosen(50, ["Good morning"], nlp) == [])
        }
    }

    @Test("stand in the prompts of matching and of the reply")
    func prompts() async throws {
        let model = ScriptedModel([
            "guideline_matches": { _ in ["applies": []] }, "reply": { _ in ["message": "Fine."] },
        ])
        var snapshot = Self.snapshot(2)
        snapshot.guidelines = [.make("g", "The customer asks")]
        let chat = try await Conversation(snapshot, nlp: model)
        _ = try await chat.ask("Hello", trace: "t1")
        let requests = model.requests.withLock { $0 }
        #expect(requests.map(\.schemaName) == ["guideline_matches", "reply"])
        for request in requests {
            #expect(
                request.prompt.contains(
                    "# What the agent can offer, to be mentioned where it helps\n- Service 0: Wash walls.\n"))
        }
    }
}
