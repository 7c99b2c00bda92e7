import Foundation
import ParlantArchive
import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@Suite("The export of a customer")
struct CustomerArchiveTests {
    private let clock = ManualClock()
    private let stores: Stores

    init() { stores = MemoryStores(clock: clock, ids: RandomIDGenerator()).stores }

    /// Exports, unpacks with the system's library, and returns the files.
    private func files(_ id: CustomerID) async throws -> [String: String] {
        let export = try await CustomerArchive(stores, clock: clock).prepare(id)
        var bytes: [UInt8] = []
        try await export.write { bytes += $0 }
        return try Unzip.files(bytes)
    }

    private func session(of customer: CustomerID, events: Int) async throws -> Session {
        let session = try await stores.sessions.create(SessionDraft(agentID: "a", customerID: customer, title: "T"))
        for number in 0..<events {
            let draft = EventDraft(
                source: .customer, kind: .message, traceID: TraceID("t\(number)"),
                data: ["message": .string("hello \(number)")])
            _ = try await stores.sessions.append(draft, to: session.id)
        }
        return session
    }

    @Test("has a file for each part, each with what there is of its kind, and nothing of others")
    func parts() async throws {
        let tag = try await stores.tags.create(name: "gold")
        for id in ["jane", "joe"] as [CustomerID] {
            let draft = CustomerDraft(id: id, name: "N \(id)", metadata: ["plan": ["free", 1]], tags: [tag.id])
            _ = try await stores.customers.create(draft)
            try await stores.keyValues.set("k", to: .string("of \(id)"), in: .customer(id), lifetime: nil)
        }
        try await stores.entities.variables.create(ContextVariable(id: "v", name: "balance"))
        for id in ["jane", "joe"] {
            try await stores.entities.values.save(
                VariableValue(variable: "v", key: id, revision: "r", modifiedAt: clock.now, data: .string("has \(id)")))
        }
        let mine = try await session(of: "jane", events: 130)
        let other = try await session(of: "joe", events: 1)
        try await stores.keyValues.set("step", to: 3, in: .session(mine.id), lifetime: nil)
        for (session, text) in [(mine, "why"), (other, "elsewhere")] {
            try await stores.explanations.save(
                Explanation(session: session.id, traceID: "t/1", content: Array(#"{"because": "\#(text)"}"#.utf8)))
        }
        let files = try await files("jane")
        #expect(
            files.keys.sorted() == [
                "README.txt", "customer.json", "entries.json", "explanations/\(mine.id)/t%2F1.json",
                "sessions/\(mine.id).json", "tags.json", "values.json",
            ])
        #expect(files.values.allSatisfy { !$0.contains("joe") && !$0.contains("elsewhere") })
        #expect(files["customer.json"]?.contains("\"name\": \"N jane\"") == true)
        #expect(files["tags.json"]?.contains("\"name\": \"gold\"") == true)
        #expect(files["values.json"]?.contains("\"name\": \"balance\"") == true)
        #expect(files["entries.json"]?.contains("\"value\": \"of jane\"") == true)
        #expect(files["explanations/\(mine.id)/t%2F1.json"] == "{\n  \"because\": \"why\"\n}\n")
        let conversation = try JSONParser.parse(#require(files["sessions/\(mine.id).json"]).utf8)
        #expect(conversation["entries"] == [["key": "step", "value": 3]])
        let messages = conversation["events"]?.array?.map { $0["data"]?["message"] }
        #expect(messages == (0..<130).map { .string("hello \($0)") })
        let introduction = try #require(files["README.txt"])
        for word in ["'jane'", "customer.json", "sessions/ID.json", "explanations/SESSION/TURN.json"] {
            #expect(introduction.contains(word))
        }
    }

    @Test("is there for somebody who has sessions and was never registered")
    func unregistered() async throws {
        let session = try await session(of: "somebody", events: 1)
        #expect(try await files("somebody").keys.sorted() == ["README.txt", "sessions/\(session.id).json"])
    }

    @Test("is refused for the guest, and for an id of which there is nothing")
    func refusals() async throws {
        let archive = CustomerArchive(stores, clock: clock)
        await #expect { try await archive.prepare(Customer.guestID) } throws: {
            ($0 as? StoreError)?.code == .protected
        }
        await #expect { try await archive.prepare("nobody") } throws: { ($0 as? StoreError)?.code == .notFound }
    }

    @Test("takes names from ids without leaving its folders")
    func names() async throws {
        _ = try await stores.customers.create(CustomerDraft(id: "../ü b", name: "N"))
        let export = try await CustomerArchive(stores, clock: clock).prepare("../ü b")
        #expect(export.fileName == "customer-%2E%2E%2F%C3%BC%20b.zip")
        #expect(export.contentType == "application/zip")
    }

    @Test("goes to the sink in pieces, and ends with its error")
    func pieces() async throws {
        _ = try await session(of: "jane", events: 3)
        let text = (0..<200_000).map { _ in String(UInt8.random(in: 0...255), radix: 16) }.joined()
        for number in 0..<4 {
            try await stores.keyValues.set(
                "k\(number)", to: .string(String(text.dropFirst(number * 60_000).prefix(60_000))),
                in: .customer("jane"),
                lifetime: nil)
        }
        let export = try await CustomerArchive(stores, clock: clock).prepare("jane")
        var sizes: [Int] = []
        try await export.write { sizes.append($0.count) }
        #expect(sizes.count > 1)
        struct Full: Error {}
        await #expect(throws: Full.self) { try await export.write { _ in throw Full() } }
    }
}
