extension TemplateFilter {
    /// Filters for dates: of `2026-03-02`, of a moment in ISO 8601, or of seconds since 1970 in UTC.
    static let dateFilters: [TemplateFilter] = [
        date("date", "%-d %B %Y"), date("datetime", "%-d %B %Y, %H:%M"), date("time", "%H:%M"),
        date("strftime", "%-d %B %Y"),
    ]

    private static func date(_ name: String, _ usual: String) -> TemplateFilter {
        TemplateFilter(name, ["format"], checkText: { TemplateDate.problem(of: $1) }) { (input) throws(Failure) in
            guard let date = TemplateDate(input.value) else {
                throw .failed("a date such as 2026-03-02 or 2026-03-02T09:00:00+01:00 is needed")
            }
            return .string(try date.text(input.text("format") ?? usual))
        }
    }
}

/// A moment as the clock on a wall shows it: in its own offset, not in the server's.
struct TemplateDate {
    typealias Failure = CannedResponseTemplate.RenderError

    private var year: Int
    private var month: Int
    private var day: Int
    private var hour = 0
    private var minute = 0
    private var second = 0
    /// Seconds east of UTC; nil for a date and for a time without offset.
    private var offset: Int?

    /// Reads a date; nil for anything else.
    init?(_ value: JSONValue) {
        if let seconds = value.number {
            guard abs(seconds) < 1e11 else { return nil }
            self.init(secondsSince1970: Int64(seconds.rounded(.down)))
            return
        }
        guard let text = value.string else { return nil }
        self.init(text: text)
    }

    private init?(text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), (1...12).contains(month), day >= 1,
            day <= Timestamp.daysInMonth(month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        guard !scanner.isAtEnd else { return }
        guard scanner.take("T") || scanner.take("t") || scanner.take(" "), let hour = scanner.digits(2),
            scanner.take(":"), let minute = scanner.digits(2), hour < 24, minute < 60
        else { return nil }
        self.hour = hour
        self.minute = minute
        if scanner.take(":") {
            guard let second = scanner.digits(2), second < 60 else { return nil }
            self.second = second
            if scanner.take("."), scanner.fraction(6) == nil { return nil }
        }
        guard !scanner.isAtEnd else { return }
        guard let offset = Self.offset(&scanner), scanner.isAtEnd else { return nil }
        self.offset = offset
    }

    private init(secondsSince1970 seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let civil = Timestamp.civil(days: days)
        let rest = Int(seconds - days * 86400)
        year = Int(civil.year)
        month = civil.month
        day = civil.day
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        offset = 0
    }

    private static func offset(_ scanner: inout DigitScanner) -> Int? {
        if scanner.take("Z") || scanner.take("z") { return 0 }
        let sign = scanner.take("+") ? 1 : scanner.take("-") ? -1 : 0
        guard sign != 0, let hours = scanner.digits(2) else { return nil }
        _ = scanner.take(":")
        guard let minutes = scanner.digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    // MARK: Writing

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let codes = "YymdHIMSpAaBbjzZ%"

    /// What is wrong with a format of `strftime`; nil when nothing is.
    static func problem(of format: String) -> String? {
        var rest = format[...]
        while let percent = rest.firstIndex(of: "%") {
            rest = rest[rest.index(after: percent)...]
            if rest.first == "-" { rest.removeFirst() }
            guard let code = rest.popFirst(), codes.contains(code) else {
                return "the format '\(format)' has an unknown code after '%'; there are "
                    + codes.dropLast().map { "%\($0)" }.joined(separator: " ")
            }
        }
        return nil
    }

    /// The date in a format of `strftime`, in English. A `-` after the percent sign drops leading zeros.
    func text(_ format: String) throws(Failure) -> String {
        if let problem = Self.problem(of: format) { throw .failed(problem) }
        var result = ""
        var rest = format[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            let isShort = rest.first == "-"
            if isShort { rest.removeFirst() }
            guard let code = rest.popFirst() else { break }
            result += text(of: code, isShort: isShort)
        }
        return result
    }

    private func text(of code: Character, isShort: Bool) -> String {
        func digits(_ number: Int, _ width: Int = 2) -> String {
            let text = String(number)
            return isShort ? text : String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let days = Timestamp.days(year: year, month: month, day: day)
        // 1970-01-01 was a Thursday.
        let weekday = Self.weekdays[Int(((days + 3) % 7 + 7) % 7)]
        switch code {
        case "Y": return digits(year, 4)
        case "y": return digits(year % 100)
        case "m": return digits(month)
        case "d": return digits(day)
        case "H": return digits(hour)
        case "I": return digits((hour + 11) % 12 + 1)
        case "M": return digits(minute)
        case "S": return digits(second)
        case "p": return hour < 12 ? "AM" : "PM"
        case "A": return weekday
        case "a": return String(weekday.prefix(3))
        case "B": return Self.months[month - 1]
        case "b": return String(Self.months[month - 1].prefix(3))
        case "j": return digits(Int(days - Timestamp.days(year: year, month: 1, day: 1)) + 1, 3)
        case "z", "Z":
            guard let offset else { return "" }
            if code == "Z", offset == 0 { return "UTC" }
            let minutes = abs(offset) / 60
            return (offset < 0 ? "-" : "+") + pair(minutes / 60) + pair(minutes % 60)
        default: return "%"
        }
    }

    private func pair(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
