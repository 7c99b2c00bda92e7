import GRDB
import Glibc
import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantSQLite

@Suite("Writes that share a transaction")
struct GroupCommitTests {
    private struct Refused: Error {}

    private final class Runs: Sendable {
        let count = Atomic<Int>(0)
    }

    private func withTable(_ body: (DatabaseQueue, GroupCommit) async throws -> Void) async throws {
        let database = try DatabaseQueue()
        try await database.write { try $0.execute(sql: "CREATE TABLE numbers (n INTEGER PRIMARY KEY)") }
        try await body(database, GroupCommit(database))
    }

    private static func numbers(_ database: DatabaseQueue) async throws -> [Int] {
        try await database.read { try Int.fetchAll($0, sql: "SELECT n FROM numbers ORDER BY n") }
    }

    @Test("one that fails leaves nothing behind and touches no other")
    func failures() async throws {
        try await withTable { database, writer in
            let refused = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        do {
                            try await writer.write { database in
                                try database.execute(sql: "INSERT INTO numbers VALUES (?)", arguments: [number])
                                if number % 3 == 0 { throw Refused() }
                            }
                            return false
                        } catch {
                            return error is Refused
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 334)
            let kept = (0..<1000).filter { $0 % 3 != 0 }
            let found = try await Self.numbers(database)
            #expect(found == kept)
        }
    }

    @Test("one that fails before it has changed anything makes no other run again")
    func cheapFailures() async throws {
        try await withTable { database, writer in
            let runs = Runs()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        try? await writer.write { database in
                            runs.count.add(1, ordering: .relaxed)
                            if number % 3 == 0 { throw Refused() }
                            try database.execute(sql: "INSERT INTO numbers VALUES (?)", arguments: [number])
                        }
                    }
                }
            }
            #expect(runs.count.load(ordering: .relaxed) == 300)
            let found = try await Self.numbers(database)
            #expect(found.count == 200)
        }
    }

    @Test("callers who write one after the other all get through, however their number changes")
    func rounds() async throws {
        try await withTable { database, writer in
            for clients in [1, 40, 3, 100, 1] {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<clients {
                        group.addTask {
                            for _ in 0..<50 {
                                try await writer.write { try $0.execute(sql: "INSERT INTO numbers VALUES (NULL)") }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let found = try await Self.numbers(database)
            #expect(found.count == 145 * 50)
        }
    }

    @Test("others get the writing connection in between, however many writes wait")
    func fairness() async throws {
        let database = try DatabaseQueue()
        let writer = GroupCommit(database, longestRun: 1)
        let (gate, order) = (Gate(), Order())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await writer.write { _ in gate.waitUntilOpen() } }
            await gate.untilSomebodyWaits()
            group.addTask { try? await writer.write { _ in order.note("the next write") } }
            while writer.waitingCount < 1 { await Task.yield() }
            database.asyncWriteWithoutTransaction { _ in order.note("somebody else") }
            gate.open()
        }
        #expect(order.names == ["somebody else", "the next write"])
    }

    @Test("a caller hears of a write when it is committed, and finds it then")
    func acknowledged() async throws {
        try await withFolder { folder in
            let pool = try DatabasePool(path: "\(folder)/a.db")
            try await pool.write { try $0.execute(sql: "CREATE TABLE numbers (n INTEGER PRIMARY KEY)") }
            let writer = GroupCommit(pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        try await writer.write {
                            try $0.execute(sql: "INSERT INTO numbers VALUES (?)", arguments: [number])
                        }
                        let found = try await pool.read {
                            try Bool.fetchOne($0, sql: "SELECT 1 FROM numbers WHERE n = ?", arguments: [number])
                        }
                        #expect(found == true)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a transaction that ends before its time fails for all that were in it, and the next one works")
    func lostTransaction() async throws {
        try await withTable { database, writer in
            let errors = await withTaskGroup(of: (any Error)?.self) { group in
                // The first one holds the connection until all others wait, so that they share a transaction.
                let gate = Gate()
                group.addTask {
                    try? await writer.write { _ in gate.waitUntilOpen() }
                    return nil
                }
                await gate.untilSomebodyWaits()
                for number in 0..<3 {
                    group.addTask {
                        do {
                            try await writer.write { database in
                                try database.execute(sql: "INSERT INTO numbers VALUES (?)", arguments: [number])
                                if number == 1 {
                                    // What SQLite does by itself when the disk is full.
                                    try database.rollback()
                                    throw DatabaseError(resultCode: .SQLITE_FULL)
                                }
                            }
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                while writer.waitingCount < 3 { await Task.yield() }
                gate.open()
                return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
            }
            #expect(errors.count == 3)
            #expect(errors.allSatisfy { ($0 as? DatabaseError)?.resultCode == .SQLITE_FULL })
            #expect(try await Self.numbers(database).isEmpty)
            try await writer.write { try $0.execute(sql: "INSERT INTO numbers VALUES (7)") }
            #expect(try await Self.numbers(database) == [7])
        }
    }

    @Test("closing answers what has begun and refuses what comes later")
    func closing() async throws {
        try await withTable { database, writer in
            async let earlier: Void = writer.write { try $0.execute(sql: "INSERT INTO numbers VALUES (1)") }
            try await earlier
            #expect(await writer.close())
            #expect(await !writer.close())
            await #expect(throws: DatabaseError.self) {
                try await writer.write { try $0.execute(sql: "INSERT INTO numbers VALUES (2)") }
            }
            #expect(try await Self.numbers(database) == [1])
        }
    }
}

/// Who had their turn, one after the other.
private final class Order: Sendable {
    private let noted = Mutex<[String]>([])

    var names: [String] { noted.withLock { $0 } }

    func note(_ name: String) { noted.withLock { $0.append(name) } }
}

/// Holds a thread of SQLite's until a test lets it go on.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var isWaiting = false
    }

    private let state = Mutex(State())

    func waitUntilOpen() {
        state.withLock { $0.isWaiting = true }
        while !isOpen { sched_yield() }
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() { state.withLock { $0.isOpen = true } }

    func untilSomebodyWaits() async {
        while !state.withLock({ $0.isWaiting }) { await Task.yield() }
    }
}
