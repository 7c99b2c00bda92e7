/// Arguments of a filter, by the names of its parameters.
struct TemplateFilterInput {
    /// What the filter is applied to; never null, but for a filter that takes absent values.
    var value: JSONValue
    fileprivate(set) var arguments: [String: JSONValue]
    /// All positional arguments, for a filter that takes any number.
    fileprivate(set) var all: [JSONValue]

    /// An argument; nil when it was not given, or is none.
    subscript(_ name: String) -> JSONValue? { arguments[name].flatMap { $0.isNull ? nil : $0 } }

    func text(_ name: String) -> String? { self[name].map(TemplateText.of) }

    func flag(_ name: String) -> Bool { self[name].map(TemplateText.isTrue) ?? false }

    func integer(_ name: String) throws(CannedResponseTemplate.RenderError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let integer = value.integer, let result = Int(exactly: integer) else {
            throw .failed("\(name) is \(TemplateText.kind(value)), and should be a whole number")
        }
        return result
    }
}

/// What stands after `|`: a name, its parameters, and what it does.
struct TemplateFilter: Sendable {
    typealias Failure = CannedResponseTemplate.RenderError

    var name: String
    /// Names of the parameters in order; nil: any number without names.
    var parameters: [String]?
    /// Parameters that must be given.
    var required = 0
    /// Whether it is asked about a value that is absent; others then have no result.
    var takesAbsent = false
    /// What is wrong with an argument that stands in the template as a text, by the name of its parameter.
    var checkText: (@Sendable (_ parameter: String, _ text: String) -> String?)?
    var apply: @Sendable (TemplateFilterInput) throws(Failure) -> JSONValue

    init(
        _ name: String, _ parameters: [String]? = [], required: Int = 0, takesAbsent: Bool = false,
        checkText: (@Sendable (_ parameter: String, _ text: String) -> String?)? = nil,
        apply: @escaping @Sendable (TemplateFilterInput) throws(Failure) -> JSONValue
    ) {
        self.name = name
        self.parameters = parameters
        self.required = required
        self.takesAbsent = takesAbsent
        self.checkText = checkText
        self.apply = apply
    }

    /// All filters by name.
    static let named: [String: TemplateFilter] = {
        var named: [String: TemplateFilter] = [:]
        for filter in textFilters + numberFilters + listFilters + dateFilters { named[filter.name] = filter }
        for (alias, name) in ["count": "length", "d": "default"] { named[alias] = named[name] }
        return named
    }()

    /// Names for problems; what only methods use is not among them.
    static let names: [String] = named.keys.filter { $0 != braceFormat.name }.sorted()

    /// Python's methods that templates are written with, and the filter that does the same.
    static let methods: [String: String] = [
        "capitalize": "capitalize", "format": braceFormat.name, "items": "items", "lower": "lower",
        "replace": "replace", "split": "split", "strftime": "strftime", "strip": "trim", "title": "title",
        "upper": "upper",
    ]

    /// What is wrong with the arguments as far as the template shows it; nil when nothing is.
    func problem(with call: TemplateArguments) -> String? {
        guard let parameters else {
            return call.named.isEmpty ? nil : "it takes no named arguments"
        }
        if call.positional.count > parameters.count {
            return parameters.isEmpty ? "it takes no arguments" : "it takes at most \(parameters.count) arguments"
        }
        var given = Set(parameters.prefix(call.positional.count))
        var texts = zip(parameters, call.positional).map { ($0, $1) }
        for (name, value) in call.named {
            guard parameters.contains(name) else {
                let hint = Suggestion.nearest(to: name, among: parameters).map { " (did you mean '\($0)'?)" } ?? ""
                return "there is no argument '\(name)'\(hint)"
            }
            guard given.insert(name).inserted else { return "the argument '\(name)' is given twice" }
            texts.append((name, value))
        }
        for name in parameters.prefix(required) where !given.contains(name) { return "it needs the argument '\(name)'" }
        for case (let name, .literal(.string(let text))) in texts {
            if let problem = checkText?(name, text) { return problem }
        }
        return nil
    }

    /// Applies the filter to a value with arguments that ``problem(with:)`` found nothing wrong with.
    func result(of value: JSONValue, _ call: TemplateCall<JSONValue>) throws(Failure) -> JSONValue {
        var arguments: [String: JSONValue] = [:]
        for (name, argument) in zip(parameters ?? [], call.positional) { arguments[name] = argument }
        for (name, argument) in call.named { arguments[name] = argument }
        do {
            return try apply(TemplateFilterInput(value: value, arguments: arguments, all: call.positional))
        } catch .failed(let reason) {
            throw .failed("\(name): \(reason)")
        }
    }
}
