public import ParlantCore

/// Exports customers as zip files with JSON in them that people can read.
public struct CustomerArchive: CustomerExporter {
    private let stores: Stores
    private let clock: any TimeSource

    /// - Parameters:
    ///   - stores: Where everything is; customers may be outside.
    ///   - clock: Says when an export was made.
    public init(_ stores: Stores, clock: any TimeSource) {
        self.stores = stores
        self.clock = clock
    }

    public func prepare(_ id: CustomerID) async throws -> any CustomerExport {
        guard id != Customer.guestID else {
            throw StoreError(
                .protected, entity: "customer", id: id.rawValue,
                message: "the guest is everybody that nobody knows and cannot be exported; read sessions instead")
        }
        do {
            _ = try await stores.customers.read(id)
        } catch let error as StoreError where error.code == .notFound || error.code == .notOffered {
            // Sessions may name customers that nobody has registered.
            guard try await isKnown(id) else { throw StoreError.notFound("customer", id) }
        }
        return ZippedCustomer(id: id, stores: stores, moment: clock.now)
    }

    private func isKnown(_ id: CustomerID) async throws -> Bool {
        let sessions = SessionQuery(customerID: id, page: PageRequest(limit: 1))
        if try await !stores.sessions.list(sessions).items.isEmpty { return true }
        if try await !stores.keyValues.entries(in: .customer(id)).isEmpty { return true }
        if try await Knowledge(stores.entities).isKnown(id) { return true }
        return try await !stores.entities.values.list(anyOf: [VariableValue.holder(VariableValue.key(id))]).isEmpty
    }
}

/// What is kept of one customer, as a zip file.
private struct ZippedCustomer: CustomerExport {
    let id: CustomerID
    let stores: Stores
    let moment: Timestamp

    var fileName: String { "customer-\(ArchiveFile.name(id.rawValue)).zip" }
    var contentType: String { "application/zip" }

    func write(to sink: ByteSink) async throws {
        try await withoutActuallyEscaping(sink) { sink in
            let file = try ArchiveFile(at: moment, sink)
            try await file.begin("README.txt")
            try await file.add(introduction)
            for part in ArchivePart.all { try await part.write(id, stores, file) }
            try await file.finish()
        }
    }

    private var introduction: String {
        let width = ArchivePart.all.map(\.path.count).max() ?? 0
        let parts = ArchivePart.all.map { part in
            "  \(part.path)\(String(repeating: " ", count: width - part.path.count))  \(part.about)\n"
        }
        return """
            Everything that this server keeps of the customer '\(id)', as of \(moment).

            \(parts.joined())
            A file that is missing means that there is nothing of its kind. All files but this one are JSON. Moments
            are in UTC. In names of files, characters other than letters, digits, - and _ are written as %2E.

            """
    }
}
