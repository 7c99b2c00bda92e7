/// Where something that a script defines counts.
public enum Scope: Sendable, Hashable {
    /// Always.
    case agent
    /// While the journey is active.
    case journey(JourneyID)
    /// While the guideline applies.
    case guideline(GuidelineID)
}
