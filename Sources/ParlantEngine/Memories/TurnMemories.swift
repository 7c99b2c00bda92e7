import ParlantCore

/// What functions of scripts reach of the memories, in one turn.
struct TurnMemories: CustomerMemories {
    /// Nil where nothing is remembered at all.
    let shelf: MemoryShelf?
    let agent: AgentID
    let session: Session
    let models: TurnModels
    /// Throws when the turn is over, or was cancelled.
    let checkLive: @Sendable () throws -> Void

    func search(_ text: String?, limit: Int) async throws -> [FoundMemory] {
        guard let shelf else { return [] }
        let customer = session.customerID
        guard let text else {
            let newest = try await shelf.memories(of: customer, with: agent)
                .sorted { ($0.moment, $0.entity.id) > ($1.moment, $1.entity.id) }
            return newest.prefix(max(0, limit)).map { FoundMemory($0, score: 1) }
        }
        let ranked = try await shelf.ranked(for: [text], of: customer, with: agent, models)
        let found = MemoryRanking.found(ranked, limit: limit)
        shelf.accesses.note(found.map(\.memory))
        return found.map { FoundMemory($0.memory, score: $0.score) }
    }

    func remember(_ draft: MemoryDraft) async throws -> Memory {
        guard let shelf else {
            throw StoreError(
                .notOffered, entity: "memory", id: "", message: "this server has no place for memories; use ctx.kv")
        }
        guard session.customerID != Customer.guestID else {
            throw StoreError(
                .protected, entity: "memory", id: "",
                message: "the guest is everybody that nobody knows; look at ctx.customer.is_guest first")
        }
        guard !MemoryUse.isRefused(in: session) else {
            throw StoreError(
                .protected, entity: "memory", id: "",
                message: "the session's metadata say that nothing of it is to be remembered")
        }
        guard let content = MemoryText.content(draft.content) else {
            throw StoreError(
                .tooLarge, entity: "memory", id: "",
                message: "a memory has 1 to \(MemoryPolicy.contentCharacters) characters")
        }
        var draft = draft
        draft.content = content
        draft.entities = MemoryText.entities(draft.entities)
        draft.importance = min(max(draft.importance, 0), 1)
        draft.sentiment = min(max(draft.sentiment, -1), 1)
        try checkLive()
        return try await shelf.remember(draft, of: session.customerID, with: agent, in: session.id)
    }

    func forget(_ id: MemoryID) async throws -> Bool {
        guard let shelf, session.customerID != Customer.guestID else { return false }
        try checkLive()
        return try await shelf.forget(id, of: session.customerID, with: agent)
    }
}
