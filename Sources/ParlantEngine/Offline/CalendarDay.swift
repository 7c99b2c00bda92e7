import ParlantCore

/// A day of the Gregorian calendar, for counting on from today. Built on ``Timestamp``, so that there is one calendar.
struct CalendarDay: Comparable {
    /// Days since 1970-01-01.
    let number: Int64

    init(number: Int64) { self.number = number }

    /// Reads `YYYY-MM-DD`; nil for anything else and for days that do not exist.
    init?(_ text: String) {
        guard ToolParameter.Kind.isDate(text), let midnight = Timestamp(text + "T00:00:00Z") else { return nil }
        number = midnight.microseconds / 86_400_000_000 - (midnight.microseconds % 86_400_000_000 < 0 ? 1 : 0)
    }

    /// A day by its parts; nil when it does not exist.
    init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        func padded(_ value: Int, _ width: Int) -> String {
            String(repeating: "0", count: width - String(value).count) + String(value)
        }
        self.init("\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))")
    }

    /// `YYYY-MM-DD`.
    var text: String { String(Timestamp(microseconds: number * 86_400_000_000).description.prefix(10)) }
    /// The year.
    var year: Int { Int(text.prefix(4)) ?? 1970 }
    /// 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.
    var weekday: Int { Int(((number + 3) % 7 + 7) % 7) }

    /// This many days later.
    func advanced(by days: Int) -> CalendarDay { CalendarDay(number: number + Int64(days)) }

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
