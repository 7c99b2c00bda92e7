/// Removes everything that is kept of one customer, from all stores, and what memory has of them.
///
/// What was removed stays removed whatever happens next, and the customer's own record goes last: an erasure that broke
/// off is finished by asking for it again.
public struct CustomerErasure: Sendable {
    /// What there was, and what is out of reach.
    public struct Report: Sendable, Equatable {
        /// Sessions that were removed, with their events, explanations and entries.
        public var sessions = 0
        /// Values of variables that were removed.
        public var values = 0
        /// Documents that were removed.
        public var documents = 0
        /// Memories that were removed.
        public var memories = 0
        /// Whether there was a record of the customer, and it was removed.
        public var hadRecord = false
        /// What is gone that was not the customer's alone, in sentences: files from which no part can be taken.
        public var alsoRemoved: [String] = []
        /// What could not be removed, in sentences with the remedy. Empty: nothing is left in the stores.
        public var remains: [String] = []

        /// Nothing was there.
        public init() {}
    }

    /// How far it is.
    public struct Progress: Sendable, Equatable {
        /// Sessions that are removed.
        public var done: Int
        /// Sessions that there are.
        public var total: Int
    }

    /// Sessions that are looked up at a time.
    private static let batch = 50

    private let stores: Stores
    private let sessions: (any RunningSessions)?
    private let scrub: @Sendable () async throws -> [String]

    /// - Parameters:
    ///   - stores: The stores of the server; customers are where it keeps them, be it outside.
    ///   - sessions: The sessions of a running server. Nil: nobody uses the stores.
    ///   - scrub: Overwrites what was deleted, see ``StoreBackend/scrub()``, in all places.
    public init(
        _ stores: Stores, sessions: (any RunningSessions)? = nil,
        scrub: @escaping @Sendable () async throws -> [String]
    ) {
        self.stores = stores
        self.sessions = sessions
        self.scrub = scrub
    }

    /// Erases a customer. Nothing there is fine.
    ///
    /// Turns in their sessions are cancelled and waited for at all servers, readers get `notFound`. Sessions that were
    /// once handed to another customer are that customer's.
    ///
    /// - Parameter report: Told how far it is.
    /// - Throws: ``StoreError`` `protected` for the guest; what sessions and stores throw, then a part is erased.
    /// - Complexity: O(sessions and events of the customer), and what scrubbing takes.
    public func erase(
        _ id: CustomerID, _ report: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Report {
        guard id != Customer.guestID else {
            throw StoreError(
                .protected, entity: "customer", id: id.rawValue,
                message: "the guest is everybody that nobody knows and cannot be erased; delete sessions instead")
        }
        var result = Report()
        try await eraseSessions(of: id, &result, report)
        for value in try await stores.entities.values.list(anyOf: [VariableValue.holder(VariableValue.key(id))]) {
            if try await Self.there({ try await stores.entities.values.delete(value.entity.id) }) { result.values += 1 }
        }
        (result.documents, result.memories) = try await Knowledge(stores.entities).deleteAll(of: .customer(id))
        try await stores.keyValues.deleteAll(in: .customer(id))
        try await sessions?.forgetCustomer(id)
        do {
            result.hadRecord = try await Self.there { try await stores.customers.delete(id) }
        } catch let error as StoreError where error.code == .notOffered {
            result.remains.append(error.message)
        }
        // What came in between; whoever comes later finds no customer.
        let late = try await Knowledge(stores.entities).deleteAll(of: .customer(id))
        result.documents += late.documents
        result.memories += late.memories
        try await sessions?.forgetCustomer(id)
        result.alsoRemoved = try await scrub()
        return result
    }

    private func eraseSessions(
        of id: CustomerID, _ result: inout Report, _ report: (Progress) -> Void
    ) async throws {
        while true {
            // From the beginning each time: those before are gone, and new ones may have come.
            let page = try await stores.sessions.list(
                SessionQuery(customerID: id, page: PageRequest(limit: Self.batch)))
            guard !page.items.isEmpty else { return }
            let total = result.sessions + page.totalCount
            for session in page.items {
                if try await erase(session.id, of: id) { result.sessions += 1 }
                report(Progress(done: result.sessions, total: max(total, result.sessions)))
            }
        }
    }

    /// - Returns: Whether it was there, and still the customer's.
    private func erase(_ id: SessionID, of customer: CustomerID) async throws -> Bool {
        // Before the turns end, which are another's if it is; and after, which may take long.
        guard try await !isOfAnother(id, than: customer) else { return false }
        guard let sessions else {
            // Before the session itself: without it nobody would find them after a crash.
            try await stores.explanations.deleteAll(of: id)
            try await stores.keyValues.deleteAll(in: .session(id))
            return try await Self.there { try await stores.sessions.delete(id) }
        }
        try await sessions.endTurns(in: id)
        guard try await !isOfAnother(id, than: customer) else { return false }
        return try await Self.there { try await sessions.deleteSession(id) }
    }

    /// Whether it was handed to another customer since it was listed. One that is gone was not: what belongs to it may be
    /// left.
    private func isOfAnother(_ id: SessionID, than customer: CustomerID) async throws -> Bool {
        do {
            return try await stores.sessions.read(id).customerID != customer
        } catch let error as StoreError where error.code == .notFound {
            return false
        }
    }

    /// - Returns: False when what `delete` deletes was not there.
    private static func there(_ delete: () async throws -> Void) async throws -> Bool {
        do {
            try await delete()
            return true
        } catch let error as StoreError where error.code == .notFound {
            return false
        }
    }
}

/// Sessions in which turns run and readers wait.
public protocol RunningSessions: Sendable {
    /// Cancels the session's turn and all that wait behind it, at other servers too, and returns when none runs.
    ///
    /// - Throws: An error with the remedy when another server does not end one in time.
    func endTurns(in id: SessionID) async throws
    /// Ends the session's turns, removes the session with its events, explanations and what scripts keep for it, and ends
    /// the waits on it. What belongs to it goes also when it is not there any more.
    ///
    /// - Throws: ``StoreError`` `notFound`; what ``endTurns(in:)`` and the stores throw: then asking again goes on.
    func deleteSession(_ id: SessionID) async throws
    /// Forgets what memory has of a customer.
    func forgetCustomer(_ id: CustomerID) async throws
}
