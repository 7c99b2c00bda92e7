/// What a turn is doing, as front ends show it. Raw values are the wire's.
public enum SessionStatus: String, Sendable, CaseIterable {
    case acknowledged, processing, typing, ready, cancelled, error
}

/// Who speaks in a message.
public struct Participant: Sendable, Equatable {
    /// Customer's or agent's id; nil for a person who is only named.
    public var id: String?
    public var displayName: String

    public init(id: String?, displayName: String) {
        self.id = id
        self.displayName = displayName
    }

    /// The wire's form.
    public var json: JSONValue {
        ["id": id.map(JSONValue.string) ?? .null, "display_name": .string(displayName)]
    }
}

/// Builds and reads the `data` of events in the wire's form.
public enum EventData {
    /// Message of a customer.
    public static func customerMessage(
        _ text: String, from participant: Participant, flagged: Bool = false, tags: [String] = []
    ) -> JSONValue {
        [
            "message": .string(text), "participant": participant.json, "flagged": .boolean(flagged),
            "tags": .array(tags.map(JSONValue.string)),
        ]
    }

    /// Message of an agent or of a human on its side. A message that was rendered from canned responses names them,
    /// and carries the draft that they replaced.
    ///
    /// - Parameters:
    ///   - tags: Marks of the message; ``CannedResponse/preambleTag`` for quick first words.
    ///   - chunks: For an agent that streams: the pieces of the text. They end with null where nothing follows.
    public static func agentMessage(
        _ text: String, from participant: Participant, draft: String? = nil,
        cannedResponses: [(id: CannedResponseID, text: String)] = [], tags: [String] = [], chunks: [JSONValue]? = nil
    ) -> JSONValue {
        var data: JSONObject = ["message": .string(text), "participant": participant.json]
        if !tags.isEmpty { data["tags"] = .array(tags.map(JSONValue.string)) }
        if let chunks { data["chunks"] = .array(chunks) }
        if let draft { data["draft"] = .string(draft) }
        if !cannedResponses.isEmpty {
            data["canned_responses"] = .array(
                cannedResponses.map { .array([.string($0.id.rawValue), .string($0.text)]) })
        }
        return .object(data)
    }

    /// A status with its details.
    public static func status(_ status: SessionStatus, _ details: JSONObject = [:]) -> JSONValue {
        ["status": .string(status.rawValue), "data": .object(details)]
    }

    /// Whether an agent's message is quick first words and not the reply.
    public static func isPreamble(_ data: JSONValue) -> Bool {
        data["tags"]?.array?.contains(.string(CannedResponse.preambleTag.rawValue)) ?? false
    }

    /// The text of a message event; nil for other data.
    public static func text(of data: JSONValue) -> String? { data["message"]?.string }

    /// The status of a status event; nil for other data.
    public static func status(of data: JSONValue) -> SessionStatus? {
        data["status"]?.string.flatMap(SessionStatus.init(rawValue:))
    }

    /// Whether more of this message will come: its chunks do not end with null.
    public static func isIncomplete(_ data: JSONValue) -> Bool {
        guard let chunks = data["chunks"]?.array else { return false }
        return chunks.last?.isNull != true
    }

    /// A streamed message with one more piece; nil ends it. Its text always is its chunks in a row.
    public static func appending(_ piece: String?, to data: JSONValue) -> JSONValue {
        guard var object = data.object else { return data }
        let text = object["message"]?.string ?? ""
        let chunks = object["chunks"]?.array ?? []
        object["message"] = .string(text + (piece ?? ""))
        object["chunks"] = .array(chunks + [piece.map(JSONValue.string) ?? .null])
        return .object(object)
    }

    /// A text cut into words, each with the white space before it; white space at the end belongs to the last word.
    /// In a row they are the text again.
    public static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var hasLetters = false
        for character in text {
            if character.isWhitespace, hasLetters {
                words.append(word)
                word = ""
                hasLetters = false
            }
            if !character.isWhitespace { hasLetters = true }
            word.append(character)
        }
        if !hasLetters, let last = words.popLast() { word = last + word }
        return word.isEmpty ? words : words + [word]
    }
}
