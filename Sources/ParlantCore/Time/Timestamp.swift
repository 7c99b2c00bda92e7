/// A moment in UTC with microsecond resolution.
///
/// The wire writes it as `2026-11-21T08:12:01.352805Z`. Formatting and parsing are done here, byte by byte, because
/// every event carries one and a general formatter costs more than the rest of the event.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// The first moment of the year 0 in UTC.
    public static var first: Timestamp { Timestamp(microseconds: -62_167_219_200_000_000) }
    /// The last moment of the year 9999 in UTC.
    public static var last: Timestamp { Timestamp(microseconds: 253_402_300_799_999_999) }

    /// Wraps microseconds since 1970-01-01T00:00:00Z.
    ///
    /// The moment should be of the years 0 to 9999, or is for comparisons only. One that comes from elsewhere is looked
    /// at with ``init(exactly:)``.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Wraps microseconds since 1970-01-01T00:00:00Z; nil outside of the years 0 to 9999.
    public init?(exactly microseconds: Int64) {
        self.microseconds = microseconds
        guard Self.first <= self, self <= Self.last else { return nil }
    }

    /// Parses `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`; nil for anything else, and for what is outside of the years
    /// 0 to 9999 in UTC. Digits beyond microseconds are cut.
    public init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2), scanner.take(":"),
            let second = scanner.digits(2),
            (1...12).contains(month), day >= 1, day <= Self.daysInMonth(month, of: year), hour < 24, minute < 60,
            second < 60
        else { return nil }
        var fraction = 0
        if scanner.take(".") {
            guard let value = scanner.fraction(6) else { return nil }
            fraction = value
        }
        var offset = 0
        if !(scanner.take("Z") || scanner.take("z")) {
            let sign = scanner.take("+") ? 1 : (scanner.take("-") ? -1 : 0)
            guard sign != 0, let hours = scanner.digits(2), scanner.take(":"), let minutes = scanner.digits(2),
                hours < 24, minutes < 60
            else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard scanner.isAtEnd else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = days * 86400 + Int64(hour * 3600 + minute * 60 + second - offset)
        self.init(exactly: seconds * 1_000_000 + Int64(fraction))
    }

    /// The moment that comes next. The last one of the year 9999 has none and is its own.
    public var next: Timestamp { self < Self.last ? Timestamp(microseconds: microseconds + 1) : Self.last }

    /// Seconds since 1970, with the fraction.
    public var seconds: Double { Double(microseconds) / 1_000_000 }

    /// ISO 8601 in UTC with six digits of fraction and `Z`. What is outside of the years 0 to 9999 is written as their
    /// first or last moment.
    public var description: String { String(decoding: utf8, as: UTF8.self) }

    /// The bytes of ``description``, always 27.
    public var utf8: [UInt8] {
        let microseconds = min(max(self, Self.first), Self.last).microseconds
        let (days, rest) = Self.floorDivide(microseconds, 86_400_000_000)
        let (year, month, day) = Self.civil(days: days)
        let second = rest / 1_000_000
        var bytes = [UInt8]()
        bytes.reserveCapacity(27)
        Self.append(year, 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(Int64(month), 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Self.append(Int64(day), 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        Self.append(second / 3600, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(second / 60 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(second % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        Self.append(rest % 1_000_000, 6, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
        return bytes
    }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    /// The moment that lies `duration` later.
    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    private static func append(_ value: Int64, _ width: Int, to bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}

extension Timestamp {
    /// Number of days in a month of the proleptic Gregorian calendar. `month` is 1 to 12.
    public static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counting in years that begin in March
    /// so that the leap day is the last of its year.
    static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(Int64(shifted), 400)
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of ``days(year:month:day:)``.
    static func civil(days: Int64) -> (year: Int64, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Reads fixed-width decimal fields from ASCII text.
struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    /// Exactly `count` decimal digits.
    mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for index in position..<position + count {
            guard let digit = Self.digit(bytes[index]) else { return nil }
            value = value * 10 + digit
        }
        position += count
        return value
    }

    /// One or more digits, scaled to `width` digits: "5" with width 6 is 500000.
    mutating func fraction(_ width: Int) -> Int? {
        var value = 0
        var taken = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            if taken < width { value = value * 10 + digit }
            taken += 1
            position += 1
        }
        guard taken > 0 else { return nil }
        for _ in 0..<max(0, width - taken) { value *= 10 }
        return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
