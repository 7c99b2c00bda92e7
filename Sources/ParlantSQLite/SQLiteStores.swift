public import ParlantCore

/// All stores in one SQLite file, for one server on one machine.
///
/// A write is acknowledged when it is on the disk, power loss included. Writes that come at the same time share one
/// transaction. Readers never wait for writers, and nothing here blocks a thread of Swift's cooperative pool.
///
/// Beside the file `PATH` SQLite keeps `PATH-wal` and `PATH-shm`, which belong to it, and this class keeps `PATH.lock`,
/// which says which process has it open. The file is its owner's alone: others may not read it.
public final class SQLiteStores: StoreBackend {
    public let stores: Stores
    public let records: StoreRecords
    private let file: StoreFile

    /// Opens a file, which is created when it is not there. Its folder must be.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - clock: Says when things are created and when entries of scripts end.
    ///   - ids: Makes the ids of what comes without one.
    /// - Throws: ``SQLiteOpenError`` with the file and the remedy; then nothing is changed.
    /// - Complexity: Does not depend on how much is stored.
    public static func open(
        _ path: String, clock: any TimeSource, ids: any IDGenerator
    ) async throws(SQLiteOpenError) -> SQLiteStores {
        try await SQLiteStores(StoreFile.open(path, now: clock.now), clock: clock, ids: ids)
    }

    /// Makes stores in a database that is in memory and nowhere else, for tests of what SQLite does.
    public static func inMemory(
        clock: any TimeSource, ids: any IDGenerator
    ) async throws(SQLiteOpenError) -> SQLiteStores {
        try await SQLiteStores(StoreFile.inMemory(now: clock.now), clock: clock, ids: ids)
    }

    private init(_ file: StoreFile, clock: any TimeSource, ids: any IDGenerator) {
        self.file = file
        let moments = CreationMoments(clock)
        let customers = SQLiteCustomerStore(file, moments, ids)
        let tags = SQLiteTagStore(file, moments, ids)
        let sessions = SQLiteSessionStore(file, moments, ids, clock)
        let keyValues = SQLiteKeyValueStore(file, clock)
        let explanations = SQLiteExplanationStore(file)
        let entities = SQLiteEntities(file, moments)
        stores = Stores(
            customers: customers, tags: tags, sessions: sessions, keyValues: keyValues, explanations: explanations,
            entities: entities.stores)
        records = StoreRecords(
            tags: tags, customers: customers, sessions: sessions, events: SQLiteEventRecords(file),
            keyValues: keyValues, explanations: explanations, openTurns: sessions, entities: entities.records)
    }

    /// Writes the file anew. Takes about as long as copying it and as much room, and all who write wait.
    @discardableResult
    public func scrub() async throws -> [String] {
        try await file.rewrite()
        return []
    }

    public func close() async throws { try await file.close() }
}
