import ParlantCore

/// Reads arguments of tools out of what customers wrote, without a model.
///
/// It would rather leave a parameter out, so that the customer is asked, than guess: a value is taken when its form
/// or a word near it says which parameter it is for, or when there is only one parameter and one value that fit.
/// Values are in the form that ``ToolParameter/check(_:choices:)`` accepts, but limits are not applied here: a number
/// above the maximum is what the customer said, and the check tells them.
struct ArgumentFinder {
    /// Words at most between a value and a word of the parameter's name that count as "near".
    static let nearby = 2
    /// Characters of a message that are read. Arguments stand in short messages, and what customers send must not
    /// decide how long a turn computes.
    static let readLimit = 2000

    private let parameters: [ToolParameter]
    private let choices: [String: [JSONValue]]
    private let askedFor: String?
    private let yesNoFor: String?
    private let today: String
    private var found: [String: JSONValue] = [:]

    /// Finds values for parameters.
    ///
    /// - Parameters:
    ///   - parameters: Those that still need a value. Parameters whose source is the context, and paths, are left out.
    ///   - choices: Allowed values by parameter name; where a name is absent, the parameter's own fixed choices.
    ///   - messages: The customer's messages, oldest first. The newest that has a value wins.
    ///   - askedFor: The parameter that the last reply asked for, if it asked for one. Only then is a bare number
    ///     among several, or a whole short message, a value; and only in the newest message.
    ///   - yesNoFor: The boolean parameter that a bare "yes" or "no" in the newest message answers; pass it when it
    ///     is the only one that is missing. nil: `askedFor`.
    ///   - today: `YYYY-MM-DD`, what "tomorrow" counts from.
    /// - Returns: Values by name, in the order of `parameters`. No part of a message gives two of them.
    /// - Complexity: O(words × parameters) for each message.
    static func find(
        parameters: [ToolParameter], choices: [String: [JSONValue]] = [:], messages: [String], askedFor: String? = nil,
        yesNoFor: String? = nil, today: String
    ) -> JSONObject {
        var finder = ArgumentFinder(parameters, choices, askedFor, yesNoFor ?? askedFor, today)
        for (age, message) in messages.reversed().enumerated() {
            guard finder.found.count < finder.parameters.count else { break }
            finder.read(message, isNewest: age == 0)
        }
        var arguments = JSONObject()
        for parameter in parameters {
            if let value = finder.found[parameter.name] { arguments[parameter.name] = value }
        }
        return arguments
    }

    private init(
        _ parameters: [ToolParameter], _ choices: [String: [JSONValue]], _ askedFor: String?, _ yesNoFor: String?,
        _ today: String
    ) {
        self.parameters = parameters.filter { $0.source != .context && $0.kind != .path }
        self.choices = choices
        self.askedFor = askedFor
        self.yesNoFor = yesNoFor
        self.today = today
    }

    /// The order goes from forms that cannot be mistaken to those that can.
    private mutating func read(_ message: String, isNewest: Bool) {
        var text = ArgumentText(String(message.prefix(Self.readLimit)))
        let asked = isNewest ? askedFor : nil
        readUnmistakable(&text)
        readLabelledTexts(&text)
        readChoices(&text)
        let dates = DateScanner.dates(in: text, today: today)
        readTyped(&text, [.datetime], DateScanner.datetimes(in: text), asked)
        readTyped(&text, [.date], dates, asked)
        let durations = DurationScanner.durations(in: text)
        readTyped(&text, [.timedelta], durations, asked)
        readNumbers(&text, dates: dates, durations: durations, asked)
        readBooleans(&text, isNewest: isNewest)
        readQuotes(&text, asked)
        guard let asked, let parameter = open([.string]).first(where: { $0.name == asked }),
            allowed(parameter) == nil, let answer = TextScanner.answer(in: text)
        else { return }
        set(parameter, answer, &text)
    }

    private func open(_ kinds: Set<ToolParameter.Kind>) -> [ToolParameter] {
        parameters.filter { kinds.contains($0.kind) && found[$0.name] == nil }
    }

    private func allowed(_ parameter: ToolParameter) -> [JSONValue]? {
        if let given = choices[parameter.name] { return given }
        if case .fixed(let values) = parameter.choices { return values }
        return nil
    }

    private mutating func set(_ parameter: ToolParameter, _ value: FoundValue, _ text: inout ArgumentText) {
        guard found[parameter.name] == nil, text.isFree(value.range) else { return }
        found[parameter.name] = value.value
        text.take(value.range)
    }

    private mutating func readUnmistakable(_ text: inout ArgumentText) {
        let uuids = TextScanner.uuids(in: text)
        readTyped(&text, [.uuid], uuids, nil)
        for parameter in open([.string]) where allowed(parameter) == nil && Self.wantsEmail(parameter) {
            if let email = TextScanner.emails(in: text).last(where: { text.isFree($0.range) }) {
                set(parameter, email, &text)
            }
        }
    }

    private static func wantsEmail(_ parameter: ToolParameter) -> Bool {
        let words = ParameterLabel(parameter).phrases.joined()
        return words.contains("email") || words.contains("mail")
    }

    private mutating func readLabelledTexts(_ text: inout ArgumentText) {
        for parameter in open([.string]) where allowed(parameter) == nil && !Self.wantsEmail(parameter) {
            if let value = TextScanner.labelled(ParameterLabel(parameter), in: text) { set(parameter, value, &text) }
        }
    }

    private mutating func readChoices(_ text: inout ArgumentText) {
        for parameter in parameters where found[parameter.name] == nil {
            guard let values = allowed(parameter) else { continue }
            let mentions = ChoiceScanner.choices(values, in: text)
            if parameter.kind == .array {
                guard !mentions.isEmpty else { continue }
                var distinct: [JSONValue] = []
                for mention in mentions where text.isFree(mention.range) {
                    text.take(mention.range)
                    if !distinct.contains(mention.value) { distinct.append(mention.value) }
                }
                found[parameter.name] = .array(distinct)
            } else if let mention = Self.preferred(mentions, for: parameter, in: text) {
                set(parameter, mention, &text)
            }
        }
    }

    /// The mention nearest to the parameter's name if it is near, else the last: people correct themselves forwards.
    private static func preferred(
        _ mentions: [FoundValue], for parameter: ToolParameter, in text: ArgumentText
    ) -> FoundValue? {
        let free = mentions.filter { text.isFree($0.range) }
        let label = ParameterLabel(parameter)
        let near = free.compactMap { mention in
            label.distance(from: mention.range, in: text).map { (mention: mention, distance: $0) }
        }
        if let best = near.min(by: { $0.distance < $1.distance }), best.distance <= nearby { return best.mention }
        return free.last
    }

    private mutating func readNumbers(
        _ text: inout ArgumentText, dates: [FoundValue], durations: [FoundValue], _ asked: String?
    ) {
        let numbers = NumberScanner.numbers(in: text).filter { number in
            text.isFree(number.range) && !dates.contains { $0.range.overlaps(number.range) }
        }
        // Codes ("order 12345") and lengths of time ("3 days") are numbers only under a parameter's name, or as answer.
        let bare = numbers.filter { number in
            !durations.contains { $0.range.overlaps(number.range) } && !Self.isCode(number.range, in: text)
        }
        readTyped(&text, [.integer, .number], numbers, bare: bare, asked)
    }

    private static let codeWords: Set<String> = [
        "order", "invoice", "number", "no", "nr", "room", "case", "account", "ticket", "id", "code", "reference",
        "booking", "reservation", "item", "flight", "gate", "page", "version", "step", "model", "size",
    ]

    private static func isCode(_ range: Range<Int>, in text: ArgumentText) -> Bool {
        if text.character(range.lowerBound - 1) == "#" { return true }
        return text.words(before: range.lowerBound, 1).contains(where: codeWords.contains)
    }

    /// Gives values of one form to the open parameters of the kinds that take it.
    ///
    /// First by nearness to the parameters' names, nearest pair first. What is left goes to the parameter that was
    /// asked for, else to the only one that is open if there is one value only; dates, of which people name the
    /// earlier one first, also in order when there are as many as open parameters.
    private mutating func readTyped(
        _ text: inout ArgumentText, _ kinds: Set<ToolParameter.Kind>, _ values: [FoundValue],
        bare: [FoundValue]? = nil, _ asked: String?
    ) {
        let candidates = open(kinds).filter { allowed($0) == nil }
        guard !candidates.isEmpty, !values.isEmpty else { return }
        var pairs: [(distance: Int, parameter: ToolParameter, value: FoundValue)] = []
        for parameter in candidates {
            let label = ParameterLabel(parameter)
            for value in values where fits(value, parameter) {
                if let distance = label.distance(from: value.range, in: text), distance <= Self.nearby {
                    pairs.append((distance, parameter, value))
                }
            }
        }
        for pair in pairs.sorted(by: { $0.distance < $1.distance }) { set(pair.parameter, pair.value, &text) }

        let left = open(kinds).filter { allowed($0) == nil }
        if let asked = left.first(where: { $0.name == asked }),
            let value = values.first(where: { text.isFree($0.range) && fits($0, asked) })
        {
            set(asked, value, &text)
            return
        }
        let free = (bare ?? values).filter { text.isFree($0.range) }
        if left.count == 1, free.count == 1, fits(free[0], left[0]) {
            set(left[0], free[0], &text)
        } else if kinds.isSubset(of: [.date, .datetime]), left.count == free.count {
            for (parameter, value) in zip(left, free) { set(parameter, value, &text) }
        }
    }

    private func fits(_ value: FoundValue, _ parameter: ToolParameter) -> Bool {
        parameter.kind.canonical(value.value) != nil
    }

    private mutating func readBooleans(_ text: inout ArgumentText, isNewest: Bool) {
        for parameter in open([.boolean]) {
            if let value = YesNoScanner.labelled(ParameterLabel(parameter), in: text) {
                set(parameter, value, &text)
            } else if isNewest, parameter.name == yesNoFor, let value = YesNoScanner.answer(in: text) {
                set(parameter, value, &text)
            }
        }
    }

    private mutating func readQuotes(_ text: inout ArgumentText, _ asked: String?) {
        let open = open([.string]).filter { allowed($0) == nil && !Self.wantsEmail($0) }
        guard let parameter = open.first(where: { $0.name == asked }) ?? (open.count == 1 ? open[0] : nil),
            let quote = TextScanner.quoted(in: text).last(where: { text.isFree($0.range) })
        else { return }
        set(parameter, quote, &text)
    }
}
