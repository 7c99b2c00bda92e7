/// How much may be spent on calls of language models. What is nil has no limit.
public struct SpendingLimit: Sendable, Equatable {
    public var calls: Int?
    /// Read and written together.
    public var tokens: Int?
    public var money: Money?

    public init(calls: Int? = nil, tokens: Int? = nil, money: Money? = nil) {
        self.calls = calls
        self.tokens = tokens
        self.money = money
    }

    /// Whether nothing is limited.
    public var isEmpty: Bool { calls == nil && tokens == nil && money == nil }

    /// The first measure of which as much as the limit, or more, has been spent.
    func reached(by spending: Spending) -> SpendingMeasure? {
        if let calls, spending.calls >= calls { return .calls }
        if let tokens, spending.tokens >= tokens { return .tokens }
        if let money, spending.money >= money { return .money }
        return nil
    }

    /// What is left of it, nothing at the least.
    public func remaining(after spending: Spending) -> SpendingLimit {
        SpendingLimit(
            calls: calls.map { max(0, $0 - spending.calls) }, tokens: tokens.map { max(0, $0 - spending.tokens) },
            money: money.map { $0 - spending.money })
    }
}

/// The two limits of one scope.
///
/// Calls are counted when they begin, so a limit of calls is exceeded by retries only. Tokens and money are known when
/// a call ends, and a call that has begun is never cut off, so these limits are exceeded by what is under way when they
/// are reached: one call for each turn, and more where a turn asks several things at once.
public struct Budget: Sendable, Equatable {
    /// From here on the engine saves: smaller models, no first words of a model, no response analysis.
    public var soft: SpendingLimit
    /// From here on no model is called; the customer gets ``Budgets/message``.
    public var hard: SpendingLimit

    public init(soft: SpendingLimit = .init(), hard: SpendingLimit = .init()) {
        self.soft = soft
        self.hard = hard
    }

    /// Whether nothing is limited.
    public var isEmpty: Bool { soft.isEmpty && hard.isEmpty }
}

/// All budgets of a server.
public struct Budgets: Sendable, Equatable {
    /// Of each turn.
    public var turn: Budget
    /// Of each session, for its life.
    public var session: Budget
    /// Of each customer and each day. Does not hold for the guest, who is everybody.
    public var customer: Budget
    /// Of the whole server and each day.
    public var day: Budget
    /// By name of the model, as the provider calls it. A model without a price costs nothing.
    public var prices: [String: ModelPrice]
    /// What the customer is told when a hard limit is reached.
    public var message: String

    /// No limits, unless others are given.
    public init(
        turn: Budget = .init(), session: Budget = .init(), customer: Budget = .init(), day: Budget = .init(),
        prices: [String: ModelPrice] = [:],
        message: String = "I cannot answer this right now. Please try again later."
    ) {
        self.turn = turn
        self.session = session
        self.customer = customer
        self.day = day
        self.prices = prices
        self.message = message
    }

    /// The limits of a scope.
    public func budget(of scope: BudgetScope) -> Budget {
        switch scope {
        case .turn: turn
        case .session: session
        case .customer: customer
        case .day: day
        }
    }

    /// Whether there is any limit.
    public var hasLimits: Bool { BudgetScope.allCases.contains { !budget(of: $0).isEmpty } }

    /// Whether money is limited anywhere, so that prices matter.
    public var limitsMoney: Bool {
        BudgetScope.allCases.contains { budget(of: $0).soft.money != nil || budget(of: $0).hard.money != nil }
    }
}

/// What a budget is for, the narrowest first. Raw values are those of the configuration and of the explain record.
public enum BudgetScope: String, Sendable, CaseIterable { case turn, session, customer, day }
