import ParlantCore
import Testing

@testable import ParlantServer

@Suite("The choice of stores")
struct StoreChoiceTests {
    @Test("reads what it writes", arguments: ["memory"])
    func choices(_ text: String) throws {
        #expect(try StoreChoice(text).description == text)
    }

    @Test(
        "says what this build offers instead of a store that it does not know", arguments: ["redis://x", "", "Memory"])
    func unknown(_ text: String) {
        #expect(
            throws: ConfigurationError(
                "'\(text)' is no store that this build offers; there is \(StoreChoice.offers.joined(separator: ", "))")
        ) { try StoreChoice(text) }
    }

    @Test("gives what is not named the store for all")
    func plan() async throws {
        let opening = StoreOpening(clock: SystemTimeSource(), ids: RandomIDGenerator())
        let open = try await OpenStores(StorePlan(customers: .store(.memory), sessions: .memory), opening)
        let tag = try await open.stores.tags.create(name: "vip")
        _ = try await open.stores.customers.create(CustomerDraft(id: "c", name: "N", tags: [tag.id]))
        #expect(try await open.stores.customers.read("c").tags == [tag.id])
        #expect(await open.close().isEmpty)
    }
}
