import ParlantCore

/// The part of a conversation that notes are taken of, as far as it is the customer's own.
struct MemoryTranscript: Sendable, Equatable {
    struct Line: Sendable, Equatable {
        var role: InteractionMessage.Role
        var text: String
        var at: Timestamp
        /// Whether these are the customer's own words, which alone are remembered.
        var isOwn: Bool
    }

    /// What was said before, oldest first.
    var background: [Line] = []
    /// What has not been read yet, oldest first.
    var lines: [Line] = []
    /// Offset of the first event that has not been read once these are.
    var next: Int
    /// Whether more has not been read.
    var hasMore = false
    /// When the last message came; nil when there is none.
    var lastAt: Timestamp?
    /// Whether the last message is still being written.
    var isIncomplete = false

    /// Whether there is anything to remember.
    var isWorthReading: Bool { lines.contains(where: \.isOwn) }
    /// All that is new, for finding what was noted about the same.
    var text: [String] { lines.map(\.text) }

    /// Reads events of a session.
    ///
    /// What was said before the last words of somebody else, when the session was theirs, does not count, nor does what
    /// was said in answer. What moderation flagged is hidden, as from the agent. Quick first words say nothing.
    ///
    /// - Parameters:
    ///   - events: Messages by offset, from some before `first` on.
    ///   - first: Offset of the first event that has not been read.
    ///   - since: Offset of the first event that may be read or shown at all.
    ///   - guest: Whether the guest's words count as the customer's.
    init(_ events: [Event], from first: Int, since: Int = 0, of customer: CustomerID, adoptingGuest guest: Bool = false)
    {
        next = first
        let messages = events.filter { $0.kind == .message && !EventData.isPreamble($0.data) }
        lastAt = messages.last?.createdAt
        isIncomplete = messages.last.map { EventData.isIncomplete($0.data) } ?? false
        var foreign: Set<TraceID> = []
        var begin = since
        for event in messages where event.source.role == .customer {
            guard let speaker = event.data["participant"]?["id"]?.string.map({ CustomerID($0) }), speaker != customer
            else { continue }
            if guest, speaker == Customer.guestID { continue }
            foreign.insert(event.traceID)
            begin = max(begin, event.offset + 1)
        }
        var room = MemoryPolicy.mostCharacters
        for event in messages {
            guard event.offset >= first else {
                if event.offset >= begin, !foreign.contains(event.traceID), let line = Self.line(event) {
                    background.append(line)
                }
                continue
            }
            let line = event.offset >= begin && !foreign.contains(event.traceID) ? Self.line(event) : nil
            let isFull = lines.count == MemoryPolicy.mostMessages || line.map { $0.text.count > room } ?? false
            guard !isFull || lines.isEmpty else {
                hasMore = true
                break
            }
            next = event.offset + 1
            guard let line else { continue }
            room -= line.text.count
            lines.append(line)
        }
        background = background.suffix(MemoryPolicy.background)
    }

    private static func line(_ event: Event) -> Line? {
        guard let text = EventData.text(of: event.data).map(MemoryText.line), !text.isEmpty else { return nil }
        let isFlagged = event.data["flagged"]?.boolean ?? false
        let role = event.source.role
        return Line(
            role: role, text: isFlagged ? "<censored>" : String(text.prefix(MemoryPolicy.messageCharacters)),
            at: event.createdAt, isOwn: role == .customer && !isFlagged)
    }
}
