import ParlantCore
import ParlantTesting

/// A store that cannot append what the agent has to say; everything else goes to `base`.
struct SilencedSessionStore: SessionStoreWrapper {
    let base: any SessionStore

    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event {
        guard draft.source != .aiAgent else {
            throw StoreError(
                .unavailable, entity: "event", id: "", message: "the disk is full; make room", cause: nil)
        }
        return try await base.append(draft, to: id, mark)
    }
}
