public import ParlantCore

/// All stores in memory, gone with the process.
public final class MemoryStores: StoreBackend {
    public let stores: Stores
    public let records: StoreRecords

    /// Empty stores.
    ///
    /// - Parameters:
    ///   - clock: Says when things are created and when entries of scripts end.
    ///   - ids: Makes the ids of what comes without one.
    public init(clock: any TimeSource, ids: any IDGenerator) {
        let customers = MemoryCustomerStore(clock: clock, ids: ids)
        let tags = MemoryTagStore(clock: clock, ids: ids)
        let sessions = MemorySessionStore(clock: clock, ids: ids)
        let keyValues = MemoryKeyValueStore(clock: clock)
        let explanations = MemoryExplanationStore()
        let entities = MemoryEntities(clock: clock)
        stores = Stores(
            customers: customers, tags: tags, sessions: sessions, keyValues: keyValues, explanations: explanations,
            entities: entities.stores)
        records = StoreRecords(
            tags: tags, customers: customers, sessions: sessions, events: MemoryEventRecords(sessions),
            keyValues: keyValues, explanations: explanations, openTurns: sessions, entities: entities.records)
    }

    /// Does nothing: there is nothing to let go of.
    public func close() async throws {}

    /// Does nothing: what is deleted is in no file.
    @discardableResult
    public func scrub() async throws -> [String] { [] }
}
