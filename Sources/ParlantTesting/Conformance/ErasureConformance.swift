public import ParlantCore
import Synchronization

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
                stores.sessions = BreakingSessionStore(base: stores.sessions, fuse: fuse)
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
        .init("a session that is handed to another customer while those before it are erased stays as it is") {
            subject in
            let (sessions, customer) = (subject.backend.stores.sessions, CustomerID("leaving"))
            var made: [SessionID] = []
            for _ in 0..<2 {
                let id = try await sessions.create(SessionDraft(agentID: "a", customerID: customer)).id
                _ = try await sessions.append(
                    EventDraft(source: .customer, kind: .message, traceID: "t", data: ["message": "m"]), to: id)
                made.append(id)
            }
            let handing = HandingOver(sessions: sessions, all: made)
            let erasure = CustomerErasure(subject.backend.stores, sessions: handing) {
                try await subject.backend.scrub()
            }
            try requireEqual(try await erasure.erase(customer).sessions, 1, "the sessions that were erased")
            let left = try await sessions.list(SessionQuery()).items
            try requireEqual(left.map(\.customerID), ["other"], "whose session is left")
            try requireEqual(left.map { made.contains($0.id) }, [true], "whether it is one of the two")
            for session in left {
                let events = try await sessions.events(of: session.id, matching: .init())
                try requireEqual(events.count, 1, "its events")
                try requireEqual(handing.ended.contains(session.id), false, "whether its turns were ended")
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
        for session in try await stores.sessions.list(SessionQuery(customerID: customer)).items {
            try await stores.sessions.delete(session.id)
            try await stores.explanations.deleteAll(of: session.id)
        }
        try await stores.keyValues.deleteAll(in: .customer(customer))
        try await stores.entities.values.delete(VariableValue.id("v", customer.rawValue))
        try await stores.customers.delete(customer)
    }
}

/// Sessions of a server on which all others are handed to another customer when one is removed.
private final class HandingOver: RunningSessions {
    private let sessions: any SessionStore
    private let all: [SessionID]
    private let turns = Mutex<Set<SessionID>>([])

    init(sessions: any SessionStore, all: [SessionID]) {
        self.sessions = sessions
        self.all = all
    }

    /// Sessions whose turns were ended.
    var ended: Set<SessionID> { turns.withLock { $0 } }

    func endTurns(in id: SessionID) async { turns.withLock { _ = $0.insert(id) } }

    func deleteSession(_ id: SessionID) async throws {
        try await sessions.delete(id)
        for other in all where other != id { _ = try await sessions.update(other, SessionChange(customerID: "other")) }
    }

    func forgetCustomer(_ id: CustomerID) async throws {}
}
