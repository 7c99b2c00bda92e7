import GRDB
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantSQLite

@Suite("Lists in SQLite")
struct QueryPlanTests {
    private static let cursor = PageCursor(createdAt: Timestamp(microseconds: 5), id: "x")
    private static let tag = CreationList.Filter(table: "customer_tags", values: [("tag", "t")])
    private static let plan = CreationList.Filter(
        table: "customer_metadata", values: [("key", "plan"), ("value", "\"gold\"")])
    private static let label = CreationList.Filter(table: "session_labels", values: [("label", "l")])

    /// Every combination of filters that the API offers.
    static let lists: [CreationList] = [
        CreationList(table: "customers"), CreationList(table: "customers", filters: [tag]),
        CreationList(table: "customers", filters: [plan]), CreationList(table: "customers", filters: [tag, plan]),
        CreationList(table: "sessions"), CreationList(table: "sessions", columns: [("agent", "a")]),
        CreationList(table: "sessions", columns: [("customer", "c")]),
        CreationList(table: "sessions", columns: [("agent", "a"), ("customer", "c")]),
        CreationList(table: "sessions", filters: [label]),
        CreationList(table: "sessions", columns: [("agent", "a")], filters: [label, label]),
    ]

    @Test("are found through indexes in their order: nothing is scanned and nothing sorted", arguments: 0..<lists.count)
    func indexes(_ number: Int) async throws {
        let list = Self.lists[number]
        let file = try await StoreFile.inMemory(now: ManualClock().now)
        for cursor in [nil, Self.cursor] {
            for direction in PageRequest.Direction.allCases {
                let statement = list.statement(after: cursor, direction, limit: 10)
                let steps = try await file.read { database in
                    try Row.fetchAll(
                        database, sql: "EXPLAIN QUERY PLAN " + statement.sql,
                        arguments: StatementArguments(statement.arguments)
                    ).map { $0["detail"] as String }
                }
                let isWhole = list.filters.isEmpty && list.columns.isEmpty && cursor == nil
                for step in steps {
                    #expect(!step.contains("TEMP B-TREE"), "\(step)")
                    #expect(!step.hasPrefix("SCAN") || isWhole && step.contains("USING INDEX"), "\(step)")
                }
            }
        }
        try await file.close()
    }

    @Test("by metadata count and page in the database")
    func metadata() async throws {
        try await withStores(in: .memory) { stores in
            for number in 0..<50 {
                let metadata: JSONObject = ["even": .boolean(number % 2 == 0), "n": .number(Double(number))]
                _ = try await stores.customers.create(CustomerDraft(name: "N", metadata: metadata, tags: ["t"]))
            }
            let query = CustomerQuery(tags: ["t"], metadata: ["even": true], page: .init(limit: 3))
            let page = try await stores.customers.list(query)
            #expect(page.items.map { $0.metadata["n"] } == [0, 2, 4])
            #expect(page.totalCount == 25)
            let other = try await stores.customers.list(CustomerQuery(metadata: ["n": 48]))
            #expect(other.items.map { $0.metadata["n"] } == [48.0])
        }
    }
}

@Suite("Texts in SQLite")
struct StoredTextTests {
    @Test("come back whatever they are, and differ where they differed")
    func texts() async throws {
        let texts = [
            "", "a", "a\u{0}", "a\u{0}b", "a\u{1}", "a\u{1}0", "\u{1}", "\u{0}\u{1}\u{0}", "ü🚲", "é", "e\u{301}",
        ]
        for text in texts { #expect(StoredText.decode(StoredText.encode(text)).utf8.elementsEqual(text.utf8)) }
        #expect(Set(texts.map { Array(StoredText.encode($0).utf8) }).count == texts.count)
        try await withStores(in: .file) { stores in
            for text in texts {
                _ = try await stores.customers.create(CustomerDraft(id: .init("id" + text), name: "N"))
                let session = try await stores.sessions.create(SessionDraft(agentID: .init(text), labels: [text]))
                #expect(try await stores.sessions.list(SessionQuery(labels: [text])).items.contains(session))
                #expect(
                    try await stores.customers.read(.init("id" + text)).id.rawValue.utf8.elementsEqual(
                        ("id" + text).utf8))
            }
            #expect(try await stores.customers.list(.init()).totalCount == texts.count + 1)
        }
    }

    @Test("of equal JSON are equal")
    func canonical() {
        let left: JSONValue = ["b": [1, 2.5, .null], "a": ["y": 1.0, "x": "ü\n"]]
        let right: JSONValue = ["a": ["x": "ü\n", "y": 1], "b": [1.0, 2.5, .null]]
        #expect(left.canonicalText == right.canonicalText)
        let values: [JSONValue] = [.null, "null", 1, "1", 1.5, true, [], [:], [1], [[1]], ["a": 1], ["a": .null]]
        #expect(Set(values.map(\.canonicalText)).count == values.count)
    }
}
