import Foundation
import ParlantCore
import ParlantLocal
import ParlantSQLite
import ParlantStores

/// A store that is measured, as `--store` names it.
enum BenchedStore: String, CaseIterable {
    case memory, sqlite, local

    /// A message as customers write it.
    static let draft = EventDraft(
        source: .customer, kind: .message, traceID: "0123456789abcdef0123456789abcdef",
        data: EventData.customerMessage(
            "What are your opening hours on Saturday?", from: Participant(id: "guest", displayName: "Guest")))

    /// Opens it.
    ///
    /// - Parameter path: Of its file or folder; it is made when it is not there.
    func open(_ path: String) async throws -> any StoreBackend {
        let (clock, ids) = (SystemTimeSource(), RandomIDGenerator())
        switch self {
        case .memory: return MemoryStores(clock: clock, ids: ids)
        case .sqlite: return try await SQLiteStores.open(path, clock: clock, ids: ids)
        case .local: return try await LocalStores.open(path, clock: clock, ids: ids)
        }
    }

    /// What appends one event to the session of a client.
    static func appender(
        _ sessions: any SessionStore, _ clients: Int
    ) async throws -> @Sendable (_ client: Int) async throws -> Void {
        var made: [SessionID] = []
        for _ in 0..<clients { made.append(try await sessions.create(SessionDraft(agentID: "bench")).id) }
        return { [made] client in _ = try await sessions.append(draft, to: made[client]) }
    }
}
