public import ParlantCore

/// All stores in one database of a MongoDB server or cluster. Several processes may share it.
///
/// Blocking calls of the client library run on threads of their own, as many as connections. A call that breaks off is
/// run once more and finds what it has done already, so nothing is done twice.
public final class MongoStores: StoreBackend {
    public let stores: Stores
    private let database: MongoDatabase

    /// Opens a database: makes the indexes that are missing, and finishes removals that a crash interrupted.
    ///
    /// - Parameters:
    ///   - clock: Says when things are created and when entries of scripts end.
    ///   - ids: Makes the ids of what comes without one.
    ///   - limits: Of entries of scripts.
    /// - Throws: ``StoreError`` `unavailable` when the server does not answer or refuses the user; its cause is a
    ///   ``MongoError``.
    public init(
        _ address: MongoAddress, clock: any TimeSource, ids: any IDGenerator, limits: KeyValueLimits = .init()
    ) async throws {
        let database = try MongoDatabase(address, clock: clock, ids: ids)
        self.database = database
        do {
            let began = try await database.run { connection in
                try Collections.ensure(Collections.indexes(entities: EntityStores.mongoCollections), connection)
                try MongoSessionStore.finishRemovals(connection)
                return try Self.began(clock.now, connection)
            }
            stores = Stores(
                customers: MongoCustomerStore(database, began: began), tags: MongoTagStore(database),
                sessions: MongoSessionStore(database), keyValues: MongoKeyValueStore(database, limits: limits),
                explanations: MongoExplanationStore(database), entities: .mongo(database))
        } catch {
            await database.close()
            throw error
        }
    }

    public func close() async throws { await database.close() }

    /// When the first process opened the database.
    private static func began(_ now: Timestamp, _ connection: MongoConnection) throws -> Timestamp {
        let document = try connection.upsert(
            Collections.moments, ["_id": "start"], ["$setOnInsert": ["latest": .integer(now.microseconds)]])
        return Timestamp(microseconds: document["latest"]?.integer ?? now.microseconds)
    }
}
