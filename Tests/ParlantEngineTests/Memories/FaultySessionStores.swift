import ParlantCore
import ParlantTesting

/// A store that refuses to change and to delete sessions.
struct FrozenSessionStore: SessionStoreWrapper {
    let base: any SessionStore

    static let frozen = StoreError(.unavailable, entity: "session", id: "", message: "the disk is full; make room")

    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session { throw Self.frozen }
    func delete(_ id: SessionID) async throws { throw Self.frozen }
}

/// A store in which looking at a session waits at a valve.
struct HeldSessionStore: SessionStoreWrapper {
    let base: any SessionStore
    let valve: Valve

    func read(_ id: SessionID) async throws -> Session {
        try await valve.pass()
        return try await base.read(id)
    }
}
