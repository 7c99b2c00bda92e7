public import ParlantCore

/// What was spent in one scope, and what may be.
public struct Usage: Sendable, Equatable {
    public var scope: BudgetScope
    public var spent: Spending
    /// The limits that hold.
    public var budget: Budget
    /// The day that it is about, in UTC, as `2026-03-02`; nil for a session's life.
    public var day: String?
    /// Whether models have prices, so that the money means something.
    public var hasPrices: Bool

    public init(scope: BudgetScope, spent: Spending, budget: Budget, day: String?, hasPrices: Bool) {
        self.scope = scope
        self.spent = spent
        self.budget = budget
        self.day = day
        self.hasPrices = hasPrices
    }
}

extension EventEngine {
    /// What a session has spent on language models, as far as this server has seen it.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    public func usage(of session: SessionID) async throws -> Usage {
        _ = try await log.store.read(session)
        return runner.budgets.usage(of: session)
    }

    /// What a customer has spent today on language models.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    public func usage(of customer: CustomerID) async throws -> Usage {
        _ = try await customers.read(customer)
        return runner.budgets.usage(of: customer)
    }

    /// Goes on with what was spent today before a restart, where ``Services/keyValues`` survived it. Call it once,
    /// before the first turn.
    ///
    /// - Throws: what the store throws; then the day begins anew.
    public func restoreUsage() async throws { try await runner.budgets.restore() }

    /// What all turns have spent today on language models.
    public var usageToday: Usage { runner.budgets.usageToday }
}
