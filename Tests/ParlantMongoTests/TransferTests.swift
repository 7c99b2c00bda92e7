import ParlantCore
import ParlantMongo
import ParlantStores
import ParlantTesting
import Testing

/// One after the other: the server of the tests does one thing at a time, and calls do not wait for ever.
@Suite(
    "A store in MongoDB", .serialized, .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)))
struct MongoTransferTests {
    private let server: MongoServer
    private let clock = ManualClock()

    init() throws { server = try MongoServer.shared.get() }

    @Test("moves to another database with all that is in it", arguments: TransferConformance.checks)
    func between(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        let source = try await server.stores(clock: clock)
        let target = try await server.stores(clock: clock)
        try await check.run(.init(from: source, to: target, clock))
        try await source.close()
        try await target.close()
    }

    @Test("takes what was in memory", arguments: TransferConformance.checks)
    func from(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        let target = try await server.stores(clock: clock)
        try await check.run(.init(from: MemoryStores(clock: clock, ids: RandomIDGenerator()), to: target, clock))
        try await target.close()
    }
}
