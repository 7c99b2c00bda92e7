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
    private static let shorthands: Set = [
        "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
    ]

    /// The rule as it was written.
    public let source: String

    /// Checks a rule; nil when the text is none.
    public init?(_ source: String) {
        self.source = source
        let parts = source.lowercased().split { $0.isWhitespace }.map(String.init)
        if parts.count == 1, Self.shorthands.contains(parts[0]) { return }
        guard parts.count == 5 || parts.count == 6 else { return nil }
        guard zip(parts, Self.fields).allSatisfy({ Self.isValid($0, $1) }) else { return nil }
    }

    private static func isValid(_ text: String, _ field: Field) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { item in
            let halves = item.split(separator: "/", omittingEmptySubsequences: false)
            guard halves.count <= 2, let base = halves.first else { return false }
            if halves.count == 2 {
                guard let step = Int(halves[1]), step > 0 else { return false }
            }
            if base == "*" || base == "?" { return true }
            let ends = base.split(separator: "-", omittingEmptySubsequences: false).map { value(String($0), field) }
            guard ends.count <= 2, let first = ends.first ?? nil else { return false }
            guard ends.count == 2 else { return true }
            guard let last = ends[1] else { return false }
            return first <= last
        }
    }

    private static func value(_ text: String, _ field: Field) -> Int? {
        if let index = field.names.firstIndex(of: text) { return index + field.range.lowerBound }
        guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), let number = Int(text)
        else { return nil }
        return field.range.contains(number) ? number : nil
    }

    public var description: String { source }
}
