import ParlantCore

/// What the budgets allow the next call of a turn.
enum BudgetVerdict: Sendable, Equatable {
    case free
    /// A soft limit is reached.
    case save(ReachedLimit)
    /// A hard limit is reached.
    case stop(ReachedLimit)
}

/// Which limit is reached.
public struct ReachedLimit: Sendable, Equatable {
    public var scope: BudgetScope
    public var measure: SpendingMeasure

    public init(_ scope: BudgetScope, _ measure: SpendingMeasure) {
        self.scope = scope
        self.measure = measure
    }
}

/// What a budget changed about one call of a turn, for the turn's record.
public struct BudgetDecision: Sendable, Equatable {
    /// What became of the call. Raw values are those of the explain record.
    public enum Effect: String, Sendable, CaseIterable {
        /// It went to a smaller model, where there is one: a soft limit.
        case smallerModel = "smaller_model"
        /// It was left out, because a turn can do without it: a soft limit.
        case skipped
        /// It was refused: a hard limit.
        case refused
    }

    public var step: ModelStep
    public var limit: ReachedLimit
    public var effect: Effect

    public init(_ effect: Effect, at step: ModelStep, by limit: ReachedLimit) {
        self.step = step
        self.limit = limit
        self.effect = effect
    }

    /// In the form in which it is kept and served.
    var explanation: JSONValue {
        [
            "scope": .string(limit.scope.rawValue), "measure": .string(limit.measure.rawValue),
            "step": .string(step.rawValue), "effect": .string(effect.rawValue),
        ]
    }
}

/// A call of a model was not made, because of a budget. What a turn can do without is left out; anything else ends it.
struct BudgetExhausted: Error, Equatable, CustomStringConvertible {
    var limit: ReachedLimit

    var description: String {
        "the budget of \(limit.measure.rawValue) for \(limit.scope.people) is used up, so no language model was asked"
    }
}

extension BudgetScope {
    /// As a sentence names it.
    fileprivate var people: String {
        switch self {
        case .turn: "this turn"
        case .session: "this session"
        case .customer: "this customer and day"
        case .day: "the day"
        }
    }
}

extension ModelStep {
    /// Whether a turn is complete without it, so that it is left out to save.
    var isOptional: Bool {
        switch self {
        case .preamble, .responseAnalysis, .memory: true
        default: false
        }
    }
}
