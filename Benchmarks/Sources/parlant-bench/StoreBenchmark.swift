import Foundation
import GRDB
import ParlantCore

/// How many events per second a durable store takes, beside the disk itself and beside GRDB without us.
struct StoreBenchmark {
    /// A folder on the disk that is measured; files in it are left to the caller.
    let folder: String
    /// Length of each run.
    let seconds: Int

    private static let clock = SystemTimeSource()
    private static let ids = RandomIDGenerator()

    func run() async throws {
        try syncs()
        for clients in [1, 16, 64] {
            try await appends("raw-grdb", clients, rawGRDB)
            for store in BenchedStore.allCases {
                try await appends(store.rawValue, clients) { clients in
                    let backend = try await store.open(path())
                    let append = try await BenchedStore.appender(backend.stores.sessions, clients)
                    return (append, { try await backend.close() })
                }
            }
        }
        for store in BenchedStore.allCases { try await filteredLists(store) }
    }

    private func path() -> String { "\(folder)/\(UUID().uuidString)" }

    /// What the disk does: a page appended and synced, one after the other.
    private func syncs() throws {
        let path = "\(folder)/sync"
        let handle = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard handle >= 0 else { throw BenchmarkError("\(path) cannot be written") }
        defer { close(handle) }
        let page = [UInt8](repeating: 7, count: 4096)
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end {
            guard write(handle, page, page.count) == page.count, fdatasync(handle) == 0 else {
                throw BenchmarkError("\(path) cannot be synced")
            }
            count += 1
        }
        print(#"{"name": "fdatasync", "per_second": \#(count / seconds)}"#)
    }

    private typealias Append = @Sendable (_ client: Int) async throws -> Void

    /// GRDB's own `write`, a transaction each, into a table like ours.
    private func rawGRDB(_ clients: Int) async throws -> (Append, @Sendable () async throws -> Void) {
        let pool = try DatabasePool(path: path())
        try await pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE events (session TEXT, number INTEGER, id TEXT, created_at INTEGER, data TEXT,
                    PRIMARY KEY (session, number)) WITHOUT ROWID;
                    """)
        }
        try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let data = String(decoding: JSONWriter.bytes(of: BenchedStore.draft.data), as: UTF8.self)
        let append: Append = { client in
            try await pool.write { database in
                try database.cachedStatement(
                    sql: """
                        INSERT INTO events SELECT ?1, coalesce(max(number) + 1, 0), ?2, ?3, ?4 FROM events
                        WHERE session = ?1
                        """
                ).execute(arguments: [
                    "session\(client)", Self.ids.entityID(), Self.clock.now.microseconds, data,
                ])
            }
        }
        return (append, { try pool.close() })
    }

    /// Clients that each append one event after the other to a session of their own.
    private func appends(
        _ name: String, _ clients: Int,
        _ setUp: (Int) async throws -> (Append, @Sendable () async throws -> Void)
    ) async throws {
        let (append, tearDown) = try await setUp(clients)
        let end = ContinuousClock.now + .seconds(seconds)
        let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for client in 0..<clients {
                group.addTask {
                    var times: [Duration] = []
                    var now = ContinuousClock.now
                    while now < end {
                        try await append(client)
                        let after = ContinuousClock.now
                        times.append(after - now)
                        now = after
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        try await tearDown()
        let p50 = times[times.count / 2].nanoseconds / 1e6
        let p99 = times[times.count * 99 / 100].nanoseconds / 1e6
        print(
            #"{"name": "\#(name)", "clients": \#(clients), "per_second": \#(times.count / seconds), "p50_ms": \#(p50), "p99_ms": \#(p99)}"#
        )
    }

    /// A page of the one customer in a thousand who has a plan, of 100,000.
    private func filteredLists(_ store: BenchedStore) async throws {
        let backend = try await store.open(path())
        let customers = backend.stores.customers
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<200 {
                group.addTask {
                    for number in 0..<500 {
                        let plan = number == part ? "gold" : "plan \(number % 7)"
                        _ = try await customers.create(
                            CustomerDraft(name: "N", metadata: ["plan": .string(plan), "n": .integer(Int64(number))]))
                    }
                }
            }
            try await group.waitForAll()
        }
        let gold = CustomerQuery(metadata: ["plan": "gold"], page: PageRequest(limit: 20))
        let found = try await customers.list(gold)
        guard found.totalCount == 200 else { throw BenchmarkError("\(found.totalCount) customers instead of 200") }
        let cost = try await cost(batches: 30, calls: 20) { calls in
            for _ in 0..<calls { _ = try await customers.list(gold) }
        }
        try await backend.close()
        let time = cost.nanoseconds / 1e6
        print(#"{"name": "filtered-list", "store": "\#(store.rawValue)", "customers": 100000, "ms": \#(time)}"#)
    }
}
