import Logging
import ParlantCore
import Synchronization

/// Keeps what was spent today where small values are kept, so that with a store on disk a restart does not begin the day
/// anew.
///
/// Writes happen beside the turns, one at a time, and each writes the newest sum: a burst of calls costs two writes. A
/// process that is killed loses what its last write had not reached.
final class DayRecord: Sendable {
    /// No script is an agent of this name, so none sees the entry.
    static let scope = KeyValueScope.agent("parlant-runtime/budgets")
    static let key = "day"
    /// When the entry is of no use any more.
    private static let lifetime = Duration.seconds(2 * 86_400)

    private struct State {
        /// What the next write takes; nil: all is written.
        var pending: DaySpending?
        var writing: Task<Void, Never>?
    }

    private let store: any KeyValueStore
    private let logger: Logger
    private let state = Mutex(State())

    init(store: any KeyValueStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// What was kept last; nil for nothing.
    ///
    /// - Throws: what the store throws.
    func read() async throws -> DaySpending? {
        try await store.read(Self.key, in: Self.scope).flatMap(DaySpending.init)
    }

    /// Keeps a sum soon. Never waits.
    func keep(_ spending: DaySpending) {
        state.withLock { state in
            state.pending = spending
            guard state.writing == nil else { return }
            state.writing = Task { [self] in await write() }
        }
    }

    /// Returns when all that was to be kept is kept, or the log says why not.
    func flush() async {
        while let task = state.withLock({ $0.writing }) { await task.value }
    }

    private func write() async {
        while let next = next() {
            do {
                try await store.set(Self.key, to: next.json, in: Self.scope, lifetime: Self.lifetime)
            } catch {
                logger.warning("what was spent today could not be stored", metadata: ["error": "\(error)"])
            }
        }
    }

    private func next() -> DaySpending? {
        state.withLock { state in
            defer { state.pending = nil }
            if state.pending == nil { state.writing = nil }
            return state.pending
        }
    }
}

/// What all turns of one day have spent.
struct DaySpending: Sendable, Equatable {
    var day: Day
    var total: Spending

    init(day: Day, total: Spending) {
        self.day = day
        self.total = total
    }

    /// Reads ``json``; nil for anything else.
    init?(_ json: JSONValue) {
        guard let day = json["day"]?.integer, let calls = json["calls"]?.integer,
            let input = json["input_tokens"]?.integer, let output = json["output_tokens"]?.integer,
            let money = json["money"]?.integer, (0...Day(of: .last).number).contains(day)
        else { return nil }
        self.day = Day(number: day)
        total = Spending(
            calls: Int(clamping: calls), usage: TokenUsage(input: Int(clamping: input), output: Int(clamping: output)),
            money: Money(nanos: money))
    }

    /// Whole numbers: the day since 1970, money in billionths.
    var json: JSONValue {
        [
            "day": .integer(day.number), "calls": .integer(Int64(total.calls)),
            "input_tokens": .integer(Int64(total.usage.input)), "output_tokens": .integer(Int64(total.usage.output)),
            "money": .integer(total.money.nanos),
        ]
    }
}
