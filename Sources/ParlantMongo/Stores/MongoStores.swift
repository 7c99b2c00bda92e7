public import Logging
public import ParlantCore

/// All stores in one database of a MongoDB server or cluster. Several processes may share it.
///
/// Blocking calls of the client library run on threads of their own, as many as connections. A call that breaks off is
/// run once more and finds what it has done already, so nothing is done twice.
public final class MongoStores: StoreBackend {
    public let stores: Stores
    public let records: StoreRecords
    private let feed: MongoChangeFeed
    private let database: MongoDatabase

    /// Opens a database: makes the indexes that are missing, and finishes removals that a crash interrupted.
    ///
    /// - Parameters:
    ///   - clock: Says when things are created and when entries of scripts end.
    ///   - ids: Makes the ids of what comes without one.
    ///   - limits: Of entries of scripts.
    ///   - turnLease: How long the turns of a session stay with a server that has died.
    ///   - logger: Is told when changes of other servers are not heard.
    /// - Throws: ``StoreError`` `unavailable` when the server does not answer or refuses the user; its cause is a
    ///   ``MongoError``.
    public init(
        _ address: MongoAddress, clock: any TimeSource, ids: any IDGenerator, limits: KeyValueLimits = .init(),
        turnLease: Duration = .seconds(15), logger: Logger? = nil
    ) async throws {
        let database = try MongoDatabase(address, clock: clock, ids: ids)
        self.database = database
        let feed = MongoChangeFeed(address, node: database.node, clock: clock, logger: logger)
        self.feed = feed
        do {
            let began = try await database.run { connection in
                try Collections.ensure(Collections.indexes(entities: MongoEntities.collections), connection)
                try MongoSessionStore.finishRemovals(connection)
                return try Self.began(clock.now, connection)
            }
            let customers = MongoCustomerStore(database, began: began)
            let tags = MongoTagStore(database)
            let sessions = MongoSessionStore(database)
            let keyValues = MongoKeyValueStore(database, limits: limits)
            let explanations = MongoExplanationStore(database)
            let entities = MongoEntities(database)
            stores = Stores(
                customers: customers, tags: tags, sessions: sessions, keyValues: keyValues, explanations: explanations,
                entities: entities.stores,
                node: SharedNode(
                    id: database.node, feed: feed, leases: MongoTurnLeases(database, duration: turnLease)))
            records = StoreRecords(
                tags: tags, customers: customers, sessions: sessions, events: MongoEventRecords(database),
                keyValues: keyValues, explanations: explanations, openTurns: sessions, entities: entities.records)
        } catch {
            await database.close()
            throw error
        }
    }

    /// Whether there is a store in the database: any of the collections that opening one makes. Nothing is made.
    ///
    /// - Throws: ``StoreError`` `unavailable` when the server does not answer or refuses the user; its cause is a
    ///   ``MongoError``.
    /// - Complexity: O(1); one round trip.
    public static func isThere(
        _ address: MongoAddress, clock: any TimeSource, ids: any IDGenerator
    ) async throws -> Bool {
        let database = try MongoDatabase(address, clock: clock, ids: ids)
        let result: Result<Bool, any Error>
        do { result = .success(try await database.run(Collections.areThere)) } catch { result = .failure(error) }
        await database.close()
        return try result.get()
    }

    public var health: StoreHealth? { database.health }

    public func close() async throws {
        feed.close()
        await database.close()
    }

    /// Finishes removals that broke off. What is deleted is out of reach of every query then, and MongoDB itself says
    /// when its files forget it.
    @discardableResult
    public func scrub() async throws -> [String] {
        try await database.run(MongoSessionStore.finishRemovals)
        return []
    }

    /// When the first process opened the database.
    private static func began(_ now: Timestamp, _ connection: MongoConnection) throws -> Timestamp {
        let document = try connection.upsert(
            Collections.moments, ["_id": "start"], ["$setOnInsert": ["latest": .integer(now.microseconds)]])
        return document["latest"]?.integer.flatMap { Timestamp(exactly: $0) } ?? now
    }
}
