/// Judges what customers write.
public protocol ModerationService: Sendable {
    /// Whether it sees attempts to turn the agent against its instructions, so that `moderation=paranoid` may trust it.
    /// A service that a provider offers does, unless it says otherwise.
    var catchesJailbreaks: Bool { get }
    /// Judges one text.
    ///
    /// - Throws: ``NLPError`` when no judgement could be had; `CancellationError`.
    func moderate(_ text: String) async throws -> Moderation
}

extension ModerationService {
    public var catchesJailbreaks: Bool { true }
}

/// What was found in a text.
public struct Moderation: Sendable, Equatable {
    /// Nothing was found, or nobody looked.
    public static let unflagged = Moderation(isFlagged: false)

    /// Whether the text is kept from the agent.
    public var isFlagged: Bool
    /// What was found, such as `harassment`, `hate`, `illicit`, `jailbreak`, `self-harm`, `sexual`, `violence`; each once.
    public var categories: [String]

    public init(isFlagged: Bool, categories: [String] = []) {
        self.isFlagged = isFlagged
        self.categories = categories
    }
}
