public import ParlantCore

/// Numbers of things that are stored: offsets, changes, attempts, bytes.
public enum StoredCount {
    /// More than anything comes to, and little enough to be added up. What is outside was edited or damaged.
    public static let range = 0...Int(Int32.max)

    /// The number if it is one of these.
    public static func exactly(_ number: Int64) -> Int? {
        Int(exactly: number).flatMap { range.contains($0) ? $0 : nil }
    }
}

extension StoreError {
    /// The log of a session has had as many events as it can have.
    public static func noRoom(_ session: SessionID, after events: Int) -> StoreError {
        StoreError(
            .tooLarge, entity: "session", id: session.rawValue,
            message: "the session '\(session)' has had \(events) events, and cannot have more; begin another session")
    }
}
