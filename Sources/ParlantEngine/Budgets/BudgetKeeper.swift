import ParlantCore
import Synchronization

/// Holds the accounts of all turns of a server. The shell of ``BudgetLedger``.
final class BudgetKeeper: Sendable {
    let budgets: Budgets
    private let ledger: Mutex<BudgetLedger>
    private let clock: any TimeSource
    private let record: DayRecord?

    /// Nothing is spent yet.
    ///
    /// - Parameter record: Where the day's account survives a restart; nil: nowhere.
    init(_ budgets: Budgets, clock: any TimeSource, record: DayRecord? = nil) {
        self.budgets = budgets
        self.clock = clock
        self.record = record
        ledger = Mutex(BudgetLedger(budgets))
    }

    /// Goes on with the day's account of the process before. Call it once, before the first turn.
    ///
    /// - Throws: what the store throws; then the day begins anew.
    func restore() async throws {
        guard let kept = try await record?.read() else { return }
        read { $0.restore(kept) }
    }

    /// Returns when the day's account is kept.
    func flush() async { await record?.flush() }

    /// The budget of a turn that begins now.
    func turn(in session: SessionID) -> TurnBudget { TurnBudget(self, Payer(session: session)) }

    /// The budget of work that begins now and that no session asks for.
    ///
    /// - Parameter customer: For whom it is done; nil: for all.
    func work(for customer: CustomerID?) -> TurnBudget { TurnBudget(self, Payer(customer: customer)) }

    /// What a session has spent.
    func usage(of session: SessionID) -> Usage {
        ledger.withLock { usage(.session, $0.sessions[session], budgets.session, day: nil) }
    }

    /// What a customer has spent today.
    func usage(of customer: CustomerID) -> Usage {
        read { ledger in
            let budget = customer == Customer.guestID ? Budget() : budgets.customer
            return usage(.customer, ledger.customers[customer], budget, day: ledger.day)
        }
    }

    /// What the server has spent today.
    var usageToday: Usage { read { usage(.day, $0.total, budgets.day, day: $0.day) } }

    /// Forgets a session that was deleted.
    func forget(_ session: SessionID) { ledger.withLock { $0.forget(session) } }

    /// Forgets a customer who was deleted.
    func forget(_ customer: CustomerID) { ledger.withLock { $0.forget(customer) } }

    /// Says what a call may do, and counts it when it is made.
    ///
    /// - Parameter isOptional: Whether it is left out while the engine saves.
    fileprivate func admit(turn: Spending, _ payer: Payer, isOptional: Bool) -> (verdict: BudgetVerdict, isMade: Bool) {
        read { ledger in
            let verdict = ledger.verdict(turn: turn, payer, on: ledger.day)
            let isMade =
                switch verdict {
                case .free: true
                case .save: !isOptional
                case .stop: false
                }
            if isMade { ledger.charge(Spending(calls: 1), to: payer, on: ledger.day) }
            return (verdict, isMade)
        }
    }

    fileprivate func charge(_ spending: Spending, to payer: Payer) {
        let today = read { ledger in
            ledger.charge(spending, to: payer, on: ledger.day)
            return DaySpending(day: ledger.day, total: ledger.total)
        }
        record?.keep(today)
    }

    /// Works with the ledger of today.
    private func read<Result>(_ body: (inout BudgetLedger) -> Result) -> Result {
        let today = Day(of: clock.now)
        return ledger.withLock { ledger in
            ledger.begin(today)
            return body(&ledger)
        }
    }

    private func usage(_ scope: BudgetScope, _ spent: Spending, _ budget: Budget, day: Day?) -> Usage {
        Usage(scope: scope, spent: spent, budget: budget, day: day?.description, hasPrices: !budgets.prices.isEmpty)
    }
}

/// The budget of one turn, or of work beside the turns.
///
/// A call is counted when it begins and charged when it ends, so that calls at the same time see each other.
final class TurnBudget: Sendable {
    private struct State {
        var spent = Spending()
        var payer: Payer
    }

    private let keeper: BudgetKeeper
    private let state: Mutex<State>

    fileprivate init(_ keeper: BudgetKeeper, _ payer: Payer) {
        self.keeper = keeper
        state = Mutex(State(payer: payer))
    }

    /// From now on calls are charged to this customer, too.
    func bill(_ customer: CustomerID) { state.withLock { $0.payer.customer = customer } }

    /// Says what the next call may do, and counts it when it is made: not when a hard limit is reached, and not when a
    /// soft one is and a turn can do without it.
    func admit(_ step: ModelStep) -> BudgetVerdict {
        // The turn's lock is held while the keeper's is taken, never the other way round.
        state.withLock { state in
            let (verdict, isMade) = keeper.admit(turn: state.spent, state.payer, isOptional: step.isOptional)
            if isMade { state.spent += Spending(calls: 1) }
            return verdict
        }
    }

    /// Charges what an admitted call took, one that failed as well.
    ///
    /// - Parameters:
    ///   - attempts: Requests that it made; of these the first is counted already.
    ///   - model: The model's name, for its price; nil: it has none.
    func charge(_ usage: TokenUsage, attempts: Int, model: String?) {
        // What providers count is not trusted to make sense.
        let usage = TokenUsage(input: max(0, usage.input), output: max(0, usage.output))
        let price = model.flatMap { keeper.budgets.prices[$0] }
        let spending = Spending(calls: max(0, attempts - 1), usage: usage, money: price?.money(for: usage) ?? .zero)
        let payer = state.withLock { state in
            state.spent += spending
            return state.payer
        }
        keeper.charge(spending, to: payer)
    }
}
