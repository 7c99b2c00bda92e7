import ParlantCore
import ParlantEngine

/// The member `budgets` of the configuration file.
extension Budgets {
    /// Most that a limit of calls or tokens may be, and most units of money.
    private static let most = 1_000_000_000_000
    private static let mostMoney = 1_000_000_000.0
    private static let messageLength = 1...2000

    /// Reads the budgets; what is not named has no limit.
    ///
    /// - Throws: ``ConfigurationError`` that names the member and what was expected.
    init(reading value: JSONValue, _ path: String) throws(ConfigurationError) {
        self.init()
        let names = BudgetScope.allCases.map(\.rawValue) + ["prices", "message"]
        for (name, value) in try Self.members(of: value, path, among: names) {
            let path = "\(path).\(name)"
            switch name {
            case "turn": turn = try Self.budget(value, path)
            case "session": session = try Self.budget(value, path)
            case "customer": customer = try Self.budget(value, path)
            case "day": day = try Self.budget(value, path)
            case "prices": prices = try Self.prices(value, path)
            default: message = try Self.message(value, path)
            }
        }
    }

    /// The models of a provider whose calls cost nothing as far as the budgets know, although money is limited; each
    /// name once.
    func modelsWithoutPrice(of nlp: any NLPService) -> [String] {
        guard limitsMoney, nlp.generator != nil else { return [] }
        let names = Set(ModelSize.allCases.map { nlp.modelName(for: $0) ?? nlp.summary })
        return names.filter { prices[$0] == nil }.sorted()
    }

    private static func budget(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> Budget {
        var budget = Budget()
        for (name, value) in try members(of: value, path, among: ["soft", "hard"]) {
            let limit = try limit(value, "\(path).\(name)")
            if name == "soft" { budget.soft = limit } else { budget.hard = limit }
        }
        for measure in SpendingMeasure.allCases {
            guard let soft = budget.soft[measure], let hard = budget.hard[measure], soft > hard else { continue }
            throw ConfigurationError(
                "\(path).soft.\(measure.rawValue): expected no more than the hard limit of \(text(hard)), got \(text(soft))"
            )
        }
        return budget
    }

    private static func limit(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> SpendingLimit {
        var limit = SpendingLimit()
        for (name, value) in try members(of: value, path, among: SpendingMeasure.allCases.map(\.rawValue)) {
            let path = "\(path).\(name)"
            switch name {
            case "calls": limit.calls = try whole(value, path)
            case "tokens": limit.tokens = try whole(value, path)
            default: limit.money = Money(try amount(value, path))
            }
        }
        return limit
    }

    private static func prices(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> [String: ModelPrice] {
        guard let models = value.object else { throw ConfigurationError("\(path): expected an object") }
        var prices: [String: ModelPrice] = [:]
        for (model, value) in models {
            let path = "\(path).\(model)"
            let members = try members(of: value, path, among: ["input", "output"])
            guard let input = members["input"], let output = members["output"] else {
                throw ConfigurationError("\(path): expected 'input' and 'output', the price of a million tokens each")
            }
            prices[model] = ModelPrice(
                input: try amount(input, "\(path).input"), output: try amount(output, "\(path).output"))
        }
        return prices
    }

    private static func message(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> String {
        guard let text = value.string, messageLength.contains(text.count), text.contains(where: { !$0.isWhitespace })
        else {
            throw ConfigurationError(
                "\(path): expected a text of \(messageLength.lowerBound) to \(messageLength.upperBound) characters, "
                    + "got \(value.brief)")
        }
        return text
    }

    private static func whole(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> Int {
        guard case .integer(let number) = value, (0...Int64(most)).contains(number) else {
            throw ConfigurationError("\(path): expected a whole number from 0 to \(most), got \(value.brief)")
        }
        return Int(number)
    }

    private static func amount(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> Double {
        let number: Double? =
            switch value {
            case .integer(let whole): Double(whole)
            case .number(let number): number
            default: nil
            }
        guard let number, (0...mostMoney).contains(number) else {
            throw ConfigurationError("\(path): expected a number from 0 to \(text(mostMoney)), got \(value.brief)")
        }
        return number
    }

    private static func members(
        of value: JSONValue, _ path: String, among names: [String]
    ) throws(ConfigurationError) -> JSONObject {
        guard let members = value.object else { throw ConfigurationError("\(path): expected an object") }
        if let stranger = members.keys.first(where: { !names.contains($0) }) {
            let hint = Suggestion.nearest(to: stranger, among: names).map { " (did you mean '\($0)'?)" } ?? ""
            let listed = names.dropLast().map { "'\($0)'" }.joined(separator: ", ")
            throw ConfigurationError(
                "\(path): unknown member '\(stranger)'\(hint); there are \(listed) and '\(names.last ?? "")'")
        }
        return members
    }

    private static func text(_ number: Double) -> String { Int64(exactly: number).map { String($0) } ?? String(number) }
}

extension SpendingLimit {
    /// The limit of one measure as a number, for comparing.
    fileprivate subscript(_ measure: SpendingMeasure) -> Double? {
        switch measure {
        case .calls: calls.map(Double.init)
        case .tokens: tokens.map(Double.init)
        case .money: money?.units
        }
    }
}
