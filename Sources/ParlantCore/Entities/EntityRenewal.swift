import Synchronization

/// Keeps the copies of an ``EntityCatalog`` as other nodes leave the entities.
///
/// However many changes come while entities of a kind are read, they are read once more afterwards and not once for each.
public final class EntityRenewal: Sendable {
    private struct State {
        var waiting: Set<MirroredKind> = []
        var isRunning = false
    }

    private let state = Mutex(State())
    private let renew: @Sendable (MirroredKind) async throws -> Void
    private let onFailure: @Sendable (MirroredKind, any Error) -> Void

    /// - Parameters:
    ///   - renew: Reads entities of one kind anew.
    ///   - onFailure: Told when that failed. The copy stays as it was until the next change, or until the feed says that
    ///     anything may have changed, as it does when a database is back.
    public init(
        renew: @escaping @Sendable (MirroredKind) async throws -> Void,
        onFailure: @escaping @Sendable (MirroredKind, any Error) -> Void
    ) {
        self.renew = renew
        self.onFailure = onFailure
    }

    /// Entities of these kinds were changed. Returns at once.
    public func changed(_ kinds: some Sequence<MirroredKind>) {
        let begins = state.withLock { state in
            state.waiting.formUnion(kinds)
            defer { if !state.waiting.isEmpty { state.isRunning = true } }
            return !state.isRunning && !state.waiting.isEmpty
        }
        if begins { Task { await run() } }
    }

    private func run() async {
        while let kind = next() {
            do { try await renew(kind) } catch { onFailure(kind, error) }
        }
    }

    private func next() -> MirroredKind? {
        state.withLock { state in
            let kind = state.waiting.popFirst()
            if kind == nil { state.isRunning = false }
            return kind
        }
    }
}
