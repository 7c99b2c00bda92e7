public import ParlantCore

/// What calls of language models cost. Sums that are too large for a number stay at the largest one.
public struct Spending: Sendable, Equatable {
    /// Requests to models, retries and failures included.
    public var calls: Int
    /// Tokens that models read, and that they wrote, as far as providers count them.
    public var usage: TokenUsage
    /// Nothing for models without a price.
    public var money: Money

    public init(calls: Int = 0, usage: TokenUsage = TokenUsage(), money: Money = .zero) {
        self.calls = calls
        self.usage = usage
        self.money = money
    }

    /// Tokens of both kinds.
    public var tokens: Int { Self.sum(usage.input, usage.output) }

    public static func += (left: inout Spending, right: Spending) {
        left.calls = sum(left.calls, right.calls)
        left.usage += right.usage
        left.money = left.money + right.money
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }
}

/// What a limit is about. Raw values are those of the configuration and of the explain record.
public enum SpendingMeasure: String, Sendable, CaseIterable { case calls, tokens, money }
