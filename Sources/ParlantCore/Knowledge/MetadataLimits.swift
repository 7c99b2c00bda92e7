/// How much metadata, and how many labels, clients and scripts may give one thing. More is refused whole; nothing is cut.
public struct MetadataLimits: Sendable, Equatable {
    /// Bytes of one metadata object as JSON.
    public var bytes = 64 * 1024
    /// Bytes of the labels of one session, guideline or journey as JSON.
    public var labelsBytes = 16 * 1024

    /// The limits above; change what does not fit.
    public init() {}

    /// Refuses a change that sets something, and after which there would be too much metadata. One that only removes
    /// passes.
    ///
    /// - Throws: ``StoreError`` `tooLarge`, with the limit.
    func check(_ change: MetadataChange, of metadata: JSONObject, _ entity: String, _ id: String) throws {
        guard !change.set.isEmpty || change.replacement != nil else { return }
        var changed = metadata
        change.apply(to: &changed)
        let count = JSONWriter.bytes(of: .object(changed)).count
        guard count > bytes else { return }
        throw StoreError(
            .tooLarge, entity: entity, id: id,
            message:
                "the \(entity)'s metadata would have \(count) bytes of JSON, more than the limit of \(bytes) bytes; "
                + "remove what is not needed, or keep less")
    }

    /// Refuses labels that are too many, unless all of them are there already.
    ///
    /// - Throws: ``StoreError`` `tooLarge`, with the limit.
    func check(adding new: [String], removing old: [String], of session: Session) throws {
        guard !session.labels.isSuperset(of: new) else { return }
        let changed = session.labels.union(new).subtracting(old)
        let count = JSONWriter.bytes(of: .array(changed.map(JSONValue.string))).count
        guard count > labelsBytes else { return }
        throw StoreError(
            .tooLarge, entity: "session", id: session.id.rawValue,
            message:
                "the session's labels would have \(count) bytes of JSON, more than the limit of \(labelsBytes) bytes; "
                + "use fewer, or shorter ones")
    }
}
