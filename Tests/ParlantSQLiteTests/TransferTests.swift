import ParlantCore
import ParlantSQLite
import ParlantStores
import ParlantTesting
import Testing

@Suite("A store in SQLite")
struct SQLiteTransferTests {
    private let clock = ManualClock()

    @Test("moves to another file with all that is in it", arguments: TransferConformance.checks)
    func between(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        try await withFolder { folder in
            let source = try await SQLiteStores.open("\(folder)/a.db", clock: clock, ids: RandomIDGenerator())
            let target = try await SQLiteStores.open("\(folder)/b.db", clock: clock, ids: RandomIDGenerator())
            try await check.run(.init(from: source, to: target, clock))
            try await source.close()
            try await target.close()
        }
    }

    @Test("takes what was in memory", arguments: TransferConformance.checks)
    func from(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        let target = try await SQLiteStores.inMemory(clock: clock, ids: RandomIDGenerator())
        try await check.run(.init(from: MemoryStores(clock: clock, ids: RandomIDGenerator()), to: target, clock))
        try await target.close()
    }

    @Test("gives all to one in memory", arguments: TransferConformance.checks)
    func to(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        let source = try await SQLiteStores.inMemory(clock: clock, ids: RandomIDGenerator())
        try await check.run(.init(from: source, to: MemoryStores(clock: clock, ids: RandomIDGenerator()), clock))
        try await source.close()
    }
}
