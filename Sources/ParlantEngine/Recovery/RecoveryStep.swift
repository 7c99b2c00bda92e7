import ParlantCore

/// What becomes of a turn that nobody runs any more. Pure: a decision about what the store holds.
enum RecoveryStep: Sendable, Equatable {
    /// It has ended, or nobody waits for its end.
    case close
    /// It ends now, with these statuses.
    case conclude([JSONValue])
    /// It is run again, with what remains of it.
    case resume

    /// Decides.
    ///
    /// - Parameters:
    ///   - open: All open turns of the session.
    ///   - events: Of the session, from the one that asked for the turn on; those of its trace suffice where none did.
    ///   - limit: How often a turn may begin.
    init(for turn: OpenTurn, among open: [OpenTurn], _ events: [Event], _ doubleText: DoubleText, limit: Int) {
        let own = events.filter { $0.traceID == turn.traceID && $0.source == .aiAgent }
        let statuses = own.map { EventData.status(of: $0.data) }
        let isAsked = turn.causeOffset.map { cause in events.contains { $0.offset == cause } } ?? true
        let end = EventData.status(.ready, TurnRunner.completed([], []))
        if !isAsked || own.contains(where: { EventData.isEnd($0.data) }) {
            self = .close
        } else if statuses.contains(.error) || statuses.contains(.cancelled) {
            self = .conclude([end])
        } else if let answer = Answer(in: own) {
            self = .conclude(answer.isWhole ? [end] : [Self.error(Self.cut), end])
        } else if Self.isSuperseded(turn, open, events, doubleText, hasBegun: !own.isEmpty) {
            self = own.isEmpty ? .close : .conclude([EventData.status(.cancelled), end])
        } else if turn.attempts >= limit - 1 {
            self = .conclude([Self.error(Self.tooOften(limit)), end])
        } else {
            self = .resume
        }
    }

    static let cut = "the server stopped while this answer was written, so its end is missing; ask once more"

    static func tooOften(_ times: Int) -> String {
        "the server stopped \(times) times while it worked on this answer; ask once more"
    }

    private static func error(_ text: String) -> JSONValue { EventData.status(.error, ["exception": .string(text)]) }

    /// Whether the turn of a newer message answers this one too, as it does while the server runs
    /// (``TurnStateMachine``). A turn that has called what cannot be undone tells of it itself.
    private static func isSuperseded(
        _ turn: OpenTurn, _ open: [OpenTurn], _ events: [Event], _ doubleText: DoubleText, hasBegun: Bool
    ) -> Bool {
        guard let cause = turn.causeOffset, turn.calls.isEmpty else { return false }
        switch doubleText {
        case .enqueue, .reject: return false
        case .merge: if hasBegun { return false }
        case .interrupt: break
        }
        if open.contains(where: { $0.causeOffset ?? -1 > cause }) { return true }
        let newer = Set(
            events.filter { $0.source == .customer && $0.kind == .message && $0.offset > cause }.map(\.traceID))
        return events.contains { newer.contains($0.traceID) && $0.isReply }
    }

    /// What a turn has said of its answer.
    private struct Answer {
        var isWhole = true

        /// Nil when it has not begun to answer. What tools say while they work stands before the agent is seen typing,
        /// and is no answer.
        init?(in own: [Event]) {
            var isTyping = false
            var last: Event?
            for (place, event) in own.enumerated() {
                if EventData.status(of: event.data) == .typing {
                    let next = place + 1 < own.count ? own[place + 1] : nil
                    if let next, next.kind == .message, !next.isReply { continue }
                    isTyping = true
                    // Typing after a message promises one more.
                    if last != nil { isWhole = false }
                } else if event.isReply, isTyping {
                    last = event
                    isWhole = !EventData.isIncomplete(event.data)
                }
            }
            if last == nil { return nil }
        }
    }
}

extension Event {
    /// Whether it is an agent's message, and not first words.
    fileprivate var isReply: Bool { source == .aiAgent && kind == .message && !EventData.isPreamble(data) }
}

extension EventData {
    /// Whether it is the last status of a turn.
    static func isEnd(_ data: JSONValue) -> Bool {
        status(of: data) == .ready && data["data"]?["stage"] == "completed"
    }
}
