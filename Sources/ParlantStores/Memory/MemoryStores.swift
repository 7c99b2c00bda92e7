public import ParlantCore

/// All stores in memory, gone with the process.
public final class MemoryStores: StoreBackend {
    public let stores: Stores

    /// Empty stores.
    ///
    /// - Parameters:
    ///   - clock: Says when things are created and when entries of scripts end.
    ///   - ids: Makes the ids of what comes without one.
    public init(clock: any TimeSource, ids: any IDGenerator) {
        stores = Stores(
            customers: MemoryCustomerStore(clock: clock, ids: ids), tags: MemoryTagStore(clock: clock, ids: ids),
            sessions: MemorySessionStore(clock: clock, ids: ids), keyValues: MemoryKeyValueStore(clock: clock),
            explanations: MemoryExplanationStore(), entities: .memory(clock: clock))
    }

    /// Does nothing: there is nothing to let go of.
    public func close() async throws {}
}
