/// A piece of a parsed template.
indirect enum TemplateNode: Sendable {
    case text(String)
    /// What `{{ … }}` writes, and the line of the tag.
    case output(TemplateExpression, line: Int)
    case loop(TemplateLoop)
    /// The first branch whose condition holds, else the last list.
    case choice([TemplateBranch], otherwise: [TemplateNode])
}

/// `{% for names in items if condition %}body{% else %}otherwise{% endfor %}`.
struct TemplateLoop: Sendable {
    /// One name, or two for the key and the value of a pair.
    var names: [String]
    var items: TemplateExpression
    var condition: TemplateExpression?
    var body: [TemplateNode]
    /// For a list without items.
    var otherwise: [TemplateNode]
    var line: Int
}

/// `{% if condition %}body`.
struct TemplateBranch: Sendable {
    var condition: TemplateExpression
    var body: [TemplateNode]
    var line: Int
}

/// What stands between braces.
indirect enum TemplateExpression: Sendable {
    case literal(JSONValue)
    /// A name, or names joined by dots.
    case path([String])
    /// A member of something that is no path.
    case member(TemplateExpression, String)
    /// `a[b]`
    case element(TemplateExpression, TemplateExpression)
    case list([TemplateExpression])
    case not(TemplateExpression)
    case negative(TemplateExpression)
    case both(TemplateExpression, TemplateExpression)
    case either(TemplateExpression, TemplateExpression)
    case comparison(TemplateComparison, TemplateExpression, TemplateExpression)
    case arithmetic(TemplateOperator, TemplateExpression, TemplateExpression)
    /// `a ~ b`: both as text.
    case joined(TemplateExpression, TemplateExpression)
    /// `a is test`, `a is not test`.
    case test(TemplateTest, TemplateExpression, isNegated: Bool)
    case filter(TemplateFilter, TemplateExpression, TemplateArguments)
    /// `a if condition else b`.
    case conditional(TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
}

enum TemplateComparison: String, Sendable {
    case equal = "=="
    case different = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contained = "in"
    case notContained = "not in"
}

enum TemplateOperator: String, Sendable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"
    case wholeDivided = "//"
    case remainder = "%"
}

/// What follows `is`.
enum TemplateTest: String, Sendable, CaseIterable {
    case defined, undefined, none, string, number, even, odd

    /// Whether it asks for the presence of its subject, which may therefore be absent.
    var asksForPresence: Bool { self == .defined || self == .undefined || self == .none }
}

/// Arguments of a filter, as they were written or as they were computed.
struct TemplateCall<Value> {
    var positional: [Value] = []
    var named: [(name: String, value: Value)] = []
}

extension TemplateCall: Sendable where Value: Sendable {}

typealias TemplateArguments = TemplateCall<TemplateExpression>
