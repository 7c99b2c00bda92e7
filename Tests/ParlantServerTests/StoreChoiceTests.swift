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

    @Test(
        "opens a place once, however it is spelt, on the first start and later",
        arguments: [
            ("sqlite:HOME/a.db", "sqlite:HOME/./a.db"), ("sqlite:HOME/a.db", "sqlite:HOME/link/a.db"),
            ("local:HOME/l", "local:HOME/l/"), ("local:HOME/l", "local:HOME/link/l"),
            ("sqlite", "sqlite:LINK/parlant.db"), ("local", "local:LINK/"),
        ])
    func spellings(_ one: String, _ other: String) async throws {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appending(path: "parlant-\(UUID().uuidString)").path
        defer { try? files.removeItem(atPath: folder) }
        try files.createDirectory(atPath: "\(folder)/home", withIntermediateDirectories: true)
        // The home of what has no path is not there yet.
        try files.createSymbolicLink(atPath: "\(folder)/home/link", withDestinationPath: ".")
        let opening = StoreOpening(
            environment: ["PARLANT_HOME": "\(folder)/home/new"], clock: SystemTimeSource(), ids: RandomIDGenerator())
        let choices = try [one, other].map { text in
            try StoreChoice(
                text.replacing("HOME", with: "\(folder)/home").replacing("LINK", with: "\(folder)/home/link/new"))
        }
        for (all, sessions) in [(choices[0], choices[1]), (choices[1], choices[0])] {
            let open = try await OpenStores(StorePlan(all: all, sessions: sessions), opening)
            let session = try await open.stores.sessions.create(SessionDraft(agentID: "a"))
            #expect(try await open.stores.sessions.read(session.id).agentID == "a")
            #expect(await open.close().isEmpty)
        }
    }

    @Test("refuses to move a store to itself, however it is spelt")
    func sameStore() async {
        let cases: [(StoreChoice, StoreChoice, String)] = [
            (.sqlite("none.db"), .sqlite("none.db"), "both are sqlite:none.db; name two stores"),
            (
                .sqlite("none.db"), .sqlite("./none.db"),
                "sqlite:none.db and sqlite:./none.db are the same store; name two"
            ),
            (.local(nil), .local("none/"), "local and local:none/ are the same store; name two"),
        ]
        for (source, target, message) in cases {
            let error = await #expect(throws: ConfigurationError.self) {
                try await Application.migrate(
                    from: source, to: target, environment: ["PARLANT_HOME": "none"], progress: { _ in })
            }
            #expect(error?.message == message)
        }
    }
}
