/// How much a question asks of a model. Raw values are those of the Lua surface.
///
/// Providers map sizes to models; one that has a single model takes it for all.
public enum ModelSize: String, Sendable, CaseIterable {
    /// A quick sentence, a choice between few.
    case nano
    /// A judgement by clear rules, such as whether conditions hold.
    case mini
    /// What the customer reads, and what needs thought.
    case large

    /// The next size below; the smallest stays what it is.
    public var smaller: ModelSize {
        switch self {
        case .large: .mini
        case .mini, .nano: .nano
        }
    }
}
