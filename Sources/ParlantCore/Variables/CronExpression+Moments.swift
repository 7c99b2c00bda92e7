/// When a rule has come true.
extension CronExpression {
    /// Farthest into the past that is looked for a moment: every date of the calendar comes within so many years.
    private static let horizonDays: Int64 = 28 * 366

    /// The newest moment of the rule at or before `moment`, in UTC and to the second; nil for a rule that never comes
    /// true, as the 31st of February.
    ///
    /// Where both kinds of days are named, a day fits that is one or the other, as cron has it since System V.
    ///
    /// - Complexity: O(days since that moment).
    public func lastMoment(notAfter moment: Timestamp) -> Timestamp? {
        let second = moment.wholeSeconds
        var day = second.dividedDown(by: 86_400)
        let first = day - Self.horizonDays
        var latest = Int(second - day * 86_400)
        while day >= first {
            if fits(day), let time = lastTime(notAfter: latest) {
                return Timestamp(microseconds: (day * 86_400 + Int64(time)) * 1_000_000)
            }
            day -= 1
            latest = 86_399
        }
        return nil
    }

    private func fits(_ days: Int64) -> Bool {
        let (_, month, day) = Timestamp.civil(days: days)
        guard fits(month, 3) else { return false }
        // The first of January 1970 was a Thursday.
        let weekday = Int((days + 4) - (days + 4).dividedDown(by: 7) * 7)
        let (isOfMonth, isOfWeek) = (fits(day, 2), fits(weekday, 4))
        return namesDays.ofMonth && namesDays.ofWeek ? isOfMonth || isOfWeek : isOfMonth && isOfWeek
    }

    /// Seconds of the day.
    private func lastTime(notAfter latest: Int) -> Int? {
        for hour in stride(from: latest / 3600, through: 0, by: -1) where fits(hour, 1) {
            let lastMinute = hour == latest / 3600 ? latest / 60 % 60 : 59
            for minute in stride(from: lastMinute, through: 0, by: -1) where fits(minute, 0) {
                let isLatest = hour == latest / 3600 && minute == latest / 60 % 60
                for second in stride(from: isLatest ? latest % 60 : 59, through: 0, by: -1) where fits(second, 5) {
                    return hour * 3600 + minute * 60 + second
                }
            }
        }
        return nil
    }
}

extension Timestamp {
    /// Whole seconds since 1970, rounded down.
    fileprivate var wholeSeconds: Int64 { microseconds.dividedDown(by: 1_000_000) }
}

extension Int64 {
    fileprivate func dividedDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
