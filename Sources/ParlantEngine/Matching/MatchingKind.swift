public import ParlantCore

/// How it is found out whether a guideline applies (`domain.md` 1.3). Two further kinds belong to others: ways of
/// journeys to their navigator, disambiguation to the resolver.
public enum MatchingKind: String, Sendable, CaseIterable {
    /// It applies in every turn.
    case always
    /// The script's function decides, no model.
    case code
    /// It has no action: the condition states a fact.
    case observational
    /// It has an action that was not taken yet.
    case actionable
    /// Its action is a manner that is kept up, so having been followed means nothing.
    case continuous
    /// It was followed: the condition must have come up anew.
    case previouslyApplied = "previously_applied"
    /// It was followed, and its action needs something from the customer: it applies until they did that.
    case customerDependent = "customer_dependent"
    /// Nobody minds much whether it is followed; judged like an actionable one.
    case lowCriticality = "low_criticality"

    /// The kind of a guideline in a session. The first that fits counts, in this order: always, code, observational,
    /// low criticality, continuous, customer dependent, previously applied, actionable.
    ///
    /// - Parameter wasFollowed: Whether the session remembers that it was followed.
    public init(of guideline: Guideline, wasFollowed: Bool, by policy: MatchingPolicy = .init()) {
        switch guideline.matcher {
        case .always: self = .always
        case .code: self = .code
        case .condition where guideline.content.action == nil: self = .observational
        case .condition where guideline.criticality == .low: self = .lowCriticality
        case .condition where guideline.isContinuous: self = .continuous
        case .condition where wasFollowed && policy.judgesFollowedAnew:
            self = guideline.needsCustomer ? .customerDependent : .previouslyApplied
        case .condition: self = .actionable
        }
    }
}

extension Guideline {
    /// Whether its action is a manner that is kept up ("stay polite", "never name prices") rather than something that
    /// is done once. The member `continuous` of the metadata decides, then ``Guideline/track``, then the verb.
    var isContinuous: Bool {
        if let told = metadata["continuous"]?.boolean { return told }
        return !track || Self.mannerVerbs.contains(firstWordOfAction)
    }

    /// Whether its action is complete only when the customer has answered ("ask for the order number"). The metadata
    /// decide by `customer_dependent_action_data.is_customer_dependent`, as the reference keeps it; else the verb.
    var needsCustomer: Bool {
        let told = metadata["customer_dependent_action_data"]?["is_customer_dependent"]?.boolean
        return told ?? Self.askingVerbs.contains(firstWordOfAction)
    }

    private var firstWordOfAction: String {
        let word = (content.action ?? "").prefix(80).lowercased().split { !$0.isLetter && $0 != "'" }.first
        return word.map(String.init) ?? ""
    }

    private static let mannerVerbs: Set<String> = [
        "always", "never", "don't", "avoid", "refrain", "keep", "stay", "remain", "maintain", "be", "use", "speak",
        "write", "respond", "refer", "address", "do",
    ]

    private static let askingVerbs: Set<String> = [
        "ask", "request", "inquire", "collect", "obtain", "find", "have", "get",
    ]
}
