/// The records of one kind in one place, whatever their type.
public struct RecordKind: Sendable {
    /// The name of the entries of scripts.
    public static let keyValues = "entries of scripts"

    /// What people call them: "customers".
    public let name: String
    /// Most records that the place keeps of this kind; nil: all.
    public let capacity: Int?
    /// Number of records.
    public let recordCount: @Sendable () async throws -> Int
    /// Removes all records.
    public let removeAllRecords: @Sendable () async throws -> Void

    /// The records of a store, under this name.
    public init(_ name: String, _ store: any RecordStore) {
        self.name = name
        capacity = store.capacity
        recordCount = { try await store.recordCount() }
        removeAllRecords = { try await store.removeAllRecords() }
    }
}

/// Copies the records of one kind from one place to another.
public struct RecordCopy: Sendable {
    /// Records that are in memory at the same time. Events may have a megabyte each.
    public static let batch = 64

    public let source: RecordKind
    public let target: RecordKind
    private let body: @Sendable (_ copied: (Int) -> Void) async throws -> Void

    /// Copies of records of one type.
    public init<Record>(_ name: String, _ source: any RecordStore<Record>, _ target: any RecordStore<Record>) {
        self.source = RecordKind(name, source)
        self.target = RecordKind(name, target)
        body = { copied in
            var last: Record?
            while true {
                try Task.checkCancellation()
                let records = try await source.records(after: last, limit: Self.batch)
                guard let newest = records.last else { return }
                try await target.restore(records)
                copied(records.count)
                last = newest
            }
        }
    }

    /// Copies all records.
    ///
    /// - Parameter copied: Told how many were copied since it was told last.
    /// - Throws: What one of the stores throws, or `CancellationError`; some records are copied then.
    public func run(_ copied: (Int) -> Void) async throws { try await body(copied) }
}
