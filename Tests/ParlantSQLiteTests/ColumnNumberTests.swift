import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("A number in a row that this program never writes")
struct ColumnNumberTests {
    private let clock = ManualClock()

    /// What is asked of the stores when a row was edited.
    private typealias Call = @Sendable (Stores, SessionID) async throws -> Void

    private static let draft = EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"])

    private static let moments: [(column: String, call: Call)] = [
        ("events SET created_at", { _ = try await $0.sessions.events(of: $1, matching: .init()) }),
        ("events SET created_at", { _ = try await $0.sessions.append(draft, to: $1) }),
        ("open_turns SET opened_at", { stores, _ in _ = try await stores.sessions.openTurns(of: nil) }),
        ("tags SET created_at", { stores, _ in _ = try await stores.tags.list(name: nil) }),
        ("entities SET created_at", { stores, _ in _ = try await stores.entities.terms.read("x") }),
        ("key_values SET ends_at", { stores, _ in _ = try await stores.keyValues.entries(in: .agent("a")) }),
        (
            "key_values SET ends_at",
            { stores, _ in _ = try await stores.keyValues.increment("n", by: 1, in: .agent("a")) }
        ),
    ]

    private static let counts: [(column: String, call: Call)] = [
        ("events SET \"offset\"", { _ = try await $0.sessions.append(draft, to: $1) }),
        ("events SET revision", { _ = try await $0.sessions.events(of: $1, matching: .init()) }),
        ("open_turns SET cause", { stores, _ in _ = try await stores.sessions.openTurns(of: nil) }),
        (
            "key_values SET bytes",
            { stores, _ in _ = try await stores.keyValues.increment("n", by: 1, in: .agent("a")) }
        ),
        (
            "key_value_owners SET bytes",
            { stores, _ in try await stores.keyValues.set("m", to: 1, in: .agent("a"), lifetime: nil) }
        ),
        (
            "key_value_owners SET entries",
            { stores, _ in try await stores.keyValues.set("m", to: 1, in: .agent("a"), lifetime: nil) }
        ),
    ]

    /// Opens a file with one of everything, after a statement was run on it.
    private func edited(_ statement: String, _ body: (String, Stores, SessionID) async throws -> Void) async throws {
        try await withFolder { folder in
            let path = "\(folder)/a.db"
            let first = try await SQLiteStores.open(path, clock: clock, ids: RandomIDGenerator())
            let session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
            _ = try await first.stores.sessions.append(Self.draft, to: session, .opens)
            _ = try await first.stores.customers.create(CustomerDraft(id: "c", name: "N"))
            _ = try await first.stores.tags.create(name: "vip")
            _ = try await first.stores.entities.terms.create(Term(id: "x", name: "n", description: "d"))
            try await first.stores.keyValues.set("n", to: 1, in: .agent("a"), lifetime: .seconds(60))
            try await first.close()
            let shell = try DatabaseQueue(path: path)
            try await shell.write { try $0.execute(sql: "UPDATE \(statement)") }
            try shell.close()
            let again = try await SQLiteStores.open(path, clock: clock, ids: RandomIDGenerator())
            try await body(path, again.stores, session)
            try await again.close()
        }
    }

    private func expectDamage(_ column: String, _ number: Int64, _ call: Call) async throws {
        try await edited("\(column) = \(number)") { path, stores, session in
            let error = await #expect(throws: StoreError.self) { try await call(stores, session) }
            #expect(error?.code == .damaged)
            #expect(
                error?.message
                    == "\(path): a row holds the number \(number), which this program never writes; restore a backup")
            let other = try await stores.sessions.create(SessionDraft(agentID: "a")).id
            #expect(try await stores.sessions.append(Self.draft, to: other).offset == 0, "everything else works")
        }
    }

    @Test("is said to be damage where it is a moment", arguments: moments.indices)
    func moment(_ index: Int) async throws {
        let (column, call) = Self.moments[index]
        try await expectDamage(column, .max, call)
        // A lifetime that ended so long ago is over.
        if !column.hasSuffix("ends_at") { try await expectDamage(column, .min, call) }
    }

    @Test("is said to be damage where something is counted", arguments: counts.indices, [Int64.max, -1])
    func count(_ index: Int, _ number: Int64) async throws {
        let (column, call) = Self.counts[index]
        try await expectDamage(column, number, call)
    }

    @Test("is not given to an event: a session that has had as many as it can have takes no more")
    func fullSession() async throws {
        try await edited("events SET \"offset\" = \(Int32.max)") { _, stores, session in
            let error = await #expect(throws: StoreError.self) {
                try await stores.sessions.append(Self.draft, to: session)
            }
            #expect(error?.code == .tooLarge)
            #expect(
                error?.message
                    == "the session '\(session)' has had 2147483648 events, and cannot have more; begin another "
                    + "session")
        }
    }

    @Test(
        "is the moment of creation of one and not of those that are created later",
        arguments: ["customers", "tags", "sessions", "entities"], [Int64.max, Timestamp.last.microseconds])
    func creation(_ table: String, _ number: Int64) async throws {
        try await edited("\(table) SET created_at = \(number)") { _, stores, _ in
            let expected = number == .max ? clock.now : .last
            #expect(try await stores.customers.create(CustomerDraft(name: "N")).createdAt >= clock.now)
            let made: [Timestamp] =
                switch table {
                case "customers": [try await stores.customers.create(CustomerDraft(name: "M")).createdAt]
                case "tags": [try await stores.tags.create(name: "beta").createdAt]
                case "sessions": [try await stores.sessions.create(SessionDraft(agentID: "b")).createdAt]
                default:
                    [try await stores.entities.terms.create(Term(id: "y", name: "n", description: "d")).createdAt]
                }
            #expect(made.allSatisfy { $0.microseconds - expected.microseconds < 10 && $0 >= expected })
        }
    }
}
