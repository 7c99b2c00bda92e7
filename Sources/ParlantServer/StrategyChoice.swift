import ParlantCore
public import ParlantEngine

/// Which ways to save calls of language models are used: the member `strategies` of the configuration file.
public struct StrategyChoice: Sendable, Equatable {
    /// How conditions are judged.
    public var matching = MatchingPolicy()
    /// When a model is asked which guidelines a reply followed.
    public var responseAnalysis = EngineSettings().responseAnalysis

    /// All that the engine uses by itself.
    public init() {}

    private static let rules: [String: ResponseAnalysisRule] = [
        "never": .never, "where_it_matters": .whereItMatters, "always": .always,
    ]
    private static let switches: [String: @Sendable (inout MatchingPolicy, Bool) -> Void] = [
        "keep_verdicts": { $0.keepsVerdicts = $1 }, "stable_prefix": { $0.hasStablePrefix = $1 },
        "judge_followed_anew": { $0.judgesFollowedAnew = $1 },
        "judge_low_criticality_together": { $0.judgesLowCriticalityTogether = $1 },
    ]
    private static let names = (["narrow_from", "batch_tokens", "response_analysis"] + switches.keys).sorted()

    /// Reads the member; what it leaves out stays as it is.
    ///
    /// - Throws: ``ConfigurationError`` that names the member and what was expected.
    init(reading value: JSONValue, _ path: String) throws(ConfigurationError) {
        self.init()
        guard let members = value.object else {
            throw ConfigurationError("\(path): expected an object, got \(value.brief)")
        }
        for (name, value) in members {
            switch name {
            case "narrow_from":
                matching.narrowsFrom =
                    value == false ? nil : try Self.number(value, 1...100_000, "\(path).\(name)", ", or false")
            case "batch_tokens": matching.batchTokens = try Self.number(value, 100...1_000_000, "\(path).\(name)", "")
            case "response_analysis":
                guard let rule = value.string.flatMap({ Self.rules[$0] }) else {
                    let words = Self.rules.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
                    throw ConfigurationError("\(path).\(name): expected one of \(words), got \(value.brief)")
                }
                responseAnalysis = rule
            default:
                guard let change = Self.switches[name] else {
                    throw ConfigurationError(
                        "\(path): unknown strategy '\(name)'; there are \(Self.names.joined(separator: ", "))")
                }
                guard let isOn = value.boolean else {
                    throw ConfigurationError("\(path).\(name): expected true or false, got \(value.brief)")
                }
                change(&matching, isOn)
            }
        }
    }

    private static func number(
        _ value: JSONValue, _ range: ClosedRange<Int64>, _ path: String, _ more: String
    ) throws(ConfigurationError) -> Int {
        guard let number = value.integer, range.contains(number) else {
            throw ConfigurationError(
                "\(path): expected a whole number from \(range.lowerBound) to \(range.upperBound)\(more), got "
                    + value.brief)
        }
        return Int(number)
    }
}
