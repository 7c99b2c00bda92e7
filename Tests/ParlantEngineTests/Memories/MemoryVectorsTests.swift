import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Vectors of memories")
struct MemoryVectorsTests {
    private let vectors = MemoryVectors()

    private func ask(_ embedder: GroupEmbedder, as agent: AgentID, of customer: CustomerID = "ann") async throws {
        let models = TurnModels(nlp: GroundedModel(embedder: embedder), clock: ManualClock())
        let cosines = try await vectors.cosines(
            of: ["\(agent) knows \(customer)."], with: ["tea"], of: .init(customer: customer, agent: agent), models)
        #expect(cosines.allSatisfy { $0 != nil })
    }

    private func made(by embedder: GroupEmbedder) -> [[String]] {
        embedder.requests.withLock { requests in
            defer { requests = [] }
            return requests.map { Array($0.dropFirst()) }
        }
    }

    @Test("those of two agents who ask in turn are made once")
    func alternating() async throws {
        let embedder = GroupEmbedder([["tea"]])
        for agent: AgentID in ["otto", "eva", "otto", "eva"] { try await ask(embedder, as: agent) }
        #expect(made(by: embedder) == [["otto knows ann."], ["eva knows ann."], [], []])
    }

    @Test("those of a customer go with the customer, and those of an agent with the agent")
    func forgetting() async throws {
        let embedder = GroupEmbedder([["tea"]])
        func askAll() async throws -> [[String]] {
            for customer: CustomerID in ["ann", "bob"] {
                for agent: AgentID in ["otto", "eva"] { try await ask(embedder, as: agent, of: customer) }
            }
            return made(by: embedder)
        }
        _ = try await askAll()
        vectors.forget(CustomerID("ann"))
        #expect(try await askAll() == [["otto knows ann."], ["eva knows ann."], [], []])
        vectors.forget(AgentID("eva"))
        #expect(try await askAll() == [[], ["eva knows ann."], [], ["eva knows bob."]])
    }

    @Test("who is forgotten while vectors are made is not kept")
    func forgottenMeanwhile() async throws {
        let valve = Valve()
        let embedder = GroupEmbedder([["tea"]], valve: valve)
        let asking = Task { try await ask(embedder, as: "otto") }
        await valve.waitForArrivals(1)
        vectors.forget(CustomerID("ann"))
        valve.open()
        try await asking.value
        try await ask(embedder, as: "otto")
        #expect(made(by: embedder) == [["otto knows ann."], ["otto knows ann."]])
    }
}
