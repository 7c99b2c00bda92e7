import ParlantCore

/// Writes the reply of a turn.
protocol MessageComposer: Sendable {
    /// Says what there is to say through `output`, which may be nothing.
    ///
    /// - Throws: ``NLPError``; what `output` throws. What was said by then stays said.
    func compose(_ composition: Composition, in context: TurnContext, to output: any ReplyOutput) async throws
}

/// Where a composer's words go. The first of them ends the time in which a newer message cancels the turn.
protocol ReplyOutput: Sendable {
    /// Sends one reply, as several messages where its paragraphs are. A hook may change or drop it.
    ///
    /// - Throws: `CancellationError` when a newer message came before the first word, and nothing is sent.
    func say(_ reply: Reply) async throws
    /// Sends one message while it is written, which no hook can change any more: `write` gets a function that takes the pieces in order.
    ///
    /// - Throws: As ``say(_:)``, and what `write` throws: the message then ends with what it had by then.
    func stream(_ write: @Sendable (@escaping PieceReceiver) async throws -> Void) async throws
}

/// Takes the next piece of a text; returns when it is in the log.
typealias PieceReceiver = @Sendable (String) async throws -> Void

/// What the agent says at the end of a turn.
struct Reply: Sendable, Equatable {
    var text: String
    /// What it wanted to say before a canned response took its place.
    var draft: String?
    /// The canned responses that the text was rendered from.
    var cannedResponses: [(id: CannedResponseID, text: String)] = []
    var metadata: JSONObject = [:]
    /// Marks of the message; see ``CannedResponse/preambleTag``.
    var tags: [String] = []
    /// Whether a model found the words, so that they come one after the other; what is fixed is there at once.
    var isWritten = false

    static func == (left: Reply, right: Reply) -> Bool {
        left.text == right.text && left.draft == right.draft && left.metadata == right.metadata
            && left.tags == right.tags && left.cannedResponses.elementsEqual(right.cannedResponses) { $0 == $1 }
    }
}
