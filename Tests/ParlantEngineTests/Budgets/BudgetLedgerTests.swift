import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("The account of what models cost")
struct BudgetLedgerTests {
    private let call = Spending(calls: 1, usage: TokenUsage(input: 90, output: 10), money: Money(0.1))
    private let monday = Day(number: 20_514)
    private let ann = Payer(session: "s", customer: "ann")

    /// The verdict after some calls of one turn, which are charged to Ann on Monday.
    private func verdict(
        _ budgets: Budgets, after calls: Int, ofTurn turn: Int? = nil, for payer: Payer? = nil, on day: Day? = nil
    ) -> BudgetVerdict {
        var ledger = BudgetLedger(budgets)
        for _ in 0..<calls { ledger.charge(call, to: ann, on: monday) }
        var spent = Spending()
        for _ in 0..<(turn ?? calls) { spent += call }
        return ledger.verdict(turn: spent, payer ?? ann, on: day ?? monday)
    }

    private static func budgets(_ scope: BudgetScope, _ budget: Budget) -> Budgets {
        var budgets = Budgets()
        switch scope {
        case .turn: budgets.turn = budget
        case .session: budgets.session = budget
        case .customer: budgets.customer = budget
        case .day: budgets.day = budget
        }
        return budgets
    }

    /// Three calls' worth of each measure.
    private static func limit(_ measure: SpendingMeasure) -> SpendingLimit {
        switch measure {
        case .calls: SpendingLimit(calls: 3)
        case .tokens: SpendingLimit(tokens: 300)
        case .money: SpendingLimit(money: Money(0.3))
        }
    }

    @Test("allows everything without limits")
    func free() { #expect(verdict(Budgets(), after: 1000) == .free) }

    @Test(
        "each scope has a soft and a hard limit of calls, tokens and money, which hold when they are reached",
        arguments: BudgetScope.allCases, SpendingMeasure.allCases)
    func limits(scope: BudgetScope, measure: SpendingMeasure) {
        let limit = Self.limit(measure)
        let reached = ReachedLimit(scope, measure)
        let soft = Self.budgets(scope, Budget(soft: limit))
        #expect(verdict(soft, after: 2) == .free)
        #expect(verdict(soft, after: 3) == .save(reached))
        #expect(verdict(soft, after: 4) == .save(reached))
        let hard = Self.budgets(scope, Budget(hard: limit))
        #expect(verdict(hard, after: 2) == .free)
        #expect(verdict(hard, after: 3) == .stop(reached))
        let both = Self.budgets(scope, Budget(soft: SpendingLimit(calls: 1), hard: limit))
        #expect(verdict(both, after: 2) == .save(ReachedLimit(scope, .calls)))
        #expect(verdict(both, after: 3) == .stop(reached))
    }

    @Test("a limit of nothing is reached before the first call")
    func zero() {
        let never = Budget(hard: SpendingLimit(calls: 0))
        #expect(verdict(Budgets(session: never), after: 0) == .stop(ReachedLimit(.session, .calls)))
    }

    @Test("a hard limit of any scope goes before a soft one of any other, and of two soft ones the narrower is named")
    func order() {
        let soft = Budget(soft: SpendingLimit(calls: 1))
        let hard = Budget(hard: SpendingLimit(calls: 1))
        #expect(verdict(Budgets(turn: soft, day: soft), after: 1) == .save(ReachedLimit(.turn, .calls)))
        #expect(verdict(Budgets(turn: soft, day: hard), after: 1) == .stop(ReachedLimit(.day, .calls)))
    }

    @Test("what others spend counts for the day only")
    func others() {
        let hard = Budget(hard: SpendingLimit(calls: 1))
        let ben = Payer(session: "b", customer: "ben")
        let narrow = Budgets(turn: hard, session: hard, customer: hard)
        #expect(verdict(narrow, after: 1, ofTurn: 0, for: ben) == .free)
        #expect(verdict(Budgets(day: hard), after: 1, ofTurn: 0, for: ben) == .stop(ReachedLimit(.day, .calls)))
    }

    @Test("the day and its customers begin anew at midnight in UTC; a session does not")
    func midnight() {
        let hard = Budget(hard: SpendingLimit(calls: 1))
        let tuesday = Day(number: 20_515)
        #expect(verdict(Budgets(day: hard), after: 1, on: tuesday) == .free)
        #expect(verdict(Budgets(customer: hard), after: 1, on: tuesday) == .free)
        #expect(verdict(Budgets(session: hard), after: 1, on: tuesday) == .stop(ReachedLimit(.session, .calls)))
    }

    @Test("a clock that is set back does not begin the day anew")
    func setBack() {
        let hard = Budget(hard: SpendingLimit(calls: 1))
        let sunday = Day(number: 20_513)
        #expect(verdict(Budgets(day: hard), after: 1, on: sunday) == .stop(ReachedLimit(.day, .calls)))
    }

    @Test("the guest has an account and no limit: they are everybody")
    func guest() {
        let payer = Payer(session: "s", customer: Customer.guestID)
        var ledger = BudgetLedger(Budgets(customer: Budget(hard: SpendingLimit(calls: 1))))
        ledger.charge(call, to: payer, on: monday)
        #expect(ledger.customers[Customer.guestID] == call)
        #expect(ledger.verdict(turn: call, payer, on: monday) == .free)
    }

    @Test("who is deleted is forgotten; the day is not")
    func forgotten() {
        var ledger = BudgetLedger(Budgets())
        ledger.charge(call, to: ann, on: monday)
        ledger.forget("s" as SessionID)
        ledger.forget("ann" as CustomerID)
        #expect(ledger.sessions["s"] == Spending())
        #expect(ledger.customers["ann"] == Spending())
        #expect(ledger.total == call)
    }

    @Test("a day is told from the next to the microsecond")
    func days() throws {
        let last = try #require(Timestamp("2026-03-02T23:59:59.999999Z"))
        let first = try #require(Timestamp("2026-03-03T00:00:00Z"))
        #expect(Day(of: last).description == "2026-03-02")
        #expect(Day(of: first).description == "2026-03-03")
        #expect(Day(of: last) < Day(of: first))
    }
}

@Suite("Accounts that are bounded")
struct SpendingAccountsTests {
    @Test("there are never more than the capacity, and the half of it that was charged last is always there")
    func bounds() {
        var accounts = SpendingAccounts<Int>(capacity: 100)
        for key in 0..<1000 {
            accounts.charge(Spending(calls: 1), to: key)
            accounts.charge(Spending(calls: 1), to: -1)
            #expect(accounts.count <= 100)
        }
        #expect((952..<1000).allSatisfy { accounts[$0].calls == 1 })
        #expect(accounts[0] == Spending())
        #expect(accounts[-1].calls == 1000, "whoever goes on spending is remembered")
    }
}

@Suite("Amounts of money")
struct MoneyTests {
    @Test("a price is for a million tokens of each kind")
    func price() {
        let price = ModelPrice(input: 2, output: 10)
        #expect(price.money(for: TokenUsage(input: 500_000, output: 100_000)) == Money(2))
        #expect(ModelPrice(input: 0.15, output: 0.6).money(for: TokenUsage(input: 1)).nanos == 150)
    }

    @Test("ten tenths are one, as they are not for floating-point numbers")
    func exact() {
        let sum = (0..<10).reduce(Money.zero) { sum, _ in sum + Money(0.1) }
        #expect(sum == Money(1))
        #expect(sum.units == 1)
        #expect((Money(0.3) - Money(0.1)).units == 0.2)
    }

    @Test("nonsense does not break the account", arguments: [-1.0, Double.nan, -Double.infinity])
    func nonsense(units: Double) { #expect(Money(units) == .zero) }

    @Test("sums that are too large stay at the largest")
    func overflow() {
        #expect(Money(.infinity).nanos == .max)
        #expect(Money(1e30) + Money(1) == Money(1e30))
        var spending = Spending(calls: .max, usage: TokenUsage(input: .max, output: .max))
        spending += Spending(calls: 1, usage: TokenUsage(input: 1, output: 1))
        #expect(spending.calls == .max)
        #expect(spending.tokens == .max)
    }
}
