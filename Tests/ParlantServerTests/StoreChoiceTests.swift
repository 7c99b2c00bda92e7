import Foundation
import ParlantCore
import Testing

@testable import ParlantServer

@Suite("The choice of stores")
struct StoreChoiceTests {
    @Test(
        "reads what it writes",
        arguments: ["memory", "local", "local:a/b", "sqlite", "sqlite:a/b.db", "mongodb", "mongodb://h:1,i:2/d"])
    func choices(_ text: String) throws {
        #expect(try StoreChoice(text).description == text)
    }

    @Test(
        "says what this build offers instead of a store that it does not know",
        arguments: ["redis://x", "", "Memory", "sqlite:"])
    func unknown(_ text: String) {
        #expect(
            throws: ConfigurationError(
                "'\(text)' is no store that this build offers; there is \(StoreChoice.offers.joined(separator: ", "))")
        ) { try StoreChoice(text) }
    }

    @Test("shows no user and no password")
    func secrets() throws {
        #expect(try StoreChoice("mongodb://me:p@ss@h/d").description == "mongodb://…@h/d")
        let error = #expect(throws: ConfigurationError.self) { try StoreChoice("mongo://me:secret@h/d") }
        #expect(error?.message.hasPrefix("'mongo://…@h/d' is no store") == true)
    }

    @Test("says where the address of MongoDB is looked for")
    func missingAddress() async throws {
        let opening = StoreOpening(environment: [:], clock: SystemTimeSource(), ids: RandomIDGenerator())
        let error = await #expect(throws: ConfigurationError.self) { try await opening.open(.mongo(nil)) }
        #expect(
            error?.message
                == "'mongodb' is at the address in PARLANT_MONGODB_URI, which is not set; set it, or write the address "
                + "itself: mongodb://host:27017/database")
    }

    @Test("gives what is not named the store for all")
    func plan() async throws {
        let opening = StoreOpening(environment: [:], clock: SystemTimeSource(), ids: RandomIDGenerator())
        let open = try await OpenStores(StorePlan(customers: .store(.memory), sessions: .memory), opening)
        let tag = try await open.stores.tags.create(name: "vip")
        _ = try await open.stores.customers.create(CustomerDraft(id: "c", name: "N", tags: [tag.id]))
        #expect(try await open.stores.customers.read("c").tags == [tag.id])
        #expect(await open.close().isEmpty)
    }

    @Test("opens a file once for all that is kept in it, and files of a home that it makes")
    func files() async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "parlant-\(UUID().uuidString)/a").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        let opening = StoreOpening(
            environment: ["PARLANT_HOME": home], clock: SystemTimeSource(), ids: RandomIDGenerator())
        let plan = StorePlan(customers: .store(.sqlite(nil)), sessions: .sqlite(nil))
        let open = try await OpenStores(plan, opening)
        _ = try await open.stores.customers.create(CustomerDraft(id: "c", name: "N"))
        #expect(await open.close().isEmpty)
        #expect(FileManager.default.fileExists(atPath: "\(home)/parlant.db"))
        let again = try await OpenStores(plan, opening)
        #expect(try await again.stores.customers.read("c").name == "N")
        #expect(await again.close().isEmpty)
    }
}
