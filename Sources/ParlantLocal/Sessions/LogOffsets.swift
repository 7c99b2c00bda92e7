import ParlantCore
import ParlantStores

/// The offsets that a session's log can have.
///
/// An event's offset is its place in memory while somebody needs the log. One from a file that was damaged or edited, or
/// from another store, is therefore looked at before it is used: it would end the process, or take all of its memory.
enum LogOffsets {
    /// Most events that a session can ever have, those that were deleted included: some 4,500 a day for ten years.
    static let limit = 1 << 24

    /// Offsets of events.
    static let ofEvents = 0...limit - 1
    /// Where a log can end: the offset of the event that is appended next.
    static let ofEnds = 0...limit

    /// Refuses an offset that another store has given an event.
    ///
    /// - Throws: ``StoreError`` `damaged`.
    static func check(_ offset: Int, of session: SessionID) throws(StoreError) {
        guard !ofEvents.contains(offset) else { return }
        throw StoreError(
            .damaged, entity: "session", id: session.rawValue,
            message:
                "the offset of an event of the session '\(session)' is \(offset), and has to be from "
                + "\(ofEvents.lowerBound) to \(ofEvents.upperBound); correct it in the store that it comes from")
    }

    /// Refuses an event for which there is no offset.
    ///
    /// - Throws: ``StoreError`` `tooLarge`.
    static func checkRoom(at end: Int, of session: SessionID) throws(StoreError) {
        if end >= limit { throw StoreError.noRoom(session, after: limit) }
    }
}

extension FieldReader {
    /// An offset in a log.
    ///
    /// - Throws: ``StoredFormError`` for one that no log can have.
    func offset(_ key: String, in range: ClosedRange<Int> = LogOffsets.ofEvents) throws(StoredFormError) -> Int {
        try integer(key, in: range)
    }
}

extension Event {
    /// Reads an event of a log.
    ///
    /// - Throws: ``StoredFormError`` as ``StoredForm/init(storedForm:)``, and for an offset that no log can have.
    init(inLog form: JSONObject) throws(StoredFormError) {
        _ = try FieldReader(form, of: Self.formName).offset("offset")
        try self.init(storedForm: form)
    }
}
