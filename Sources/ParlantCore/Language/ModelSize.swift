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
}
