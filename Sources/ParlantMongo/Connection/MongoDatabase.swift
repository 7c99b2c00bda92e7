import CMongoc
import ParlantCore

/// One database, as tasks use it: calls run on threads of their own, broken ones once more, and errors are those of
/// stores.
final class MongoDatabase: Sendable {
    let address: MongoAddress
    let clock: any TimeSource
    let ids: any IDGenerator
    /// This process among those that share the database.
    let node: NodeID
    private let reach = Reach()
    private let threads: BlockingThreads
    private let pool: ClientPool
    private let changes = KeyedMutex<DocumentName>()

    /// Nothing is connected yet.
    init(_ address: MongoAddress, clock: any TimeSource, ids: any IDGenerator) throws(StoreError) {
        self.address = address
        self.clock = clock
        self.ids = ids
        node = NodeID(ids.entityID())
        MongoLibrary.hide(address.secrets)
        pool = try ClientPool(address)
        threads = BlockingThreads(count: address.connections, name: "mongo", clock: clock)
    }

    /// Runs `body` with a connection. When the server does not answer, it is run once more, on the next server if there
    /// is one: `body` must find out what an attempt before it has done already, and have the majority acknowledge it
    /// before it says so, see ``MongoConnection/confirm(_:of:in:)``.
    ///
    /// A call that has begun runs to its end, also when the task is cancelled. For a moment after one has looked for a
    /// server in vain, others fail at once.
    ///
    /// - Throws: What `body` throws, with ``MongoError`` as ``StoreError``; `CancellationError` when nothing was begun.
    func run<Value: Sendable>(_ body: @escaping @Sendable (MongoConnection) throws -> Value) async throws -> Value {
        do {
            return try await threads.run { [pool, address, reach, clock] in
                try reach.observe(clock) {
                    try pool.with { client in
                        do {
                            return try body(MongoConnection(client: client, address: address))
                        } catch let error as MongoError where error.isTransient && !error.foundNoServer {
                            return try body(MongoConnection(client: client, address: address, attempt: 1))
                        }
                    }
                }
            }
        } catch let error as MongoError {
            throw error.storeError(address.description)
        }
    }

    /// Runs `body`, which reads a document, changes it and writes it, like ``run(_:)``, when this node's changes of the
    /// same document that came before have ended.
    ///
    /// Of many such calls at once, each write would send all others back to read again. So only those of different nodes
    /// meet, and `body` must still find out when another node was quicker.
    func change<Value: Sendable>(
        _ id: String, in collection: String, _ body: @escaping @Sendable (MongoConnection) throws -> Value
    ) async throws -> Value {
        try await exclusively(id, in: collection) { try await run(body) }
    }

    /// Runs `body`, which changes a document by several calls, when this node's changes of the same document that came
    /// before have ended.
    func exclusively<Value: Sendable>(
        _ id: String, in collection: String, _ body: () async throws -> Value
    ) async throws -> Value {
        try await changes.exclusively(DocumentName(collection: collection, id: id), body)
    }

    /// Whether the server answered the last call that ended.
    var health: StoreHealth {
        let problem = reach.problem
        return StoreHealth(place: address.description, isReachable: problem == nil, problem: problem ?? "")
    }

    /// Lets calls finish, then closes all connections. Later calls throw `unavailable`.
    func close() async { await threads.close() }
}

/// What a document is known by.
private struct DocumentName: Hashable {
    let collection: String
    let id: String
}

/// The library's pool of connections.
private final class ClientPool: Sendable {
    /// Unsafe for the compiler alone, to which a pointer of C may be used by one thread: the library locks its pool, so
    /// that any thread may take and return clients, and it is destroyed when nobody has this object any more.
    nonisolated(unsafe) private let pool: OpaquePointer

    init(_ address: MongoAddress) throws(StoreError) {
        var failure = bson_error_t()
        guard let pool = mongoc_client_pool_new_with_error(address.uri, &failure) else {
            throw MongoError(failure).storeError(address.description)
        }
        // One for each thread.
        mongoc_client_pool_max_size(pool, UInt32(address.connections))
        mongoc_client_pool_set_error_api(pool, 2)
        mongoc_client_pool_set_appname(pool, "parlant-runtime")
        self.pool = pool
    }

    deinit { mongoc_client_pool_destroy(pool) }

    func with<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
        guard let client = mongoc_client_pool_pop(pool) else {
            throw MongoError(.timedOut, "no connection became free")
        }
        defer { mongoc_client_pool_push(pool, client) }
        return try body(client)
    }
}
