import ParlantCore

extension APILimits {
    /// Refuses metadata beyond the limit.
    func checkMetadata(_ metadata: JSONObject) throws {
        try check(.object(metadata), "metadata", metadataBytes)
    }

    /// Refuses an event's message or data beyond the limit.
    func checkEventData(_ data: JSONValue) throws { try check(data, "event's data", eventDataBytes) }

    private func check(_ value: JSONValue, _ what: String, _ limit: Int) throws {
        // A character takes at most six bytes in JSON: short texts, nearly all of them, need no counting.
        if let text = value.string, text.utf8.count < limit / 6 { return }
        guard JSONWriter.bytes(of: value).count > limit else { return }
        throw APIError.tooLarge(what, limit: limit)
    }
}
