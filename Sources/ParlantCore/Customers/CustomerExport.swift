/// Takes the bytes of a file bit by bit, and returns when it has room for more.
public typealias ByteSink = (_ bytes: [UInt8]) async throws -> Void

/// Writes everything that is kept of one customer as one file, for them to have.
public protocol CustomerExporter: Sendable {
    /// Finds out whether there is anything to export.
    ///
    /// - Throws: ``StoreError`` `notFound` when nothing at all is kept of this id; `protected` for the guest, who is
    ///   everybody that nobody knows.
    func prepare(_ id: CustomerID) async throws -> any CustomerExport
}

/// The export of one customer, not yet written.
public protocol CustomerExport: Sendable {
    /// What the file is best called.
    var fileName: String { get }
    /// The type of the file, as HTTP has it.
    var contentType: String { get }
    /// Writes the file. What is created or deleted meanwhile may be in it or not.
    ///
    /// - Throws: What the stores and the sink throw; the file is then incomplete.
    /// - Complexity: O(what is kept of the customer) in time; memory for some dozens of events.
    func write(to sink: ByteSink) async throws
}
