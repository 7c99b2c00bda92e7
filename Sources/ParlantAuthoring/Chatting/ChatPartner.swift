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

    /// Why the last turn went as it did, as the server's REST API says it; nil before the first one.
    func explanation() async throws -> JSONValue?
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
