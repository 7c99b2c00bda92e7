import ParlantCore

extension APILimits {
    /// What a change may make of a session or a customer. The store checks it, so changes at the same time count too.
    var ofChanges: MetadataLimits {
        var limits = MetadataLimits()
        (limits.bytes, limits.labelsBytes) = (metadataBytes, labelsBytes)
        return limits
    }

    /// Refuses metadata beyond the limit.
    func checkMetadata(_ metadata: JSONObject) throws {
        try check(.object(metadata), "metadata", metadataBytes)
    }

    /// Refuses a change that would let an event's metadata grow beyond the limit. Changes at the same time may pass
    /// together; what they make is too large for the next one.
    func checkMetadata(_ change: MetadataChange, of metadata: JSONObject) throws {
        guard !change.set.isEmpty || change.replacement != nil else { return }
        var changed = metadata
        change.apply(to: &changed)
        try checkMetadata(changed)
    }

    /// Refuses labels beyond the limit.
    func checkLabels(_ labels: OrderedSet<String>) throws {
        try check(.array(labels.map(JSONValue.string)), "list of labels", labelsBytes)
    }

    /// Refuses a change that would let labels of a guideline or a journey grow beyond the limit.
    func checkLabels(_ change: LabelsChange, of labels: OrderedSet<String>) throws {
        guard !change.upsert.isEmpty else { return }
        var changed = labels
        change.apply(to: &changed)
        try checkLabels(changed)
    }

    /// Refuses a name in a path that is to become an id and is longer than ids may be.
    func checkID(_ text: String, _ what: String) throws {
        guard text.unicodeScalars.count > idLength else { return }
        throw APIError.unprocessable("The \(what) is longer than \(idLength) characters; use a shorter one.")
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
