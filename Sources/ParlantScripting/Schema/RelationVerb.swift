import ParlantCore

/// A verb that relates handles.
enum RelationVerb: String, Sendable, CaseIterable {
    case entail
    case prioritizeOver = "prioritize_over"
    case dependOn = "depend_on"
    case dependOnAny = "depend_on_any"
    case disambiguate
    case reevaluateAfter = "reevaluate_after"

    /// What it becomes.
    var kind: Relationship.Kind {
        switch self {
        case .entail: .entailment
        case .prioritizeOver: .priority
        case .dependOn, .dependOnAny: .dependency
        case .disambiguate: .disambiguation
        case .reevaluateAfter: .reevaluation
        }
    }

    /// What it can be said of.
    var targets: [EntityKind] {
        switch self {
        case .entail: [.guideline, .observation]
        case .prioritizeOver: [.guideline, .observation, .journey, .tag]
        case .dependOn, .dependOnAny: [.guideline, .observation, .journey, .tag, .anyOf, .allOf]
        case .disambiguate: [.guideline, .observation, .journey]
        case .reevaluateAfter: [.tool]
        }
    }

    /// Whether its targets stand in one list.
    var takesList: Bool { self == .disambiguate }

    /// Fewest targets of one call.
    var fewestTargets: Int { self == .disambiguate ? 2 : 1 }

    /// What it means, for editor types; `a` is the handle before the colon.
    var doc: String {
        switch self {
        case .entail: "When this applies, the targets apply too."
        case .prioritizeOver: "When this and a target would both apply, only this does."
        case .dependOn: "Applies only if every target applies."
        case .dependOnAny: "Applies only if at least one target applies; each call is a group of its own."
        case .disambiguate: "When this applies and two or more targets are possible, the agent asks which one is meant."
        case .reevaluateAfter: "Judged again after one of the tools ran, before the reply."
        }
    }
}
