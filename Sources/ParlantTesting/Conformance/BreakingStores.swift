import ParlantCore
import Synchronization

/// The process ended here.
struct BrokenOff: Error {}

/// Lets so many steps go through and none after them.
final class Fuse: Sendable {
    private let left: Mutex<Int>

    init(_ steps: Int) { left = Mutex(steps) }

    func burn() throws {
        try left.withLock { left in
            guard left > 0 else { throw BrokenOff() }
            left -= 1
        }
    }
}

/// Sessions whose removal breaks off.
struct BreakingSessionStore: SessionStoreWrapper {
    let base: any SessionStore
    let fuse: Fuse

    func delete(_ id: SessionID) async throws {
        try fuse.burn()
        try await base.delete(id)
    }
}

/// Explanations whose removal breaks off.
struct BreakingExplanationStore: ExplanationStore {
    let inner: any ExplanationStore
    let fuse: Fuse

    func deleteAll(of session: SessionID) async throws {
        try fuse.burn()
        try await inner.deleteAll(of: session)
    }

    func save(_ explanation: Explanation) async throws { try await inner.save(explanation) }
    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        try await inner.find(traceID, of: session)
    }
    func traces(of session: SessionID) async throws -> [TraceID] { try await inner.traces(of: session) }
}
