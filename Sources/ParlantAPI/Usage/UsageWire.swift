import ParlantCore
import ParlantEngine

extension Usage {
    /// What ``write(to:)`` writes.
    static let schema = Schema.named(
        "Usage",
        .record([
            "scope": .choice(of: BudgetScope.self), "day": .nullable(.string()), "calls": .integer(0...Int.max),
            "input_tokens": .integer(0...Int.max), "output_tokens": .integer(0...Int.max),
            "money": .nullable(.number), "limits": limits, "remaining": limits,
        ]))

    private static let limits = Schema.record(["soft": limit, "hard": limit])

    private static let limit = Schema.named(
        "SpendingLimit",
        .record([
            "calls": .nullable(.integer(0...Int.max)), "tokens": .nullable(.integer(0...Int.max)),
            "money": .nullable(.number),
        ]))

    /// Writes what was spent, the limits, and what remains of them.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("scope", scope.rawValue)
        writer.member("day", day)
        writer.member("calls", spent.calls)
        writer.member("input_tokens", spent.usage.input)
        writer.member("output_tokens", spent.usage.output)
        writer.key("money")
        writer.money(hasPrices ? spent.money : nil)
        writer.key("limits")
        writer.limits(soft: budget.soft, hard: budget.hard)
        writer.key("remaining")
        writer.limits(soft: budget.soft.remaining(after: spent), hard: budget.hard.remaining(after: spent))
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func limits(soft: SpendingLimit, hard: SpendingLimit) {
        beginObject()
        key("soft")
        limit(soft)
        key("hard")
        limit(hard)
        endObject()
    }

    private mutating func limit(_ limit: SpendingLimit) {
        beginObject()
        key("calls")
        count(limit.calls)
        key("tokens")
        count(limit.tokens)
        key("money")
        money(limit.money)
        endObject()
    }

    private mutating func count(_ count: Int?) {
        if let count { integer(count) } else { null() }
    }

    fileprivate mutating func money(_ money: Money?) {
        if let money { number(money.units) } else { null() }
    }
}
