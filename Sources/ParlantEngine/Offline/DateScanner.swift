import ParlantCore

/// Dates in a customer's message, as `YYYY-MM-DD`.
///
/// - ISO dates; `25.12.2026` is day first, `25/12/2026` only where the order is certain (one part above 12).
/// - "3 March 2026", "3rd of March", "March 3", "Mar 3rd, 2026"; without a year the next such day, today included.
/// - "today", "tomorrow", "yesterday", "day after tomorrow".
/// - Weekdays: the next one after today; with "next" that of the week after this one (weeks begin on Monday), with
///   "last" the latest before today.
enum DateScanner {
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// All dates in order. Without a valid `today` only those that are complete in digits.
    static func dates(in text: ArgumentText, today: String) -> [FoundValue] {
        let today = CalendarDay(today)
        var found = numeric(in: text)
        if let today { found += named(in: text, today) + relative(in: text, today) }
        return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// ISO 8601 moments with an offset, as ``Timestamp`` reads them.
    static func datetimes(in text: ArgumentText) -> [FoundValue] {
        chunks(in: text).compactMap { range in
            let chunk = text.text(range)
            guard !chunk.contains(" "), Timestamp(chunk) != nil else { return nil }
            return FoundValue(value: .string(chunk), range: range)
        }
    }

    /// Runs without spaces, without the punctuation around them.
    static func chunks(in text: ArgumentText) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        for index in 0...text.characters.count {
            if let character = text.character(index), !character.isWhitespace {
                if start == nil { start = index }
            } else if let begin = start {
                start = nil
                let range = text.trimmed(begin..<index, of: "\"'“”‘’«»()[]{}<>,;.!?")
                if !range.isEmpty { ranges.append(range) }
            }
        }
        return ranges
    }

    private static func numeric(in text: ArgumentText) -> [FoundValue] {
        chunks(in: text).compactMap { range in
            let chunk = text.text(range)
            if let day = CalendarDay(chunk) { return FoundValue(value: .string(day.text), range: range) }
            let separator: Character = chunk.contains("/") ? "/" : "."
            let parts = chunk.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].count == 4, parts[0].count <= 2, parts[1].count <= 2,
                let first = Int(parts[0]), let second = Int(parts[1]), let year = Int(parts[2])
            else { return nil }
            let day: CalendarDay?
            if separator == "." || first > 12 || first == second {
                day = CalendarDay(year: year, month: second, day: first)
            } else {
                day = second > 12 ? CalendarDay(year: year, month: first, day: second) : nil
            }
            return day.map { FoundValue(value: .string($0.text), range: range) }
        }
    }

    private static func named(in text: ArgumentText, _ today: CalendarDay) -> [FoundValue] {
        var found: [FoundValue] = []
        let tokens = text.tokens
        for (index, token) in tokens.enumerated() {
            guard let month = month(token.word.folded) else { continue }
            var range = token.range
            var day: Int?
            var next = index + 1
            var previous = index - 1
            if previous >= 0, tokens[previous].word.folded == "of" { previous -= 1 }
            if previous >= 0, let number = dayNumber(tokens[previous].word.folded) {
                day = number
                range = tokens[previous].range.lowerBound..<range.upperBound
            } else if next < tokens.count, let number = dayNumber(tokens[next].word.folded) {
                day = number
                range = range.lowerBound..<tokens[next].range.upperBound
                next += 1
            }
            guard let day else { continue }
            if next < tokens.count, tokens[next].word.folded.count == 4, let year = Int(tokens[next].word.folded) {
                range = range.lowerBound..<tokens[next].range.upperBound
                guard let date = CalendarDay(year: year, month: month, day: day) else { continue }
                found.append(FoundValue(value: .string(date.text), range: range))
                continue
            }
            // 29 February may be up to eight years away.
            let coming = (0...8).lazy
                .compactMap { CalendarDay(year: today.year + $0, month: month, day: day) }.first { $0 >= today }
            if let coming { found.append(FoundValue(value: .string(coming.text), range: range)) }
        }
        return found
    }

    /// A month by its name or its first three letters ("sept" too). "May" and "march" are also verbs, but the number
    /// beside them decides.
    private static func month(_ word: String) -> Int? {
        if let position = months.firstIndex(of: word) { return position + 1 }
        guard word.count == 3 || word == "sept" else { return nil }
        return months.firstIndex { $0.hasPrefix(word) }.map { $0 + 1 }
    }

    private static func dayNumber(_ word: String) -> Int? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard (1...2).contains(digits.count), ["", "st", "nd", "rd", "th"].contains(word.dropFirst(digits.count)),
            let number = Int(digits), (1...31).contains(number)
        else { return nil }
        return number
    }

    private static func relative(in text: ArgumentText, _ today: CalendarDay) -> [FoundValue] {
        text.tokens.compactMap { token in
            let before = text.words(before: token.range.lowerBound, 2)
            let day: CalendarDay
            switch token.word.folded {
            case "today", "tonight": day = today
            case "yesterday": day = today.advanced(by: -1)
            case "tomorrow": day = today.advanced(by: before == ["day", "after"] ? 2 : 1)
            default:
                guard let weekday = weekdays.firstIndex(of: token.word.folded) else { return nil }
                let ahead = (weekday - today.weekday + 6) % 7 + 1
                if before.last == "next" {
                    day = today.advanced(by: 7 - today.weekday + weekday)
                } else {
                    day = today.advanced(by: before.last == "last" ? (ahead == 7 ? -7 : ahead - 7) : ahead)
                }
            }
            return FoundValue(value: .string(day.text), range: token.range)
        }
    }
}
