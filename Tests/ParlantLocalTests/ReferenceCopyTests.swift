import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantLocal

@Suite("The copies of Parlant 3.3's files")
struct ReferenceCopyTests {
    @Test("go when anybody is erased, which the answer says, and nothing else of others does")
    func erased() async throws {
        let disk = SimulatedDisk()
        disk.put("customers.json", ReferenceFiles.customers)
        disk.put("notes.json.bak", "somebody's own")
        let backend = try open(disk, ids: RandomIDGenerator())
        #expect(disk.text("customers.json.parlant-3.3") == ReferenceFiles.customers)
        let erasure = CustomerErasure(backend.stores) { try await backend.scrub() }
        #expect(
            try await erasure.erase("nobody").alsoRemoved
                == ["the copies of Parlant 3.3's files, with all customers that they had: customers.json.parlant-3.3"])
        #expect(disk.text("customers.json.parlant-3.3") == nil)
        #expect(disk.text("notes.json.bak") == "somebody's own")
        #expect(try await backend.stores.customers.list(.init()).totalCount == 3)
        #expect(try await erasure.erase("nobody") == CustomerErasure.Report())
        try await backend.close()
    }
}
