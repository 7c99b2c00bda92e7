/// A journey as a state diagram in the language of Mermaid.
public struct MermaidDiagram: Sendable, CustomStringConvertible {
    private let journey: Journey
    private let conditions: [String]

    /// - Parameter conditions: Texts of the journey's conditions, in order.
    public init(_ journey: Journey, conditions: [String]) {
        self.journey = journey
        self.conditions = conditions
    }

    /// The diagram's source: one state with the journey's title, entered by each condition.
    public var description: String {
        var lines = ["stateDiagram-v2", "    state \"\(Self.plain(journey.title))\" as journey"]
        lines += conditions.map { "    [*] --> journey: \(Self.plain($0))" }
        if conditions.isEmpty { lines.append("    [*] --> journey") }
        lines.append("    journey --> [*]")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text that cannot end a label or begin another line: what means something to Mermaid becomes an entity code.
    private static func plain(_ text: String) -> String {
        var plain = ""
        for character in text.unicodeScalars {
            switch character {
            case "\n", "\r", "\t", "\u{2028}", "\u{2029}": plain += " "
            case "\"", "#", ";", ":", "<", ">", "%": plain += "#\(character.value);"
            default: plain.unicodeScalars.append(character)
            }
        }
        return plain
    }
}
