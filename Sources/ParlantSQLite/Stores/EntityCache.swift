import ParlantCore
import Synchronization

/// Sessions or customers that were used lately, so that a message does not cost a look into the file.
///
/// It never shows what is older than an acknowledged write: one process has the file, every write tells the cache in the
/// order of the commits, and a reading that was overtaken by a write is not kept.
final class EntityCache<Entity: Sendable>: Sendable {
    private struct State {
        var entities: RecentEntries<Identifier<Entity>, Entity>
        /// Writes that were told.
        var writes = 0
    }

    private let state: Mutex<State>

    /// A cache of at least the `limit` that were used last, and at most twice as many.
    init(limit: Int = 4096) { state = Mutex(State(entities: RecentEntries(limit: limit))) }

    /// The entity, if it is at hand. O(1).
    func find(_ id: Identifier<Entity>) -> Entity? { state.withLock { $0.entities.find(id) } }

    /// What a reading that begins now hands to ``keep(_:for:since:)``.
    var mark: Int { state.withLock { $0.writes } }

    /// Keeps what was read, unless there was a write since the reading began.
    func keep(_ entity: Entity, for id: Identifier<Entity>, since mark: Int) {
        state.withLock { state in
            if state.writes == mark { state.entities.keep(entity, for: id) }
        }
    }

    /// Keeps what was written. Called after each commit, in their order.
    func wrote(_ entity: Entity, for id: Identifier<Entity>) {
        state.withLock { state in
            state.writes += 1
            state.entities.keep(entity, for: id)
        }
    }

    /// Forgets what was removed. Called as ``wrote(_:for:)`` is.
    func removed(_ ids: [Identifier<Entity>]) {
        state.withLock { state in
            state.writes += 1
            for id in ids { state.entities.forget(id) }
        }
    }

    /// Forgets all. Called as ``wrote(_:for:)`` is.
    func removedAll() {
        state.withLock { state in
            state.writes += 1
            state.entities.forgetAll()
        }
    }
}
