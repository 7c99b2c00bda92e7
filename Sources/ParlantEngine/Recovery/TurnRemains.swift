import ParlantCore

/// What an interrupted turn left behind, as far as whoever takes it up has to know.
struct TurnRemains: Sendable {
    /// Calls that were made, in order. They count as calls of the turn that goes on.
    var runs: [ToolRun] = []
    /// Those that belong into the log and are not in it yet.
    var unwritten: [ToolRun] = []
    /// Messages that nobody will add to any more, and that do not say so yet.
    var growing: [Event] = []
    /// First words that the customer has seen.
    var preamble: String?
    /// Whether the customer has seen anything of the turn.
    var hasBegun = false

    /// Nothing: the turn begins.
    init() {}

    /// - Parameters:
    ///   - events: Of the turn's trace, by offset.
    ///   - tools: Of the agent.
    init(of turn: OpenTurn, _ events: [Event], _ tools: [ToolID: Tool]) {
        var open = turn.calls
        for event in events where event.source == .aiAgent {
            hasBegun = true
            switch event.kind {
            case .message:
                if EventData.isIncomplete(event.data) { growing.append(event) }
                if EventData.isPreamble(event.data) { preamble = EventData.text(of: event.data) }
            case .tool:
                for json in event.data["tool_calls"]?.array ?? [] {
                    let place = open.firstIndex {
                        json["tool_id"] == .string($0.tool.description) && json["arguments"] == .object($0.arguments)
                    }
                    // What the record says is more than what the event shows, unless its last word is missing.
                    let call = place.map { open.remove(at: $0) }
                    let run = call?.outcome == nil ? nil : call.flatMap(ToolRun.init)
                    if let run = run ?? ToolRun(event: json, of: tools) { runs.append(run) }
                }
            case .status, .custom: break
            }
        }
        let rest = open.compactMap(ToolRun.init)
        unwritten = rest.filter(\.isLasting)
        runs += rest
    }

    /// Whether a tool of the turn handed over to people.
    var handsOver: Bool { HandOff.mode(after: runs, []) == .manual }
}
