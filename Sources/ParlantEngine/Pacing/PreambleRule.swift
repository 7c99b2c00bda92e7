import ParlantCore

/// Whether a turn begins with quick first words (`domain.md` 1.6).
enum PreambleRule {
    /// Earlier waits up to which first words always come: who has just begun does not know yet how fast the agent is.
    static let introduction = 2
    /// A customer who waited this long twice in a row gets first words again.
    static let longWait = Duration.seconds(5)

    /// Whether first words may come: somebody waits for a reply, and the agent's last message was not first words. With
    /// ``Pacing/standard`` also only while the agent is new to the customer, or has been slow.
    static func applies(_ pacing: Pacing, to interaction: Interaction) -> Bool {
        guard pacing != .none, !interaction.unansweredCustomerMessages.isEmpty,
            interaction.messages.last(where: { $0.role != .customer })?.isPreamble != true
        else { return false }
        guard pacing == .standard else { return true }
        let waits = waits(in: interaction)
        return waits.count <= introduction || waits.suffix(2).allSatisfy { $0 >= longWait }
    }

    /// How long the customer waited for each reply so far: from the last message before it to the first message that is
    /// more than first words.
    static func waits(in interaction: Interaction) -> [Duration] {
        var waits: [Duration] = []
        var asked: Timestamp?
        for message in interaction.messages where !message.isPreamble {
            if message.role == .customer {
                asked = message.at
            } else if let begin = asked {
                waits.append(.microseconds(message.at.microseconds - begin.microseconds))
                asked = nil
            }
        }
        return waits
    }
}
