import Foundation
import ParlantCore
import ParlantSQLite
import ParlantTesting
import Testing

/// Where the database of a test is.
enum Place: String, CaseIterable, Sendable { case file, memory }

/// Opens stores for one test and removes them afterwards.
func withStores(
    in place: Place, clock: any TimeSource = ManualClock(), ids: any IDGenerator = RandomIDGenerator(),
    _ body: (Stores) async throws -> Void
) async throws {
    switch place {
    case .memory:
        let backend = try await SQLiteStores.inMemory(clock: clock, ids: ids)
        try await body(backend.stores)
        try await backend.close()
    case .file:
        try await withFolder { folder in
            let backend = try await SQLiteStores.open("\(folder)/store.db", clock: clock, ids: ids)
            try await body(backend.stores)
            try await backend.close()
        }
    }
}

/// Makes a folder for one test and removes it afterwards.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "parlant-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// The clock stands still in all of them: order must not depend on it.
@Suite("The stores in SQLite")
struct SQLiteConformanceTests {
    @Test("keep the contract of customers", arguments: Place.allCases, CustomerStoreConformance.checks)
    func customers(_ place: Place, _ check: ConformanceCheck<any CustomerStore>) async throws {
        try await withStores(in: place) { try await check.run($0.customers) }
    }

    @Test("keep the contract of tags", arguments: Place.allCases, TagStoreConformance.checks)
    func tags(_ place: Place, _ check: ConformanceCheck<any TagStore>) async throws {
        try await withStores(in: place) { try await check.run($0.tags) }
    }

    @Test("keep the contract of sessions", arguments: Place.allCases, SessionStoreConformance.checks)
    func sessions(_ place: Place, _ check: ConformanceCheck<any SessionStore>) async throws {
        try await withStores(in: place) { try await check.run($0.sessions) }
    }

    @Test("keep the contract of entries of scripts", arguments: Place.allCases, KeyValueStoreConformance.checks)
    func keyValues(_ place: Place, _ check: ConformanceCheck<KeyValueStoreConformance.Subject>) async throws {
        let clock = ManualClock()
        try await withStores(in: place, clock: clock) { try await check.run(.init($0.keyValues, clock)) }
    }

    @Test("keep the contract of explanations", arguments: Place.allCases, ExplanationStoreConformance.checks)
    func explanations(_ place: Place, _ check: ConformanceCheck<any ExplanationStore>) async throws {
        try await withStores(in: place) { try await check.run($0.explanations) }
    }

    @Test("keep the contract of entities", arguments: Place.allCases, EntityStoreConformance.checks)
    func entities(_ place: Place, _ check: ConformanceCheck<any EntityStore<Term>>) async throws {
        try await withStores(in: place) { try await check.run($0.entities.terms) }
    }

    @Test("lose nothing of any kind of entity", arguments: Place.allCases, EntityStoresConformance.checks)
    func kinds(_ place: Place, _ check: ConformanceCheck<EntityStores>) async throws {
        try await withStores(in: place) { try await check.run($0.entities) }
    }

    @Test("keep everything over a restart", arguments: DurabilityConformance.checks)
    func durability(_ check: ConformanceCheck<ReopenableBackend>) async throws {
        try await withFolder { folder in
            try await check.run(
                ReopenableBackend {
                    try await SQLiteStores.open("\(folder)/store.db", clock: ManualClock(), ids: RandomIDGenerator())
                })
        }
    }
}
