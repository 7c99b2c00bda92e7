import ParlantCore

/// What happens on the other side of a conversation in a terminal.
enum ChatEvent: Sendable, Equatable {
    /// The agent is writing.
    case typing
    /// Somebody but the customer said something.
    case message(from: String, String)
    /// The turn broke; the text says how.
    case failed(String)
    /// The turn is over.
    case done
}

/// Why the last turn went as it did.
struct ChatReasons: Sendable, Equatable {
    /// Guidelines that applied: id, and the reason where it is known.
    var guidelines: [(id: String, reason: String?)] = []
    /// What relationships left out: what it is, and why.
    var leftOut: [(name: String, reason: String)] = []
    /// Tools that ran: name, arguments, and what came of it.
    var tools: [(name: String, arguments: String, outcome: String)] = []
    /// What the agent asked for.
    var missing: [String] = []

    static func == (left: ChatReasons, right: ChatReasons) -> Bool { left.lines == right.lines }

    /// Lines for people.
    var lines: [String] {
        var lines: [String] = []
        if guidelines.isEmpty { lines.append("no guideline applied") }
        for (id, reason) in guidelines { lines.append("guideline \(id)" + (reason.map { ": \($0)" } ?? "")) }
        for (name, reason) in leftOut { lines.append("\(name) was left out: \(reason)") }
        for (name, arguments, outcome) in tools { lines.append("tool \(name)(\(arguments)): \(outcome)") }
        if !missing.isEmpty { lines.append("missing: \(missing.joined(separator: ", "))") }
        return lines
    }
}

/// An agent that one can talk to, here or on a server.
protocol ChatPartner: Sendable {
    /// Begins a conversation.
    ///
    /// - Returns: What the agent is called.
    func begin() async throws -> String

    /// Reloads scripts that have changed since the last time.
    ///
    /// - Returns: What to tell the author; empty when nothing has changed.
    func refresh() async -> [String]

    /// Says something as the customer.
    ///
    /// - Returns: False when nobody answers: a human has the session.
    func say(_ text: String) async throws -> Bool

    /// What happened since the last time; waits until there is something.
    func events() async throws -> [ChatEvent]

    /// Why the last turn went as it did; nil before the first one.
    func reasons() async throws -> ChatReasons?
}

extension [Event] {
    /// What a terminal shows of these events of a turn, `trace`.
    func chatEvents(of trace: TraceID) -> [ChatEvent] {
        compactMap { event in
            switch event.kind {
            case .message where event.source != .customer && event.source != .customerUI:
                guard let text = EventData.text(of: event.data) else { return nil }
                return .message(from: event.data["participant"]?["display_name"]?.string ?? "agent", text)
            case .status where event.traceID == trace:
                switch EventData.status(of: event.data) {
                case .typing: return .typing
                case .error: return .failed(event.data["data"]?["exception"]?.string ?? "the turn failed")
                case .ready where event.data["data"]?["stage"]?.string == "completed": return .done
                default: return nil
                }
            default: return nil
            }
        }
    }
}
