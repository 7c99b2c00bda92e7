public import ParlantCore

/// What every ``SessionStore`` keeps. Give each check a store of its own.
public enum SessionStoreConformance {
    /// All rules.
    public static let checks: [ConformanceCheck<any SessionStore>] =
        entity + lists + events + changes + turns + concurrency

    private static let entity: [ConformanceCheck<any SessionStore>] = [
        .init("a session comes back as it was created, in mode auto") { store in
            let draft = SessionDraft(
                agentID: "a", customerID: "c", title: "T", metadata: ["m": [1, .null]], labels: ["l2", "l1"])
            let made = try await store.create(draft)
            try requireEqual(
                made,
                Session(
                    id: made.id, agentID: "a", customerID: "c", createdAt: made.createdAt, title: "T",
                    consumptionOffsets: ["client": 0], metadata: ["m": [1, .null]], labels: ["l2", "l1"]),
                "the session")
            try requireEqual(try await store.read(made.id), made, "the session that was read")
        },
        .init("an unknown session is not found, by any verb") { store in
            try await requireError(.notFound, "read") { try await store.read("none") }
            try await requireError(.notFound, "update") { try await store.update("none", .init(title: "T")) }
            try await requireError(.notFound, "delete") { try await store.delete("none") }
            try await requireError(.notFound, "append") { try await store.append(message("m"), to: "none") }
            try await requireError(.notFound, "events") { try await store.events(of: "none", matching: .init()) }
            try await requireError(.notFound, "event") { try await store.event("e", of: "none") }
        },
        .init("an update changes what it names and nothing else") { store in
            let made = try await store.create(
                SessionDraft(agentID: "a", title: "Old", metadata: ["x": 1, "y": 2], labels: ["l1", "l2"]))
            let change = SessionChange(
                agentID: "b", customerID: "c", title: "", mode: .manual, consumptionOffsets: ["client": 7],
                metadata: .init(set: ["z": 3], unset: ["x", "unknown"]), addLabels: ["l3", "l2"],
                removeLabels: ["l1", "unknown"],
                agentState: AgentState(appliedGuidelines: ["g1"], journeys: ["j": JourneyPlace(path: ["s1", "s2"])]))
            var expected = made
            expected.agentID = "b"
            expected.customerID = "c"
            expected.title = ""
            expected.mode = .manual
            expected.consumptionOffsets = ["client": 7]
            expected.metadata = ["y": 2, "z": 3]
            expected.labels = ["l2", "l3"]
            expected.agentState = AgentState(
                appliedGuidelines: ["g1"], journeys: ["j": JourneyPlace(path: ["s1", "s2"])])
            try requireEqual(try await store.update(made.id, change), expected, "the answer of update")
            try requireEqual(try await store.read(made.id), expected, "the session afterwards")
            try requireEqual(try await store.update(made.id, .init()), expected, "an update that names nothing")
        },
        .init("a change that has limits is refused whole beyond them, also among others at the same time") { store in
            let made = try await store.create(SessionDraft(agentID: "a", metadata: ["x": 1], labels: ["l1"]))
            var limits = MetadataLimits()
            (limits.bytes, limits.labelsBytes) = (20, 20)
            for change in [
                SessionChange(title: "T", metadata: .init(set: ["y": "1234567890"]), limits: limits),
                SessionChange(title: "T", addLabels: ["1234567890123"], limits: limits),
            ] {
                try await requireError(.tooLarge, "update") { try await store.update(made.id, change) }
            }
            try requireEqual(try await store.read(made.id), made, "the session after refusals")
            let added = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<9 {
                    let change = SessionChange(addLabels: ["m\(number)"], limits: limits)
                    group.addTask { (try? await store.update(made.id, change)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try requireEqual(added, 2, "changes that fit")
            try requireEqual(try await store.read(made.id).labels.count, 3, "labels")
        },
        .init("a deleted session is gone with all its events") { store in
            let session = try await store.create(SessionDraft(agentID: "a"))
            let other = try await store.create(SessionDraft(agentID: "a"))
            let event = try await store.append(message("m"), to: session.id)
            try await store.delete(session.id)
            try await requireError(.notFound, "read") { try await store.read(session.id) }
            try await requireError(.notFound, "events") {
                try await store.events(of: session.id, matching: .init())
            }
            try await requireError(.notFound, "event") { try await store.event(event.id, of: session.id) }
            try await requireError(.notFound, "append") { try await store.append(message("m"), to: session.id) }
            try requireEqual(try await listedIDs(store, .init()), [other.id], "the sessions that are left")
        },
    ]

    private static let lists: [ConformanceCheck<any SessionStore>] = [
        .init("a list is in order of creation, or against it, with times that strictly increase") { store in
            let made = try await fill(store, 20)
            try requireEqual(try await listedIDs(store, .init()), made, "ascending")
            let descending = SessionQuery(page: .init(direction: .descending))
            try requireEqual(try await listedIDs(store, descending), made.reversed(), "descending")
            let times = try await store.list(.init()).items.map(\.createdAt)
            try require(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "two sessions share a time")
        },
        .init("pages of any size, in both directions, give each session once") { store in
            let made = try await fill(store, 7)
            for limit in 1...8 {
                for direction in PageRequest.Direction.allCases {
                    let items = try await collectPages(limit: limit, direction: direction) { page in
                        try await store.list(SessionQuery(page: page))
                    }
                    let expected = direction == .ascending ? made : made.reversed()
                    try requireEqual(items.map(\.id), expected, "pages of \(limit), \(direction)")
                }
            }
        },
        .init("a cursor keeps working when its session is deleted") { store in
            let made = try await fill(store, 5)
            let page = try await store.list(SessionQuery(page: .init(limit: 2)))
            try await store.delete(made[1])
            let rest = try await listedIDs(store, SessionQuery(page: .init(cursor: page.nextCursor)))
            try requireEqual(rest, Array(made[2...]), "what follows")
        },
        .init("labels that look the same and have other bytes are different labels") { store in
            let one = try await store.create(SessionDraft(agentID: "a", labels: ["caf\u{E9}"])).id
            let two = try await store.create(SessionDraft(agentID: "a", labels: ["cafe\u{301}"])).id
            try requireEqual(try await listedIDs(store, .init(labels: ["caf\u{E9}"])), [one], "one spelling")
            try requireEqual(try await listedIDs(store, .init(labels: ["cafe\u{301}"])), [two], "the other spelling")
            try await store.delete(two)
            try requireEqual(try await listedIDs(store, .init(labels: ["caf\u{E9}"])), [one], "what is left")
            try requireEqual(try await listedIDs(store, .init(labels: ["cafe\u{301}"])), [], "what was deleted")
        },
        .init("a list by agent, customer and labels has those where all of it holds") { store in
            let one = try await store.create(SessionDraft(agentID: "a", customerID: "c", labels: ["x", "y"])).id
            let two = try await store.create(SessionDraft(agentID: "a", customerID: "d", labels: ["x"])).id
            let three = try await store.create(SessionDraft(agentID: "b", customerID: "c")).id
            try requireEqual(try await listedIDs(store, .init(agentID: "a")), [one, two], "by agent")
            try requireEqual(try await listedIDs(store, .init(customerID: "c")), [one, three], "by customer")
            try requireEqual(try await listedIDs(store, .init(labels: ["x"])), [one, two], "by one label")
            try requireEqual(try await listedIDs(store, .init(labels: ["y", "x"])), [one], "by two labels")
            try requireEqual(try await listedIDs(store, .init(agentID: "b", labels: ["x"])), [], "by what nobody has")
        },
        .init("pages of a filtered list are full and complete") { store in
            var expected: [SessionID] = []
            for number in 0..<9 {
                let session = try await store.create(
                    SessionDraft(agentID: "a", labels: number % 3 == 0 ? [] : ["wanted"]))
                if number % 3 != 0 { expected.append(session.id) }
            }
            let first = try await store.list(SessionQuery(labels: ["wanted"], page: .init(limit: 4)))
            try requireEqual(first.items.count, 4, "the first page")
            try requireEqual(first.totalCount, 6, "the total")
            let items = try await collectPages(limit: 4) { page in
                try await store.list(SessionQuery(labels: ["wanted"], page: page))
            }
            try requireEqual(items.map(\.id), expected, "all pages")
        },
    ]

    private static let events: [ConformanceCheck<any SessionStore>] = [
        .init("an event comes back as it was appended") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let draft = EventDraft(
                source: .humanAgent, kind: .custom, traceID: "t", data: ["a": [1, 2.5, .null], "ü": "€"],
                metadata: ["k": true])
            let event = try await store.append(draft, to: session)
            let expected = Event(
                id: event.id, source: .humanAgent, kind: .custom, offset: 0, createdAt: event.createdAt,
                traceID: "t", data: draft.data, metadata: draft.metadata)
            try requireEqual(event, expected, "the event")
            try requireEqual(try await store.event(event.id, of: session), expected, "the event that was read")
            try requireEqual(try await store.events(of: session, matching: .init()), [expected], "the list")
        },
        .init("offsets are dense from 0 in each session, and times never decrease") { store in
            let sessions = try await fill(store, 3)
            for number in 0..<30 { _ = try await store.append(message("\(number)"), to: sessions[number % 3]) }
            for session in sessions {
                let events = try await store.events(of: session, matching: .init())
                try requireEqual(events.map(\.offset), Array(0..<10), "the offsets")
                let times = events.map(\.createdAt)
                try require(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "time went back")
            }
        },
        .init("an event is not found through another session") { store in
            let sessions = try await fill(store, 2)
            let event = try await store.append(message("m"), to: sessions[0])
            try await requireError(.notFound, "another session") { try await store.event(event.id, of: sessions[1]) }
            try await requireError(.notFound, "an unknown event") { try await store.event("none", of: sessions[0]) }
        },
        .init("events are filtered by offset, kind, source and trace, all of which must hold") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let drafts: [(Event.Source, Event.Kind, TraceID)] = [
                (.customer, .message, "t1"), (.aiAgent, .status, "t1"), (.aiAgent, .message, "t1"),
                (.customer, .message, "t2"), (.aiAgent, .tool, "t2"), (.system, .custom, "t2"),
            ]
            for (source, kind, trace) in drafts {
                let draft = EventDraft(source: source, kind: kind, traceID: trace, data: ["x": 1])
                _ = try await store.append(draft, to: session)
            }
            let cases: [(EventQuery, [Int])] = [
                (.init(), [0, 1, 2, 3, 4, 5]), (.init(minOffset: 4), [4, 5]), (.init(minOffset: 6), []),
                (.init(minOffset: 1_000_000), []), (.init(minOffset: -5), [0, 1, 2, 3, 4, 5]),
                (.init(kinds: [.message]), [0, 2, 3]), (.init(kinds: [.tool, .status]), [1, 4]),
                (.init(source: .aiAgent), [1, 2, 4]), (.init(traceID: "t2"), [3, 4, 5]),
                (.init(minOffset: 1, kinds: [.message], source: .customer, traceID: "t2"), [3]),
                (.init(kinds: [.status], source: .customer), []),
            ]
            for (query, offsets) in cases {
                let found = try await store.events(of: session, matching: query)
                try requireEqual(found.map(\.offset), offsets, "events for \(query)")
            }
        },
        .init("an update of a session leaves its events alone") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let event = try await store.append(message("m"), to: session)
            _ = try await store.update(session, .init(customerID: "c", mode: .manual))
            try requireEqual(try await store.events(of: session, matching: .init()), [event], "the events")
        },
    ]

    private static let concurrency: [ConformanceCheck<any SessionStore>] = [
        .init("1,000 appends at once get dense offsets, each its own id, and none is lost") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let appended = try await withThrowingTaskGroup(of: Event.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await store.append(message("\(number)"), to: session) }
                }
                return try await group.reduce(into: [Event]()) { $0.append($1) }
            }
            try requireEqual(appended.map(\.offset).sorted(), Array(0..<1000), "the offsets that were returned")
            let stored = try await store.events(of: session, matching: .init())
            try requireEqual(stored.map(\.offset), Array(0..<1000), "the offsets that were stored")
            try requireEqual(Set(stored.map(\.id)).count, 1000, "different ids")
            try requireEqual(stored, appended.sorted { $0.offset < $1.offset }, "the events that were stored")
        },
        .init("a reader beside writers sees a prefix of the log") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask { _ = try await store.append(message("\(number)"), to: session) }
                    group.addTask {
                        let offsets = try await store.events(of: session, matching: .init()).map(\.offset)
                        try requireEqual(offsets, Array(0..<offsets.count), "a reading of the log")
                    }
                }
                try await group.waitForAll()
            }
        },
        .init("200 updates at once are all kept") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask { _ = try await store.update(session, .init(addLabels: ["l\(number)"])) }
                }
                try await group.waitForAll()
            }
            try requireEqual(try await store.read(session).labels.count, 200, "labels")
        },
        .init("an append beside the deletion either is kept and deleted, or is not found") { store in
            for _ in 0..<20 {
                let session = try await store.create(SessionDraft(agentID: "a")).id
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<5 { group.addTask { _ = try? await store.append(message("m"), to: session) } }
                    group.addTask { try? await store.delete(session) }
                }
                try await requireError(.notFound, "events") {
                    try await store.events(of: session, matching: .init())
                }
            }
        },
    ]

    static func message(_ text: String, _ traceID: TraceID = "t") -> EventDraft {
        EventDraft(
            source: .customer, kind: .message, traceID: traceID,
            data: EventData.customerMessage(text, from: Participant(id: "c", displayName: "C")))
    }

    static func fill(_ store: any SessionStore, _ count: Int) async throws -> [SessionID] {
        var ids: [SessionID] = []
        for _ in 0..<count { ids.append(try await store.create(SessionDraft(agentID: "a")).id) }
        return ids
    }

    static func listedIDs(_ store: any SessionStore, _ query: SessionQuery) async throws -> [SessionID] {
        try await store.list(query).items.map(\.id)
    }
}
