public import ParlantCore

/// What every ``StoreBackend`` keeps when everything is moved to another place. Give each check two places that nobody
/// has used.
public enum TransferConformance {
    /// Two empty places, and the clock by which lifetimes run in both.
    public struct Subject: Sendable {
        public var source: any StoreBackend
        public var target: any StoreBackend
        public var clock: ManualClock

        /// From one place to the other; either may be the one that is tested.
        public init(from source: any StoreBackend, to target: any StoreBackend, _ clock: ManualClock) {
            self.source = source
            self.target = target
            self.clock = clock
        }
    }

    /// All rules.
    public static let checks: [ConformanceCheck<Subject>] = moving + refusing + restoring

    private static let moving: [ConformanceCheck<Subject>] = [
        .init("all records of all kinds arrive as they were, in the same order, and are counted") { subject in
            try await fill(subject.source.stores)
            let before = try await RecordList(subject.source.records, batch: 1000)
            try requireEqual(before.counts.values.contains(0), false, "whether the sample lacks a kind")
            var told: [StoreMigration.Progress] = []
            let moved = try await StoreMigration(from: subject.source, to: subject.target).run { told.append($0) }
            try await requireSame(subject.target.records, before, "what arrived")
            try await requireSame(subject.source.records, before, "what was there")
            let total = before.counts.values.reduce(0, +)
            try requireEqual(moved.map(\.count).reduce(0, +), total, "the number of records")
            try requireEqual(told.last?.done, total, "what was told last")
            try requireEqual(told.last?.total, total, "the total")
        },
        .init("what arrived is found by every list, filter and look-up") { subject in
            try await fill(subject.source.stores)
            _ = try await StoreMigration(from: subject.source, to: subject.target).run { _ in }
            let (old, new) = (subject.source.stores, subject.target.stores)
            for query in [CustomerQuery(), CustomerQuery(tags: ["t"]), CustomerQuery(metadata: ["n": 1])] {
                let expected = try await old.customers.list(query).items.filter { !$0.isGuest }
                let found = try await new.customers.list(query).items.filter { !$0.isGuest }
                try requireEqual(found, expected, "customers")
            }
            let queries = [
                SessionQuery(), SessionQuery(agentID: "a"), SessionQuery(customerID: "c1"), SessionQuery(labels: ["l"]),
            ]
            for query in queries {
                let sessions = try await old.sessions.list(query).items
                try requireEqual(try await new.sessions.list(query).items, sessions, "sessions")
                for session in sessions {
                    let events = try await old.sessions.events(of: session.id, matching: EventQuery())
                    let found = try await new.sessions.events(of: session.id, matching: EventQuery())
                    try requireEqual(found, events, "events")
                    for event in events {
                        try requireEqual(try await new.sessions.event(event.id, of: session.id), event, "an event")
                    }
                    let traces = try await old.explanations.traces(of: session.id)
                    try requireEqual(try await new.explanations.traces(of: session.id), traces, "explained turns")
                }
            }
            let tag = try await new.tags.list(name: "vip")
            try requireEqual(tag, try await old.tags.list(name: "vip"), "the tag by its name")
            let owner = VariableValue.holder("c1")
            let values = try await old.entities.values.list(anyOf: [owner])
            try requireEqual(values.count, 2, "the values for a key before")
            try requireEqual(try await new.entities.values.list(anyOf: [owner]), values, "the values for a key")
        },
        .init("what is created afterwards comes after all that arrived, and offsets go on") { subject in
            try await fill(subject.source.stores)
            _ = try await StoreMigration(from: subject.source, to: subject.target).run { _ in }
            let (old, new) = (subject.source.stores, subject.target.stores)
            for session in try await old.sessions.list(SessionQuery()).items {
                let draft = EventDraft(source: .system, kind: .custom, traceID: "t", data: "next")
                let expected = try await old.sessions.append(draft, to: session.id)
                let event = try await new.sessions.append(draft, to: session.id)
                try requireEqual(event.offset, expected.offset, "the next offset of '\(session.title ?? "")'")
                try requireEqual(event.createdAt, expected.createdAt, "the next moment")
            }
            let customer = try await new.customers.create(CustomerDraft(name: "N"))
            try requireEqual(try await new.customers.list(.init()).items.last, customer, "the last customer")
            let session = try await new.sessions.create(SessionDraft(agentID: "a"))
            try requireEqual(try await new.sessions.list(.init()).items.last, session, "the last session")
            let tag = try await new.tags.create(name: "new")
            try requireEqual(try await new.tags.list(name: nil).last, tag, "the last tag")
            let term = try await new.entities.terms.create(Term(id: "new", name: "n", description: "d"))
            try requireEqual(try await new.entities.terms.list().last, term, "the last term")
        },
        .init("lifetimes go on, and the limits of a scope count what arrived") { subject in
            let scope = KeyValueScope.customer("c")
            try await subject.source.stores.keyValues.set("short", to: 1, in: scope, lifetime: .seconds(10))
            try await subject.source.stores.keyValues.set("long", to: "x", in: scope, lifetime: nil)
            _ = try await StoreMigration(from: subject.source, to: subject.target).run { _ in }
            let store = subject.target.stores.keyValues
            try requireEqual(try await store.read("short", in: scope), 1, "before its end")
            subject.clock.advance(by: .seconds(10))
            try requireEqual(try await store.read("short", in: scope), nil, "at its end")
            try requireEqual(try await store.entries(in: scope).map(\.key), ["long"], "the entries")
            try requireEqual(try await store.increment("n", by: 2, in: scope), 2, "a new counter")
            try await store.deleteAll(in: scope)
            try requireEqual(try await store.entries(in: scope), [], "after all were deleted")
        },
    ]

    private static let refusing: [ConformanceCheck<Subject>] = [
        .init("a target that is not empty is refused and stays as it was") { subject in
            try await fill(subject.source.stores)
            _ = try await subject.target.stores.tags.create(name: "there")
            let before = try await RecordList(subject.target.records, batch: 1000)
            try await requireError(.alreadyExists, "the migration") {
                try await StoreMigration(from: subject.source, to: subject.target).run { _ in }
            }
            try await requireSame(subject.target.records, before, "the target")
        },
        .init("a migration that broke off marks its target, and begins anew when it is repeated") { subject in
            try await fill(subject.source.stores)
            let migration = StoreMigration(from: subject.source, to: subject.target)
            let isClean = try await StoreMigration.isUnfinished(in: subject.target)
            try requireEqual(isClean, false, "whether an empty place is unfinished")
            let broken = Task { try await migration.run { _ in withUnsafeCurrentTask { $0?.cancel() } } }
            _ = await broken.result
            try requireEqual(try await StoreMigration.isUnfinished(in: subject.target), true, "the mark")
            try await requireError(.damaged, "moving on from there") {
                try await StoreMigration(from: subject.target, to: subject.source).run { _ in }
            }
            let gone = try await subject.source.stores.customers.list(.init()).items.last
            if let gone { try await subject.source.stores.customers.delete(gone.id) }
            let before = try await RecordList(subject.source.records, batch: 1000)
            _ = try await migration.run { _ in }
            try requireEqual(try await StoreMigration.isUnfinished(in: subject.target), false, "the mark afterwards")
            try await requireSame(subject.target.records, before, "what arrived")
        },
    ]

    private static let restoring: [ConformanceCheck<Subject>] = [
        .init("records come in the same order whatever the size of a batch") { subject in
            try await fill(subject.source.stores)
            let whole = try await RecordList(subject.source.records, batch: 1000)
            for batch in [1, 2, 3] {
                let parts = try await RecordList(subject.source.records, batch: batch)
                try requireEqual(parts == whole, true, "whether batches of \(batch) are the same")
            }
        },
        .init("a record that is written twice is there once") { subject in
            try await fill(subject.source.stores)
            let before = try await RecordList(subject.source.records, batch: 1000)
            for copy in subject.source.records.copies(to: subject.target.records) {
                try await copy.run { _ in }
                try await copy.run { _ in }
            }
            try await requireSame(subject.target.records, before, "what was written twice")
        },
        .init("nothing is left of records that were removed, and their ids are free") { subject in
            try await fill(subject.source.stores)
            for kind in subject.source.records.kinds { try await kind.removeAllRecords() }
            let after = try await RecordList(subject.source.records, batch: 1000)
            try requireEqual(after.counts.values.allSatisfy { $0 == 0 }, true, "whether nothing is left")
            let stores = subject.source.stores
            try requireEqual(try await stores.customers.list(.init()).items.map(\.id), ["guest"], "customers")
            _ = try await stores.customers.create(CustomerDraft(id: "c1", name: "N", tags: ["t"]))
            try requireEqual(try await stores.customers.list(.init(tags: ["t"])).items.count, 1, "by tag")
            _ = try await stores.tags.create(name: "vip")
        },
    ]

    private static func requireSame(
        _ records: StoreRecords, _ expected: RecordList, _ what: String, line: Int = #line
    ) async throws {
        let found = try await RecordList(records, batch: 1000)
        for (kind, count) in expected.counts {
            try requireEqual(found.counts[kind], count, "\(what), number of \(kind)", line: line)
        }
        if let difference = expected.firstDifference(from: found) {
            throw ConformanceFailure(message: "\(what): \(difference)", line: line)
        }
    }
}
