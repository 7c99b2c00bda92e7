import Logging
import ParlantCore

/// Notes beside the turns that memories were looked at, so that what is used stays recent.
struct MemoryAccesses: Sendable {
    private let clock: any TimeSource
    private let writes: PendingWrites<MemoryID, Timestamp>

    init(store: any EntityStore<Memory>, clock: any TimeSource, logger: Logger) {
        self.clock = clock
        writes = PendingWrites { id, moment in
            do {
                try await store.update(id) { $0.lastAccessedAt = moment }
            } catch let error as StoreError where error.code == .notFound {
                // Forgotten meanwhile.
            } catch {
                logger.warning("it could not be noted that a memory was looked at", metadata: ["error": "\(error)"])
            }
        }
    }

    /// These were looked at. What was noted lately is not noted again. Never waits.
    func note(_ memories: [Stored<Memory>]) {
        let now = clock.now
        for memory in memories.map(\.entity) {
            if let last = memory.lastAccessedAt, last.advanced(by: MemoryPolicy.accessPrecision) > now { continue }
            writes.add(now, for: memory.id)
        }
    }

    /// Returns when all is noted, or the log says why not.
    func flush() async { await writes.flush() }
}
