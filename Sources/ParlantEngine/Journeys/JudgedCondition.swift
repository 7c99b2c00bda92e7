public import ParlantCore

/// A sentence about the conversation that somebody has to judge before a journey can go on.
///
/// Whoever judges conditions of guidelines judges these in the same request, so that a journey costs no call of its own.
public struct JudgedCondition: Sendable, Equatable {
    /// What the verdict decides.
    public enum Question: Sendable, Hashable {
        /// The condition of a way out of the state holds; ways count from 0.
        case way(Int)
        /// The state, which has one way only, has done what it is for.
        case answered
        /// The state need not be gone through: the customer has said already what it would ask.
        case settled
        /// The customer gives another answer to a state that was passed.
        case changed
        /// The customer wants to change the answer to a state that was passed, and has not said how.
        case reopened
    }

    /// Tells conditions of one turn apart.
    public struct ID: Sendable, Hashable, CustomStringConvertible {
        public var journey: JourneyID
        /// The state, with the states through which nested journeys were entered: `identify/ask_name`.
        public var state: String
        public var question: Question

        public init(journey: JourneyID, state: String, question: Question) {
            self.journey = journey
            self.state = state
            self.question = question
        }

        /// For logs and records: `transfer_money:confirm:way 1`.
        public var description: String {
            let question =
                switch question {
                case .way(let number): "way \(number + 1)"
                case .answered: "answered"
                case .settled: "settled"
                case .changed: "changed"
                case .reopened: "reopened"
                }
            return "\(journey):\(state):\(question)"
        }
    }

    public var id: ID
    /// The sentence that holds or does not.
    public var text: String
    /// What the sentence is about: the journey and its step, and what tools just brought.
    public var context: String
    /// What counts when nobody judges; nil when the journey cannot go on without a verdict.
    public var presumed: Bool?
    /// What tools of the state just said, in words; empty where no tool is concerned.
    public var evidence: String

    public init(id: ID, text: String, context: String, presumed: Bool?, evidence: String = "") {
        self.id = id
        self.text = text
        self.context = context
        self.presumed = presumed
        self.evidence = evidence
    }
}
