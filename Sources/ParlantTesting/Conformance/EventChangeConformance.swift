import ParlantCore

/// Events that are changed in place, and events that are deleted.
extension SessionStoreConformance {
    static let changes: [ConformanceCheck<any SessionStore>] = updates + deletions

    private static let updates: [ConformanceCheck<any SessionStore>] = [
        .init("an update of an event changes what it names, and counts the revision up each time") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            _ = try await store.append(message("first"), to: session)
            let draft = EventDraft(
                source: .aiAgent, kind: .message, traceID: "t", data: ["message": "a"], metadata: ["x": 1, "y": 2])
            var expected = try await store.append(draft, to: session)
            _ = try await store.append(message("last"), to: session)
            expected.metadata = ["y": 3, "z": ["n": .null]]
            expected.revision = 1
            let metadata = MetadataChange(set: ["y": 3, "z": ["n": .null]], unset: ["x", "unknown"])
            let annotated = try await store.update(expected.id, of: session, EventChange(metadata: metadata))
            try requireEqual(annotated, expected, "the answer of the first update")
            expected.data = ["message": "ab", "chunks": ["a", "b", .null]]
            expected.revision = 2
            let grown = try await store.update(expected.id, of: session, EventChange(data: expected.data))
            try requireEqual(grown, expected, "the answer of the second update")
            try requireEqual(try await store.event(expected.id, of: session), expected, "the event that was read")
            let listed = try await store.events(of: session, matching: .init())
            try requireEqual(listed[1], expected, "the event in the list")
            try requireEqual(listed.map(\.offset), [0, 1, 2], "the offsets")
        },
        .init("an update of an unknown event, or through another session, is not found") { store in
            let sessions = try await fill(store, 2)
            let event = try await store.append(message("m"), to: sessions[0])
            let change = EventChange(metadata: .init(set: ["a": 1]))
            for (id, session) in [(EventID("none"), sessions[0]), (event.id, sessions[1]), (event.id, "none")] {
                try await requireError(.notFound, "\(id) of \(session)") {
                    try await store.update(id, of: session, change)
                }
            }
            try requireEqual(try await store.event(event.id, of: sessions[0]), event, "the event")
        },
        .init("200 updates of one event at once are all kept") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let event = try await store.append(message("m"), to: session).id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    let change = EventChange(metadata: .init(set: ["k\(number)": 1]))
                    group.addTask { _ = try await store.update(event, of: session, change) }
                }
                try await group.waitForAll()
            }
            let changed = try await store.event(event, of: session)
            try requireEqual(changed.metadata.count, 200, "metadata keys")
            try requireEqual(changed.revision, 200, "the revision")
        },
        .init("a limit gives the first events that match") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            for number in 0..<10 {
                let kind: Event.Kind = number % 2 == 0 ? .custom : .status
                let draft = EventDraft(source: .system, kind: kind, traceID: "t", data: 1)
                _ = try await store.append(draft, to: session)
            }
            let cases: [(EventQuery, [Int])] = [
                (.init(limit: 3), [0, 1, 2]), (.init(minOffset: 8, limit: 3), [8, 9]), (.init(limit: 0), []),
                (.init(minOffset: 1, kinds: [.custom], limit: 2), [2, 4]),
                (.init(limit: 3, takesLast: true), [7, 8, 9]),
                (.init(minOffset: 8, limit: 3, takesLast: true), [8, 9]),
                (.init(limit: 0, takesLast: true), []), (.init(minOffset: 8, takesLast: true), [8, 9]),
                (.init(minOffset: 1, kinds: [.custom], limit: 2, takesLast: true), [6, 8]),
            ]
            for (query, offsets) in cases {
                let found = try await store.events(of: session, matching: query)
                try requireEqual(found.map(\.offset), offsets, "events for \(query)")
            }
        },
    ]

    private static let deletions: [ConformanceCheck<any SessionStore>] = [
        .init("deleted events are gone from every reading, and their offsets are not used again") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            var events: [Event] = []
            for number in 0..<5 { events.append(try await store.append(message("\(number)"), to: session)) }
            try await store.deleteEvents(of: session, from: 3)
            try requireEqual(
                try await store.events(of: session, matching: .init()), Array(events[..<3]), "what is left")
            try await requireError(.notFound, "read") { try await store.event(events[3].id, of: session) }
            try await requireError(.notFound, "update") {
                try await store.update(events[4].id, of: session, EventChange(data: 1))
            }
            let next = try await store.append(message("next"), to: session)
            try requireEqual(next.offset, 5, "the offset of the next event")
            try requireEqual(
                try await store.events(of: session, matching: .init()).map(\.offset), [0, 1, 2, 5], "the offsets")
            try requireEqual(
                try await store.events(of: session, matching: .init(minOffset: 3, limit: 1)).map(\.offset), [5],
                "the first after the gap")
            try await store.deleteEvents(of: session, from: 1)
            try await store.deleteEvents(of: session, from: 1)
            try requireEqual(
                try await store.events(of: session, matching: .init()).map(\.offset), [0], "after two deletions more")
            try requireEqual(try await store.append(message("m"), to: session).offset, 6, "the offset after that")
        },
        .init("deleting where nothing is changes nothing; in an unknown session it is not found") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            try await store.deleteEvents(of: session, from: 0)
            let event = try await store.append(message("m"), to: session)
            try await store.deleteEvents(of: session, from: 1)
            try await store.deleteEvents(of: session, from: Int.max)
            try requireEqual(try await store.events(of: session, matching: .init()), [event], "the events")
            try requireEqual(event.offset, 0, "the offset")
            try await requireError(.notFound, "an unknown session") {
                try await store.deleteEvents(of: "none", from: 0)
            }
        },
        .init("the deletion of all events leaves the session as it was") { store in
            let session = try await store.create(SessionDraft(agentID: "a", metadata: ["k": 1]))
            for _ in 0..<3 { _ = try await store.append(message("m"), to: session.id) }
            try await store.deleteEvents(of: session.id, from: 0)
            try requireEqual(try await store.read(session.id), session, "the session")
            try requireEqual(try await store.events(of: session.id, matching: .init()), [], "the events")
        },
        .init("deletions beside appends never let an offset be used twice") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let offsets = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<300 {
                    group.addTask { try await store.append(message("m"), to: session).offset }
                    guard number % 10 == 0 else { continue }
                    group.addTask {
                        try await store.deleteEvents(of: session, from: number / 2)
                        return nil
                    }
                }
                return try await group.reduce(into: [Int]()) { all, offset in if let offset { all.append(offset) } }
            }
            try requireEqual(offsets.sorted(), Array(0..<300), "the offsets")
        },
    ]
}
