/// One argument of a tool, or one setting of a bundle.
public struct ToolParameter: Sendable, Equatable {
    /// What values look like. Raw values are those of the Lua surface and of the wire.
    public enum Kind: String, Sendable, CaseIterable {
        case string, number, integer, boolean, array, date, datetime, timedelta, path, uuid
    }

    /// Where a value may come from.
    public enum Source: String, Sendable, CaseIterable { case any, context, customer }

    /// Which values are allowed.
    public enum Choices: Sendable, Equatable {
        case any
        case fixed([JSONValue])
        /// The script's function says, through ``AgentHandlers``.
        case code
    }

    public var name: String
    public var kind: Kind
    /// Kind of the items; nil unless ``kind`` is `array`.
    public var itemKind: Kind?
    public var description: String?
    /// Why it is needed.
    public var significance: String?
    public var examples: [JSONValue]
    /// Its name for customers.
    public var displayName: String?
    public var required: Bool
    /// Taken when no value is given; makes the parameter optional.
    public var defaultValue: JSONValue?
    public var choices: Choices
    public var minimum: Double?
    public var maximum: Double?
    /// Bytes of a string or items of an array.
    public var minLength: Int?
    public var maxLength: Int?
    public var source: Source
    /// Which missing one is asked for first; lower first.
    public var precedence: Int
    /// Whether the customer never hears of it.
    public var hidden: Bool
    /// A setting that is never logged and never sent to a model.
    public var secret: Bool
    public var hasValidator: Bool
    public var hasAdapter: Bool

    public init(
        name: String, kind: Kind, itemKind: Kind? = nil, description: String? = nil, significance: String? = nil,
        examples: [JSONValue] = [], displayName: String? = nil, required: Bool = true,
        defaultValue: JSONValue? = nil, choices: Choices = .any, minimum: Double? = nil, maximum: Double? = nil,
        minLength: Int? = nil, maxLength: Int? = nil, source: Source = .any, precedence: Int = 0,
        hidden: Bool = false, secret: Bool = false, hasValidator: Bool = false, hasAdapter: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.itemKind = itemKind
        self.description = description
        self.significance = significance
        self.examples = examples
        self.displayName = displayName
        self.required = required
        self.defaultValue = defaultValue
        self.choices = choices
        self.minimum = minimum
        self.maximum = maximum
        self.minLength = minLength
        self.maxLength = maxLength
        self.source = source
        self.precedence = precedence
        self.hidden = hidden
        self.secret = secret
        self.hasValidator = hasValidator
        self.hasAdapter = hasAdapter
    }

    /// Whether a call without it is refused.
    public var isRequired: Bool { required && defaultValue == nil }

    /// What customers call it: the display name, else the name with spaces for underscores.
    public var customerName: String {
        displayName ?? String(name.map { $0 == "_" ? " " : $0 })
    }
}

/// A value that is missing or does not pass a check.
public struct ParameterProblem: Sendable, Equatable {
    public var tool: ToolID
    public var parameter: ToolParameter
    /// Nil when the value is missing; else the sentence that says what is wrong with it. Begins with the parameter's
    /// name, for models and logs.
    public var reason: String?
    /// Whether the script's author worded the reason, for customers to read.
    public var isAuthored: Bool
    /// The values that would do, where they are listed.
    public var choices: [JSONValue]

    public init(
        tool: ToolID, parameter: ToolParameter, reason: String?, isAuthored: Bool = false, choices: [JSONValue] = []
    ) {
        self.tool = tool
        self.parameter = parameter
        self.reason = reason
        self.isAuthored = isAuthored
        self.choices = choices
    }

    /// The reason as a customer reads it: the author's own words, or the parameter's name for customers before ours.
    public var customerReason: String? {
        guard let reason else { return nil }
        let prefix = "\(parameter.name): "
        guard reason.hasPrefix(prefix) else { return reason }
        let words = String(reason.dropFirst(prefix.count))
        return isAuthored ? words : "\(parameter.customerName): \(words)"
    }
}
