public import ParlantCore

/// An amount in the operator's currency, exact to a billionth, so that a limit is reached when the sum says so.
public struct Money: Sendable, Hashable, Comparable {
    /// Billionths of the currency's unit; never negative.
    public let nanos: Int64

    /// The amount of so many units. What is negative or no number counts as nothing; what is too large as the most
    /// that there can be.
    public init(_ units: Double) {
        let nanos = (units * 1_000_000_000).rounded()
        self.nanos = nanos > 0 ? Int64(exactly: nanos) ?? .max : 0
    }

    /// So many billionths; what is negative counts as nothing.
    init(nanos: Int64) { self.nanos = max(0, nanos) }

    /// Nothing.
    public static let zero = Money(nanos: 0)

    /// In units of the currency.
    public var units: Double { Double(nanos) / 1_000_000_000 }

    public static func < (left: Money, right: Money) -> Bool { left.nanos < right.nanos }

    /// The sum; the most that there can be when it is too large.
    public static func + (left: Money, right: Money) -> Money {
        let (sum, isTooLarge) = left.nanos.addingReportingOverflow(right.nanos)
        return Money(nanos: isTooLarge ? .max : sum)
    }

    /// The difference; nothing when `right` is larger.
    public static func - (left: Money, right: Money) -> Money { Money(nanos: max(0, left.nanos - right.nanos)) }
}

/// What a model asks for its work, in the operator's currency.
public struct ModelPrice: Sendable, Equatable {
    /// For a million tokens that it reads.
    public var input: Double
    /// For a million tokens that it writes.
    public var output: Double

    public init(input: Double, output: Double) {
        self.input = input
        self.output = output
    }

    /// The price of so many tokens.
    public func money(for usage: TokenUsage) -> Money {
        Money((Double(usage.input) * input + Double(usage.output) * output) / 1_000_000)
    }
}
