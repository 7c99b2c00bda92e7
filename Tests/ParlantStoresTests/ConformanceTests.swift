import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@Suite("The conformance suites")
struct ConformanceTests {
    /// A tag store with faults that one might write.
    private struct FaultyTagStore: TagStore {
        let inner = MemoryTagStore(clock: ManualClock(), ids: RandomIDGenerator())

        func create(name: String) async throws -> ParlantCore.Tag { try await inner.ensure(name: name) }
        func ensure(name: String) async throws -> ParlantCore.Tag { try await inner.ensure(name: name) }
        func read(_ id: TagID) async throws -> ParlantCore.Tag { try await inner.read(id) }
        func list(name: String?) async throws -> [ParlantCore.Tag] { try await inner.list(name: name).reversed() }
        func update(_ id: TagID, name: String) async throws -> ParlantCore.Tag {
            try await inner.update(id, name: name)
        }
        func delete(_ id: TagID) async throws { try await inner.delete(id) }
    }

    @Test("find the faults of a store, and say which rule is broken")
    func faults() async throws {
        var broken: [String] = []
        for check in TagStoreConformance.checks {
            do { try await check.run(FaultyTagStore()) } catch is ConformanceFailure { broken.append(check.name) }
        }
        #expect(
            broken == [
                "a taken name is refused; names differ by case",
                "tags are listed in order of creation, or by their exact name",
                "a renamed tag keeps its id and place, and frees its old name",
            ])
    }

    @Test("name each rule once")
    func names() {
        let names =
            CustomerStoreConformance.checks.map(\.name) + ["|"] + TagStoreConformance.checks.map(\.name) + ["|"]
            + SessionStoreConformance.checks.map(\.name)
        for suite in names.split(separator: "|") { #expect(Set(suite).count == suite.count) }
    }
}
