/// Everything of one kind that a place keeps, read out batch by batch and written back as it was: for moving from one
/// place to another.
///
/// Records have their identity, moments, offsets and revisions. Nobody else writes meanwhile. The order is always the
/// same: that of creation for what is created, by offset for the events of a session, oldest first for explanations.
public protocol RecordStore<Record>: Sendable {
    associatedtype Record: Sendable, Equatable

    /// Most records that are kept, the newest; nil: all.
    var capacity: Int? { get }
    /// Number of records.
    func recordCount() async throws -> Int
    /// Records in order.
    ///
    /// - Parameters:
    ///   - last: Those that follow this one, which is there; nil: from the beginning.
    ///   - limit: At most so many.
    /// - Complexity: O(limit), but for places in memory.
    func records(after last: Record?, limit: Int) async throws -> [Record]
    /// Writes records as they are, in the order of ``records(after:limit:)``. One that is there already is replaced.
    /// What is created later comes after all of them.
    func restore(_ records: [Record]) async throws
    /// Removes all records.
    func removeAllRecords() async throws
}

extension RecordStore {
    public var capacity: Int? { nil }
}
