extension ToolParameter {
    /// Checks one value: type, then choices, then limits (`lua-authoring-surface.md` section 8; the script's own
    /// `validate` and `adapter` come after).
    ///
    /// - Parameters:
    ///   - value: What was given for this parameter; not null.
    ///   - choices: The values that are allowed; nil: any.
    /// - Returns: The value in its canonical form (`3.0` becomes 3 for an integer), or the sentence that says what is
    ///   wrong, beginning with the parameter's name.
    public func check(_ value: JSONValue, choices: [JSONValue]?) -> Result<JSONValue, ParameterViolation> {
        guard let canonical = kind.canonical(value) else {
            return .failure(ParameterViolation("\(name): expected \(kind.article), got \(value.brief)"))
        }
        if kind == .array, let itemKind, let items = canonical.array {
            var checked: [JSONValue] = []
            for (index, item) in items.enumerated() {
                guard let item = itemKind.canonical(item) else {
                    return .failure(
                        ParameterViolation("\(name)[\(index + 1)]: expected \(itemKind.article), got \(item.brief)"))
                }
                checked.append(item)
            }
            return limits(.array(checked), choices: choices)
        }
        return limits(canonical, choices: choices)
    }

    private func limits(_ value: JSONValue, choices: [JSONValue]?) -> Result<JSONValue, ParameterViolation> {
        if let choices, !choices.contains(value) {
            let listed = choices.map(\.brief).joined(separator: ", ")
            return .failure(ParameterViolation("\(name): \(value.brief) is not one of \(listed)"))
        }
        if let number = value.number {
            if let minimum, number < minimum {
                return .failure(
                    ParameterViolation("\(name): \(value.brief) is below the minimum of \(Self.text(minimum))"))
            }
            if let maximum, number > maximum {
                return .failure(
                    ParameterViolation("\(name): \(value.brief) is above the maximum of \(Self.text(maximum))"))
            }
        }
        let length = value.array.map { ($0.count, "items") } ?? value.string.map { ($0.utf8.count, "bytes") }
        if let (count, unit) = length {
            if let minLength, count < minLength {
                return .failure(
                    ParameterViolation("\(name): \(count) \(unit) are fewer than the minimum of \(minLength)"))
            }
            if let maxLength, count > maxLength {
                return .failure(
                    ParameterViolation("\(name): \(count) \(unit) are more than the maximum of \(maxLength)"))
            }
        }
        return .success(value)
    }

    private static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? number.description
    }
}

/// Why a value does not pass a check.
public struct ParameterViolation: Error, Sendable, Equatable {
    /// One sentence that begins with the parameter's name.
    public var message: String

    public init(_ message: String) { self.message = message }
}

extension ToolParameter.Kind {
    /// The value in this kind's form, or nil when it is of another kind.
    public func canonical(_ value: JSONValue) -> JSONValue? {
        switch self {
        case .string, .path: return value.string.map(JSONValue.string)
        case .number, .timedelta: return value.number.map { _ in value }
        case .integer: return value.integer.map(JSONValue.integer)
        case .boolean: return value.boolean.map(JSONValue.boolean)
        case .array: return value.array.map(JSONValue.array)
        case .date: return value.string.flatMap { Self.isDate($0) ? value : nil }
        case .datetime: return value.string.flatMap { Timestamp($0) != nil && !$0.contains(" ") ? value : nil }
        case .uuid: return value.string.flatMap { Self.isUUID($0) ? value : nil }
        }
    }

    /// The kind with its article and, where it has one, its form.
    public var article: String {
        switch self {
        case .integer: "an integer"
        case .array: "an array"
        case .date: "a date (YYYY-MM-DD)"
        case .datetime: "a datetime (YYYY-MM-DDThh:mm:ss with Z or an offset)"
        case .timedelta: "a timedelta (number of seconds)"
        case .uuid: "a uuid"
        default: "a \(rawValue)"
        }
    }

    /// Whether the text is `YYYY-MM-DD` and names a day that exists.
    public static func isDate(_ text: String) -> Bool {
        text.utf8.count == 10 && Timestamp(text + "T00:00:00Z") != nil
    }

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}

extension JSONValue {
    /// The value for an error sentence: strings quoted, long values cut after 60 characters.
    public var brief: String {
        let text = description
        return text.count <= 60 ? text : text.prefix(57) + "..."
    }
}
