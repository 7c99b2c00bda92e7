public import ParlantCore

/// That nothing is left of a customer who was erased. Give each check a place that nobody has used.
public enum ErasureConformance {
    /// A place, and a way to look at what it keeps from outside.
    public struct Subject: Sendable {
        public var backend: any StoreBackend
        /// Where a text is found: in each byte of the place's files, or each value of its database. Called while the
        /// place is open. Empty: nowhere.
        public var traces: @Sendable (_ text: String) async throws -> [String]
        /// Customers who are kept beside the one that is erased; fewer for a slow place.
        public var crowd: Int

        public init(
            _ backend: any StoreBackend, crowd: Int = 40,
            traces: @escaping @Sendable (_ text: String) async throws -> [String]
        ) {
            self.backend = backend
            self.crowd = crowd
            self.traces = traces
        }
    }

    /// All rules.
    public static let checks: [ConformanceCheck<Subject>] = [
        .init("the sample has the marker in every field that a customer reaches") { _ in
            for record in MarkedCustomer().all { try MarkedCustomer.requireMarker(record) }
        },
        .init("no byte is left of a customer in a crowd, and nothing of the others is missing") { subject in
            let place = subject.backend
            try await crowd(subject.crowd, in: place)
            let before = try await RecordList(place.records, batch: 1000)
            let marked = MarkedCustomer()
            try await marked.put(into: place)
            try await crowd(subject.crowd, in: place, from: subject.crowd)
            try await marked.change(in: place.stores)
            try require(
                try await !subject.traces(MarkedCustomer.marker).isEmpty, "the search does not find what is there")
            let report = try await erasure(place).erase(marked.customer.id)
            try requireEqual(report.sessions, marked.sessions.count, "the sessions")
            try requireEqual(report.values, 1, "the values")
            try requireEqual(report.hadRecord, true, "whether there was a record")
            try requireEqual(report.remains, [], "what remains")
            try requireEqual(try await subject.traces(MarkedCustomer.marker), [], "where the marker still is")
            for number in subject.crowd..<2 * subject.crowd { try await remove(number, from: place.stores) }
            let after = try await RecordList(place.records, batch: 1000)
            if let difference = before.firstDifference(from: after) {
                throw ConformanceFailure(message: difference, line: #line)
            }
        },
        .init("an erasure that broke off anywhere is finished by asking again, and asking once more is fine") {
            subject in
            let place = subject.backend
            for step in 0..<8 {
                let marked = MarkedCustomer()
                try await marked.put(into: place)
                var stores = place.stores
                let fuse = Fuse(step)
                stores.sessions = BreakingSessionStore(inner: stores.sessions, fuse: fuse)
                stores.explanations = BreakingExplanationStore(inner: stores.explanations, fuse: fuse)
                let broken = CustomerErasure(stores) { try await place.scrub() }
                do { _ = try await broken.erase(marked.customer.id) } catch is BrokenOff {}
                _ = try await erasure(place).erase(marked.customer.id)
                let again = try await erasure(place).erase(marked.customer.id)
                try requireEqual(again, CustomerErasure.Report(), "what there was the last time")
                let traces = try await subject.traces(MarkedCustomer.marker)
                try requireEqual(traces, [], "where the marker still is after a break at step \(step)")
            }
        },
        .init("the guest cannot be erased, and nobody is changed by the attempt") { subject in
            try await crowd(1, in: subject.backend)
            let before = try await RecordList(subject.backend.records, batch: 1000)
            try await requireError(.protected, "erasing the guest") {
                try await erasure(subject.backend).erase(Customer.guestID)
            }
            try requireEqual(try await RecordList(subject.backend.records, batch: 1000) == before, true, "the same")
        },
    ]

    private static func erasure(_ place: any StoreBackend) -> CustomerErasure {
        CustomerErasure(place.stores) { try await place.scrub() }
    }

    /// Others, of all sizes, so that what is erased lies between them and has moved about.
    private static func crowd(_ count: Int, in place: any StoreBackend, from first: Int = 0) async throws {
        let stores = place.stores
        for number in first..<first + count {
            let customer = CustomerID("other\(number)")
            _ = try await stores.customers.create(
                CustomerDraft(id: customer, name: "N", metadata: ["plan": "free"], tags: ["t"]))
            let session = try await stores.sessions.create(
                SessionDraft(agentID: "a", customerID: customer, title: "T", labels: ["l"]))
            for size in [10, 300, 5000, 40, 20_000, 1000] {
                let text = String(repeating: "x", count: size + number)
                _ = try await stores.sessions.append(
                    EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": .string(text)]),
                    to: session.id)
            }
            try await stores.keyValues.set("k", to: ["v"], in: .customer(customer), lifetime: nil)
            try await stores.explanations.save(
                Explanation(session: session.id, traceID: "t", content: Array(#"{"because": "so"}"#.utf8)))
            try await stores.entities.values.save(
                VariableValue(
                    variable: "v", key: customer.rawValue, revision: "r", modifiedAt: Timestamp(microseconds: 1),
                    data: ["balance": .integer(Int64(number))]))
        }
    }

    private static func remove(_ number: Int, from stores: Stores) async throws {
        let customer = CustomerID("other\(number)")
        for session in try await stores.sessions.deleteAll(SessionQuery(customerID: customer)) {
            try await stores.explanations.deleteAll(of: session)
        }
        try await stores.keyValues.deleteAll(in: .customer(customer))
        try await stores.entities.values.delete(VariableValue.id("v", customer.rawValue))
        try await stores.customers.delete(customer)
    }
}
