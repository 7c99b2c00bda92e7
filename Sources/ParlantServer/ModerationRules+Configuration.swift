import ParlantCore
import ParlantEngine

/// The member `moderation` of the configuration file.
extension ModerationRules {
    private static let expected = "an object with 'categories' and 'patterns', each a list of strings"

    /// Reads `{"rules": [{"categories": […], "patterns": […]}]}`.
    ///
    /// - Returns: Nil for a list without rules.
    /// - Throws: ``ConfigurationError`` that names the member, the rule and what was expected.
    static func read(_ value: JSONValue, _ path: String) throws(ConfigurationError) -> ModerationRules? {
        guard let members = value.object else {
            throw ConfigurationError("\(path): expected an object, got \(value.brief)")
        }
        for name in members.keys where name != "rules" {
            throw ConfigurationError("\(path): unknown member '\(name)'; there is 'rules'")
        }
        guard let items = (members["rules"] ?? []).array else {
            throw ConfigurationError("\(path).rules: expected a list")
        }
        var rules: [Rule] = []
        for (index, item) in items.enumerated() {
            guard let rule = item.object, Set(rule.keys) == ["categories", "patterns"],
                let categories = strings(rule["categories"]), let patterns = strings(rule["patterns"])
            else { throw ConfigurationError("\(path).rules: rule \(index + 1): expected \(expected)") }
            rules.append(Rule(categories: categories, patterns: patterns))
        }
        guard !rules.isEmpty else { return nil }
        do {
            return try ModerationRules(rules)
        } catch {
            throw ConfigurationError("\(path).rules: \(error.message)")
        }
    }

    private static func strings(_ value: JSONValue?) -> [String]? {
        guard let elements = value?.array, case let texts = elements.compactMap(\.string),
            texts.count == elements.count
        else { return nil }
        return texts
    }
}
