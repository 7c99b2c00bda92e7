import Logging
import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("The day's account over a restart")
struct DayRecordTests {
    private let clock = ManualClock()
    private let spent = Spending(calls: 2, usage: TokenUsage(input: 20, output: 6), money: Money(0.25))

    private func keeper(_ store: any KeyValueStore) -> BudgetKeeper {
        BudgetKeeper(
            Budgets(prices: ["m": ModelPrice(input: 12_500, output: 0)]), clock: clock,
            record: DayRecord(store: store, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
    }

    /// Two calls of one turn.
    private func spend(_ keeper: BudgetKeeper) async {
        let turn = keeper.turn(in: "s")
        for _ in 0..<2 {
            #expect(turn.admit(.message) == .free)
            turn.charge(TokenUsage(input: 10, output: 3), attempts: 1, model: "m")
        }
        await keeper.flush()
    }

    @Test("is there again after a restart, and goes on")
    func restart() async throws {
        let store = MemoryKeyValueStore(clock: clock)
        await spend(keeper(store))
        let next = keeper(store)
        #expect(next.usageToday.spent == Spending())
        try await next.restore()
        #expect(next.usageToday.spent == spent)
        await spend(next)
        let last = keeper(store)
        try await last.restore()
        #expect(last.usageToday.spent.calls == 4)
    }

    @Test("is not that of the day before")
    func midnight() async throws {
        let store = MemoryKeyValueStore(clock: clock)
        await spend(keeper(store))
        clock.advance(by: .seconds(86_400))
        let next = keeper(store)
        try await next.restore()
        #expect(next.usageToday.spent == Spending())
    }

    @Test(
        "something else in its place is no account",
        arguments: [
            ["day": "today"],
            ["day": .integer(.max), "calls": 1, "input_tokens": 1, "output_tokens": 1, "money": 1],
        ] as [JSONValue])
    func foreign(_ value: JSONValue) async throws {
        let store = MemoryKeyValueStore(clock: clock)
        try await store.set(DayRecord.key, to: value, in: DayRecord.scope, lifetime: nil)
        let keeper = keeper(store)
        try await keeper.restore()
        #expect(keeper.usageToday.spent == Spending())
    }

    @Test("a store that fails does not stop anybody")
    func failing() async {
        await spend(keeper(ClosedStore()))
        await #expect(throws: StoreError.self) { try await keeper(ClosedStore()).restore() }
    }
}

/// A store that is out of order.
private struct ClosedStore: KeyValueStore {
    private let error = StoreError(.unavailable, entity: "entry", id: "", message: "it is closed")

    func read(_ key: String, in scope: KeyValueScope) async throws -> JSONValue? { throw error }
    func set(_ key: String, to value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws {
        throw error
    }
    func add(_ key: String, _ value: JSONValue, in scope: KeyValueScope, lifetime: Duration?) async throws -> Bool {
        throw error
    }
    func increment(_ key: String, by amount: Int64, in scope: KeyValueScope) async throws -> Int64 { throw error }
    func entries(in scope: KeyValueScope) async throws -> [KeyValueEntry] { throw error }
    func delete(_ key: String, in scope: KeyValueScope) async throws { throw error }
    func deleteAll(in scope: KeyValueScope) async throws { throw error }
}
