import ParlantCore
import ParlantLocal
import ParlantStores
import ParlantTesting
import Testing

@Suite("A store in a folder")
struct LocalTransferTests {
    private let clock = ManualClock()

    private func open(_ path: String) async throws -> LocalStores {
        try await LocalStores.open(path, clock: clock, ids: RandomIDGenerator(), logger: silent)
    }

    @Test("moves to another folder with all that is in it", arguments: TransferConformance.checks)
    func between(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        try await withFolder { folder in
            let source = try await open("\(folder)/a")
            let target = try await open("\(folder)/b")
            try await check.run(.init(from: source, to: target, clock))
            try await source.close()
            try await target.close()
        }
    }

    @Test("takes what was in memory", arguments: TransferConformance.checks)
    func from(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        try await withFolder { folder in
            let target = try await open(folder)
            try await check.run(.init(from: MemoryStores(clock: clock, ids: RandomIDGenerator()), to: target, clock))
            try await target.close()
        }
    }

    @Test("gives all to one in memory", arguments: TransferConformance.checks)
    func to(_ check: ConformanceCheck<TransferConformance.Subject>) async throws {
        try await withFolder { folder in
            let source = try await open(folder)
            try await check.run(.init(from: source, to: MemoryStores(clock: clock, ids: RandomIDGenerator()), clock))
            try await source.close()
        }
    }
}
