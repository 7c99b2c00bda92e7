import ParlantCore

/// One message event that grows while its text is written: created with the first piece, updated in place, and ended
/// with null whatever happens.
///
/// Pieces come one after the other. White space before the first word waits for it, so that no message is empty.
actor StreamedMessage {
    private let emitter: TurnEmitter
    private let reply: Reply
    private var leading = ""
    private var event: Event?
    private var isComplete = false

    /// A message without text yet.
    ///
    /// - Parameter reply: What goes with the message; its text is not used.
    init(_ reply: Reply, _ emitter: TurnEmitter) {
        self.reply = reply
        self.emitter = emitter
    }

    /// Whether the message is in the log.
    var hasBegun: Bool { event != nil }

    /// Adds a piece, and returns when it is in the log. Empty pieces are left out.
    ///
    /// - Throws: `CancellationError` once the turn is over or cancelled, or the message is complete; what the store
    ///   throws. Then the piece is not part of the message.
    func add(_ piece: String) async throws {
        guard !isComplete else { throw CancellationError() }
        guard !piece.isEmpty else { return }
        guard let event else {
            leading += piece
            guard leading.contains(where: { !$0.isWhitespace }) else { return }
            self.event = try await emitter.begin(reply, with: leading)
            return
        }
        self.event = try await emitter.update(event, data: EventData.appending(piece, to: event.data))
    }

    /// Ends the message with what it has, also in a cancelled task and after the turn is over; nil when it never began.
    func complete() async throws -> Event? {
        isComplete = true
        guard let event, EventData.isIncomplete(event.data) else { return event }
        let last = try await emitter.complete(event, data: EventData.appending(nil, to: event.data))
        self.event = last
        return last
    }
}
