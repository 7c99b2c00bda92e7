import HTTPTypes
import ParlantCore
import ParlantEngine

/// `/agents/{agent_id}/memories`: what agents remember of customers, for reading and for forgetting.
struct MemoryRoutes: Sendable {
    private static let path = "/agents/{agent_id}/memories"

    /// Which memories are asked for.
    private struct Question: Sendable {
        let text: String
        let customer: CustomerID?
        let limit: Int
        let offset: Int

        init(query: inout QueryReader) {
            text = query.string("query") ?? ""
            customer = query.string("user_id").map(CustomerID.init(rawValue:))
            limit = query.listLimit()
            offset = query.listOffset()
        }
    }

    private let memories: any EntityStore<Memory>
    private let agents: any AgentCatalog
    private let clock: any TimeSource

    init(_ services: APIServices) {
        memories = services.entities.knowledge.memories
        agents = services.agents
        clock = services.clock
    }

    func add(to table: inout RouteTable) {
        table.on(.get, Self.path, .list, query: { Question(query: &$0) }) { [self] call, question in
            try await list(AgentID(call.parameters[0]), question)
        }
        table.on(.delete, "\(Self.path)/{memory_id}", .delete) { [self] call in
            let id = MemoryID(call.parameters[1])
            guard try await memories.read(id).entity.agent == AgentID(call.parameters[0]) else {
                throw StoreError.notFound(Memory.entityName, id)
            }
            try await memories.delete(id)
            return Receipt.deleted.reply(id.rawValue, at: clock.now)
        }
    }

    private func list(_ agent: AgentID, _ question: Question) async throws -> Reply {
        let tag = question.customer.map { Memory.holder($0, agent) } ?? KnowledgeOwner.agent(agent).tag
        let all = try await memories.list(anyOf: [tag])
        // What an agent remembers stays when a script no longer has it.
        if all.isEmpty, agents.snapshot(of: agent) == nil { throw APIError.itemNotFound(agent.rawValue) }
        var ordered: [Stored<Memory>] = all.reversed()
        if !question.text.isEmpty {
            ordered = MemoryRanking.ordered(ordered, by: question.text, now: clock.now)
        }
        let shown = ordered.dropFirst(question.offset).prefix(question.limit)
        return .json(capacity: 64 + shown.count * 256) { writer in
            writer.beginObject()
            writer.key("items")
            writer.array(shown, Memory.write)
            writer.endObject()
        }
    }
}

extension Operation {
    fileprivate static let list = Operation(
        "list_memories", in: "memories", as: "list", "List what an agent remembers",
        about: "Those that fit the query best come first; without a query the newest. With a user only of that user.",
        .ok(.named("MemoryList", .record(["items": .list(Memory.schema)]))), refusing: [.notFound])
    fileprivate static let delete = Operation(
        "delete_memory", in: "memories", as: "delete", "Forget a memory", Receipt.deleted.answer, refusing: [.notFound])
}
