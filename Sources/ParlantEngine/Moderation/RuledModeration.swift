public import ParlantCore

/// Judges messages by a list of rules, then by a service if there is one. What a rule flags is not sent to the service.
public struct RuledModeration: ModerationService {
    private let rules: ModerationRules
    private let service: (any ModerationService)?

    /// - Parameter service: Judges what the rules let pass; nil: nobody does.
    public init(_ rules: ModerationRules, then service: (any ModerationService)?) {
        self.rules = rules
        self.service = service
    }

    /// Whether the service does, or one of the rules is about it.
    public var catchesJailbreaks: Bool {
        rules.allCategories.contains(ModerationRules.jailbreak) || service?.catchesJailbreaks == true
    }

    /// - Throws: What the service throws, for texts that the rules let pass.
    public func moderate(_ text: String) async throws -> Moderation {
        let found = rules.categories(of: text)
        if !found.isEmpty { return Moderation(isFlagged: true, categories: found) }
        return try await service?.moderate(text) ?? .unflagged
    }
}
