/// Whose function it is, where several kinds of definitions may have one of the same name.
public enum HandlerOwner: Sendable, Hashable, CustomStringConvertible {
    case guideline(GuidelineID)
    case journey(JourneyID)
    /// A state of a journey, by its name.
    case journeyState(JourneyID, String)

    /// As logs name it: `guideline greet`, `state confirm of journey transfer`.
    public var description: String {
        switch self {
        case .guideline(let id): "guideline \(id)"
        case .journey(let id): "journey \(id)"
        case .journeyState(let id, let state): "state \(state) of journey \(id)"
        }
    }
}
