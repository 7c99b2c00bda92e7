import ParlantCore

/// The values that scripts read as `ctx.config`, by bundle.
struct BundleSettings: Sendable {
    /// Values by name, defaults included; settings without a value are absent.
    var values: JSONObject = [:]
    /// Names of all settings, so that a misspelt one is an error.
    var names: Set<String> = []
    /// Texts that must not stand in a log.
    var secrets: [String] = []
    /// Names of required settings that nobody gave, whose values are made up.
    var placeholders: [String] = []
}

/// What happens to required settings without a value.
public enum AbsentSettings: Sendable {
    /// They are problems: whoever serves needs them.
    case refused
    /// They get a value of their type, and a warning: whoever checks or tests needs none. A text is a web address at a
    /// host that does not exist, as `http://core-url.test` for `core_url`.
    case placeholders
}

extension BundleSettings: CustomStringConvertible, CustomReflectable {
    /// Names alone: values may be secret, and whatever holds them may be printed into a log.
    var description: String { "settings \(names.sorted().joined(separator: ", "))" }

    /// Shows nothing, as ``description``.
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// Gives settings their values: from the environment, else from the configuration, else the default.
struct SettingsReader {
    /// By bundle, then by name.
    let configuration: [String: JSONObject]
    let environment: [String: String]
    var absent = AbsentSettings.refused

    /// The environment's name of a setting: `PARLANT_BANK_CORE_URL`; what is no letter or digit becomes `_`.
    static func variable(_ bundle: String, _ setting: String) -> String {
        "PARLANT_\(bundle)_\(setting)".uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
            .reduce(into: "") { $0.append($1) }
    }

    /// Checks all values of a bundle. Problems stand at the constructor that declares the setting.
    func read(_ bundle: Bundle, _ settings: [BundleContents.Setting]) -> (BundleSettings, [LoadProblem]) {
        var result = BundleSettings()
        var problems: [LoadProblem] = []
        let given = configuration[bundle.name] ?? [:]
        for setting in settings {
            let parameter = setting.parameter
            result.names.insert(parameter.name)
            let variable = Self.variable(bundle.name, parameter.name)
            let value = environment[variable].map { parse($0, as: parameter.kind) } ?? given[parameter.name]
            if value == nil, parameter.isRequired, absent == .placeholders {
                result.values[parameter.name] = Self.placeholder(for: parameter)
                result.placeholders.append(parameter.name)
                continue
            }
            switch check(value, of: parameter, in: bundle.name, variable) {
            case .success(nil): continue
            case .success(let value?):
                result.values[parameter.name] = value
                if parameter.secret { result.secrets += Self.texts(of: value) }
            case .failure(let note): problems.append(problem(bundle, setting, note.text))
            }
        }
        if let first = settings.first {
            for name in given.keys where !result.names.contains(name) {
                problems.append(problem(bundle, first, Wording.unknownSetting(name, among: result.names.sorted())))
            }
        }
        return (result, problems)
    }

    private static func placeholder(for parameter: ToolParameter) -> JSONValue {
        if case .fixed(let values) = parameter.choices, let first = values.first { return first }
        switch parameter.kind {
        case .string, .path: return .string("http://\(parameter.name.replacing("_", with: "-")).test")
        case .integer: return .integer(Int64((parameter.minimum ?? 0).rounded(.up)))
        case .number, .timedelta: return .number(parameter.minimum ?? 0)
        case .boolean: return .boolean(false)
        case .array: return .array([])
        case .date: return "2026-01-01"
        case .datetime: return "2026-01-01T00:00:00Z"
        case .uuid: return "00000000-0000-0000-0000-000000000000"
        }
    }

    private struct Note: Error { var text: String }

    private func check(
        _ value: JSONValue?, of parameter: ToolParameter, in bundle: String, _ variable: String
    ) -> Result<JSONValue?, Note> {
        guard let value, !value.isNull else {
            guard parameter.isRequired else { return .success(parameter.defaultValue) }
            return .failure(Note(text: Wording.missingSetting(parameter.name, bundle, variable)))
        }
        var choices: [JSONValue]?
        if case .fixed(let values) = parameter.choices { choices = values }
        switch parameter.check(value, choices: choices) {
        case .success(let value): return .success(value)
        case .failure(let violation):
            let text =
                parameter.secret
                ? Wording.badSecret(parameter.name, parameter.kind.article) : Wording.badSetting(violation.message)
            return .failure(Note(text: text))
        }
    }

    /// The environment has texts alone; what is no text is written as JSON there.
    private func parse(_ text: String, as kind: ToolParameter.Kind) -> JSONValue {
        switch kind {
        case .string, .path, .date, .datetime, .uuid: return .string(text)
        case .number, .integer, .boolean, .array, .timedelta: return (try? JSONParser.parse(text)) ?? .string(text)
        }
    }

    private static func texts(of value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.values.flatMap(texts)
        case .boolean, .null: []
        default: [value.description]
        }
    }

    private func problem(_ bundle: Bundle, _ setting: BundleContents.Setting, _ text: String) -> LoadProblem {
        let line = setting.location.line > 0 ? setting.location.line : nil
        return LoadProblem(
            bundle: bundle.name, file: setting.location.file, line: line, message: "\(setting.label): \(text)")
    }
}
