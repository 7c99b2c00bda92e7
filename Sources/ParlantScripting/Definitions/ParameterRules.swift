import LuaRuntime
import ParlantCore

/// Reads lists of parameters and of settings, and checks what concerns more than one of their fields.
struct ParameterRules {
    /// Whether the list is a `config`.
    var isConfig: Bool

    /// Reads a list whose being a list was checked.
    func read(_ value: LuaValue?, into validator: inout SpecValidator) -> [ParameterDefinition] {
        guard let items = value?.items else { return [] }
        var definitions: [ParameterDefinition] = []
        var names: Set<String> = []
        for (index, item) in items.enumerated() {
            let given = item.fields?.first { $0.key == "name" }?.value.text
            let field = isConfig ? "config" : "parameters"
            let label = given.map(isConfig ? Wording.setting : Wording.parameter) ?? "\(field)[\(index + 1)]"
            let fields = validator.record(item, isConfig ? .setting : .parameter, path: "\(label): ")
            if let given, !names.insert(given).inserted { validator.note("\(label): \(Wording.parameterTwice)") }
            guard let name = fields["name"]?.text,
                let kind = fields["type"]?.text.flatMap(ToolParameter.Kind.init(rawValue:))
            else { continue }
            let parameter = parameter(name, kind, fields, position: index + 1)
            for note in Self.contradictions(in: parameter, fields) { validator.note("\(label): \(note)") }
            let functions = ["choices", "validate", "adapter"].compactMap { field in
                fields[field]?.function.map { (field, $0) }
            }
            definitions.append(
                ParameterDefinition(parameter: parameter, functions: Dictionary(uniqueKeysWithValues: functions)))
        }
        return definitions
    }

    private func parameter(
        _ name: String, _ kind: ToolParameter.Kind, _ fields: [String: LuaValue], position: Int
    ) -> ToolParameter {
        func json(_ field: String) -> JSONValue? { fields[field].flatMap { JSONValue($0) } }
        var choices = ToolParameter.Choices.any
        if let value = fields["choices"] {
            choices = value.function != nil ? .code : .fixed((value.items ?? []).compactMap { JSONValue($0) })
        }
        return ToolParameter(
            name: name, kind: kind, itemKind: fields["items"]?.text.flatMap(ToolParameter.Kind.init(rawValue:)),
            description: fields["description"]?.text, significance: fields["significance"]?.text,
            examples: (fields["examples"]?.items ?? []).compactMap { JSONValue($0) },
            displayName: fields["display_name"]?.text, required: fields["required"]?.flag ?? true,
            defaultValue: json("default").flatMap { kind.asArray($0) }, choices: choices,
            minimum: fields["minimum"]?.double, maximum: fields["maximum"]?.double,
            minLength: fields["min_length"]?.int.map { Int($0) }, maxLength: fields["max_length"]?.int.map { Int($0) },
            source: fields["source"]?.text.flatMap(ToolParameter.Source.init(rawValue:)) ?? .any,
            precedence: fields["precedence"]?.int.map { Int($0) } ?? position, hidden: fields["hidden"]?.flag ?? false,
            secret: fields["secret"]?.flag ?? false, hasValidator: fields["validate"]?.function != nil,
            hasAdapter: fields["adapter"]?.function != nil)
    }

    private static func contradictions(in parameter: ToolParameter, _ fields: [String: LuaValue]) -> [String] {
        var notes: [String] = []
        if fields["items"] != nil, parameter.kind != .array { notes.append(Wording.itemsOfArray) }
        let measured: Set<ToolParameter.Kind> = [.number, .integer, .timedelta]
        for field in ["minimum", "maximum"] where fields[field] != nil && !measured.contains(parameter.kind) {
            notes.append(Wording.limitOf(field, "number, integer and timedelta"))
        }
        let counted: Set<ToolParameter.Kind> = [.string, .path, .array]
        for field in ["min_length", "max_length"] where fields[field] != nil && !counted.contains(parameter.kind) {
            notes.append(Wording.limitOf(field, "string, path and array"))
        }
        if let low = parameter.minimum, let high = parameter.maximum, low > high {
            notes.append(Wording.limitsCrossed("minimum", "maximum"))
        }
        if let low = parameter.minLength, let high = parameter.maxLength, low > high {
            notes.append(Wording.limitsCrossed("min_length", "max_length"))
        }
        if parameter.defaultValue != nil, fields["required"]?.flag == true { notes.append(Wording.requiredDefault) }
        return notes + badValues(of: parameter)
    }

    /// The default, the choices and the examples must be values that a call could give.
    private static func badValues(of parameter: ToolParameter) -> [String] {
        var notes: [String] = []
        func check(_ value: JSONValue, _ field: String, choices: [JSONValue]?) {
            var named = parameter
            named.name = field
            if case .failure(let violation) = named.check(value, choices: choices) { notes.append(violation.message) }
        }
        var allowed: [JSONValue]?
        if case .fixed(let values) = parameter.choices {
            allowed = values
            for (index, value) in values.enumerated() { check(value, "choices[\(index + 1)]", choices: nil) }
        }
        for (index, value) in parameter.examples.enumerated() { check(value, "examples[\(index + 1)]", choices: nil) }
        if let value = parameter.defaultValue { check(value, "default", choices: allowed) }
        return notes
    }
}

extension ToolParameter.Kind {
    /// The value, where an empty table of Lua is meant as an empty list.
    func asArray(_ value: JSONValue) -> JSONValue {
        if self == .array, let members = value.object, members.isEmpty { .array([]) } else { value }
    }
}
