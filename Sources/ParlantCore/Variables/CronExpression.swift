/// A rule that says when something happens, as cron writes it: `0 12 * * mon-fri`.
///
/// Five fields (minute, hour, day of the month, month, day of the week), or six with seconds last. A field is `*`,
/// `?`, a number, a name such as `jan` or `sun`, a range, a list of these, each with an optional `/step`.
public struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    private struct Field {
        var range: ClosedRange<Int>
        var names: [String] = []
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let fields: [Field] = [
        Field(range: 0...59), Field(range: 0...23), Field(range: 1...31), Field(range: 1...12, names: months),
        Field(range: 0...7, names: days), Field(range: 0...59),
    ]
    private static let shorthands = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    /// The rule as it was written.
    public let source: String
    /// Numbers that fit, a bit each, by field; seconds last, `0` where the rule has none.
    private let bits: [UInt64]
    /// Whether the fields for the days of month and week name some days and not all.
    let namesDays: (ofMonth: Bool, ofWeek: Bool)

    /// Checks a rule; nil when the text is none.
    public init?(_ source: String) {
        self.source = source
        let text = source.lowercased().split { $0.isWhitespace }.joined(separator: " ")
        var parts = (Self.shorthands[text] ?? text).split(separator: " ").map(String.init)
        guard parts.count == 5 || parts.count == 6 else { return nil }
        if parts.count == 5 { parts.append("0") }
        var bits: [UInt64] = []
        for (part, field) in zip(parts, Self.fields) {
            guard let numbers = Self.bits(part, field) else { return nil }
            bits.append(numbers)
        }
        // Sunday is 0 and 7.
        if bits[4] & 1 << 7 != 0 { bits[4] |= 1 }
        self.bits = bits
        namesDays = (!Self.namesAll(parts[2]), !Self.namesAll(parts[4]))
    }

    private static func namesAll(_ part: String) -> Bool { part.hasPrefix("*") || part.hasPrefix("?") }

    private static func bits(_ text: String, _ field: Field) -> UInt64? {
        var bits: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = item.split(separator: "/", omittingEmptySubsequences: false)
            guard halves.count <= 2, let base = halves.first else { return nil }
            var step = 1
            if halves.count == 2 {
                guard let number = Int(halves[1]), number > 0 else { return nil }
                step = number
            }
            guard let range = range(String(base), field, isStepped: halves.count == 2) else { return nil }
            for number in stride(from: range.lowerBound, through: range.upperBound, by: step) {
                bits |= 1 << UInt64(number)
            }
        }
        return bits
    }

    /// A single number with a step goes on to the end of the field.
    private static func range(_ base: String, _ field: Field, isStepped: Bool) -> ClosedRange<Int>? {
        if base == "*" || base == "?" { return field.range }
        let ends = base.split(separator: "-", omittingEmptySubsequences: false).map { value(String($0), field) }
        guard ends.count <= 2, let first = ends.first ?? nil else { return nil }
        guard ends.count == 2 else { return first...(isStepped ? field.range.upperBound : first) }
        guard let last = ends[1], first <= last else { return nil }
        return first...last
    }

    private static func value(_ text: String, _ field: Field) -> Int? {
        if let index = field.names.firstIndex(of: text) { return index + field.range.lowerBound }
        guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), let number = Int(text)
        else { return nil }
        return field.range.contains(number) ? number : nil
    }

    /// Whether a number fits the field of this position.
    func fits(_ number: Int, _ field: Int) -> Bool { bits[field] & 1 << UInt64(number) != 0 }

    public static func == (left: Self, right: Self) -> Bool { left.source == right.source }

    public func hash(into hasher: inout Hasher) { hasher.combine(source) }

    public var description: String { source }
}
