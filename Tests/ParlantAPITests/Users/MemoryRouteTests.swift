import HTTPTypes
import ParlantCore
import Testing

@testable import ParlantAPI

@Suite("Memories of agents")
struct MemoryRouteTests {
    private let fixture = Fixture()

    private func remember(
        _ id: MemoryID, _ customer: CustomerID, _ content: String, agent: AgentID = "bank"
    ) async throws {
        try await fixture.services.entities.knowledge.memories.create(
            Memory(id: id, customer: customer, agent: agent, content: content, entities: ["Oslo"], sentiment: -0.5))
    }

    private func ids(_ query: String, agent: String = "bank") async throws -> [String] {
        try await fixture.send(.get, "/agents/\(agent)/memories\(query)").value["items"].elements
            .map { try $0["id"].string }
    }

    @Test("a memory is shown with whom it is about, who has it, and what occurs in it")
    func shape() async throws {
        try await remember("m1", "ann", "Lives in Oslo.")
        let memory = try await fixture.send(.get, "/agents/bank/memories?query=Oslo&user_id=ann").value["items"][0]
        let moment = try memory["created_at"].string
        #expect(
            memory.json.description
                == #"{"id":"m1","agent_id":"bank","user_id":"ann","content":"Lives in Oslo.","created_at":"\#(moment)","#
                + #""last_accessed_at":null,"timestamp":null,"sentiment":-0.5,"entities":[{"name":"Oslo"}]}"#)
    }

    @Test("those with words of the query come first; without a query the newest do")
    func order() async throws {
        try await remember("m1", "ann", "Is allergic to nuts.")
        try await remember("m2", "ann", "Likes boats.")
        try await remember("m3", "bob", "Is afraid of boats.")
        try await remember("m4", "ann", "Is tall.", agent: "strict one")
        #expect(try await ids("") == ["m3", "m2", "m1"])
        #expect(try await ids("?query=nuts,+please") == ["m1", "m3", "m2"])
        #expect(try await ids("?query=boats&user_id=ann") == ["m2", "m1"])
        #expect(try await ids("?query=boats&limit=1&offset=1") == ["m3"])
        #expect(try await ids("?user_id=nobody") == [])
        #expect(try await ids("", agent: "strict%20one") == ["m4"])
        #expect(try await fixture.send(.get, "/agents/nobody/memories").status == 404)
        #expect(try await fixture.send(.get, "/agents/bank/memories?limit=0").status == 422)
    }

    @Test("a memory is forgotten, by the agent that has it")
    func forget() async throws {
        try await remember("m1", "ann", "Lives in Oslo.")
        #expect(try await fixture.send(.delete, "/agents/strict%20one/memories/m1").status == 404)
        let answer = try await fixture.send(.delete, "/agents/bank/memories/m1")
        #expect(answer.status == 202)
        #expect(try answer.value["id"].string == "m1")
        #expect(try await ids("") == [])
        #expect(try await fixture.send(.delete, "/agents/bank/memories/m1").status == 404)
    }

    @Test("memories of an agent that is deleted go with it, and those of others stay")
    func deletedAgent() async throws {
        let agent = try await fixture.send(.post, "/agents", #"{"name": "Temp"}"#).value["id"].string
        try await remember("m1", "ann", "Lives in Oslo.", agent: AgentID(agent))
        try await remember("m2", "ann", "Likes boats.")
        #expect(try await fixture.send(.delete, "/agents/\(agent)").status == 204)
        #expect(try await fixture.services.entities.knowledge.memories.list().map(\.entity.id) == ["m2"])
    }
}
