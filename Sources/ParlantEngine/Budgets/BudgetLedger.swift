import ParlantCore

/// Whom a call is charged to, besides its turn.
struct Payer: Sendable, Equatable {
    /// Nil for what is done beside all sessions.
    var session: SessionID?
    /// Nil while it is not known, and where there is none.
    var customer: CustomerID?
}

/// What was spent, by session, customer and day, and what may still be spent. Pure: the day is told.
struct BudgetLedger: Sendable {
    let budgets: Budgets
    private let hasLimits: Bool
    private(set) var sessions: SpendingAccounts<SessionID>
    private(set) var customers: SpendingAccounts<CustomerID>
    /// Of the whole server.
    private(set) var total = Spending()
    /// The day of ``customers`` and ``total``.
    private(set) var day = Day(number: 0)

    /// Nothing is spent yet.
    ///
    /// - Parameter capacity: Most sessions, and most customers of a day, that are remembered; see ``SpendingAccounts``.
    init(_ budgets: Budgets, capacity: Int = 100_000) {
        self.budgets = budgets
        hasLimits = budgets.hasLimits
        sessions = SpendingAccounts(capacity: capacity)
        customers = SpendingAccounts(capacity: capacity)
    }

    /// Notes what was spent.
    mutating func charge(_ spending: Spending, to payer: Payer, on day: Day) {
        begin(day)
        total += spending
        if let session = payer.session { sessions.charge(spending, to: session) }
        if let customer = payer.customer { customers.charge(spending, to: customer) }
    }

    /// What the next call of a turn may do. The strictest scope decides; of several the narrowest is named.
    ///
    /// - Parameter turn: What the turn has spent.
    mutating func verdict(turn: Spending, _ payer: Payer, on day: Day) -> BudgetVerdict {
        guard hasLimits else { return .free }
        begin(day)
        var verdict = BudgetVerdict.free
        for scope in BudgetScope.allCases {
            // What no session asks for is no turn.
            if scope == .turn, payer.session == nil { continue }
            guard let spending = scope == .turn ? turn : limited(scope, payer) else { continue }
            let budget = budgets.budget(of: scope)
            if let measure = budget.hard.reached(by: spending) { return .stop(ReachedLimit(scope, measure)) }
            if verdict == .free, let measure = budget.soft.reached(by: spending) {
                verdict = .save(ReachedLimit(scope, measure))
            }
        }
        return verdict
    }

    /// Ends the day before, if there was one. A clock that is set back changes nothing.
    mutating func begin(_ day: Day) {
        guard day > self.day else { return }
        self.day = day
        customers.forgetAll()
        total = Spending()
    }

    /// Adds what was spent before a restart, when that was on the same day.
    mutating func restore(_ spending: DaySpending) {
        if spending.day == day { total += spending.total }
    }

    /// Forgets a session that was deleted.
    mutating func forget(_ session: SessionID) { sessions.forget(session) }

    /// Forgets a customer who was deleted. What they spent stays part of the day.
    mutating func forget(_ customer: CustomerID) { customers.forget(customer) }

    /// What counts against the limits of a scope; nil where they do not hold.
    private func limited(_ scope: BudgetScope, _ payer: Payer) -> Spending? {
        switch scope {
        case .turn: nil
        case .session: payer.session.map { sessions[$0] }
        case .customer: payer.customer.flatMap { $0 == Customer.guestID ? nil : customers[$0] }
        case .day: total
        }
    }
}

/// A day in UTC.
struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds of a day.
    private static let length: Int64 = 86_400_000_000

    /// Days since 1970-01-01.
    let number: Int64

    init(number: Int64) { self.number = number }

    /// The day of a moment; of those before 1970, the first one.
    init(of moment: Timestamp) { number = max(0, moment.microseconds / Self.length) }

    static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// As `2026-03-02`.
    var description: String {
        String(Timestamp(microseconds: number * Self.length).description.prefix(10))
    }
}
