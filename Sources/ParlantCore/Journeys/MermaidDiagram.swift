/// A journey as a state diagram in the language of Mermaid.
public struct MermaidDiagram: Sendable, CustomStringConvertible {
    private let journey: Journey
    private let conditions: [String]

    /// - Parameter conditions: Texts of the journey's conditions, in order.
    public init(_ journey: Journey, conditions: [String]) {
        self.journey = journey
        self.conditions = conditions
    }

    /// The diagram's source: a box with the journey's title, entered by each condition, with its states inside. A
    /// journey without states is one plain box.
    public var description: String {
        let box = "    state \"\(Self.plain(journey.title))\" as journey"
        var lines = ["stateDiagram-v2", journey.graph == nil ? box : box + " {"]
        if let graph = journey.graph { lines += Self.drawing(of: graph).map { "        " + $0 } + ["    }"] }
        lines += conditions.map { "    [*] --> journey: \(Self.plain($0))" }
        if conditions.isEmpty { lines.append("    [*] --> journey") }
        lines.append("    journey --> [*]")
        return lines.joined(separator: "\n") + "\n"
    }

    /// States, then ways. States are numbered, because not every name is an identifier of Mermaid.
    private static func drawing(of graph: JourneyGraph) -> [String] {
        var numbers: [String: String] = [:]
        for (index, state) in graph.states.enumerated() { numbers[state.name] = "s\(index + 1)" }
        func number(_ name: String) -> String { numbers[name] ?? "[*]" }
        var lines = graph.states.flatMap { state in declaration(of: state, as: number(state.name)) }
        lines.append("[*] --> \(number(graph.start))")
        for state in graph.states {
            if state.next == .end { lines.append("\(number(state.name)) --> [*]") }
            for transition in state.next.transitions {
                var target = "[*]"
                if case .state(let name) = transition.target { target = number(name) }
                let label = transition.condition.map { ": \(plain($0))" } ?? ""
                lines.append("\(number(state.name)) --> \(target)\(label)")
            }
        }
        return lines
    }

    private static func declaration(of state: JourneyState, as number: String) -> [String] {
        switch state.kind {
        case .chat(let instruction): [box(state.name, instruction, number)]
        case .tools(let tools, let instruction):
            [
                box(
                    state.name,
                    "call \(tools.map(\.name).joined(separator: ", "))" + (instruction.map { "; \($0)" } ?? ""),
                    number)
            ]
        case .journey(let id): [box(state.name, "journey \(id)", number)]
        // A choice shows no text of its own.
        case .fork: ["state \(number) <<choice>>", "note right of \(number): \(plain(state.name))"]
        }
    }

    private static func box(_ name: String, _ text: String, _ number: String) -> String {
        "state \"\(plain("\(name): \(text)"))\" as \(number)"
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
