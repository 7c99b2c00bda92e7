import ParlantCore

/// Turns that were asked for and have not ended.
extension SessionStoreConformance {
    static let turns: [ConformanceCheck<any SessionStore>] = [
        .init("an event opens the turn of its trace, and another one closes it") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            _ = try await store.append(message("before"), to: session)
            let cause = try await store.append(message("m", "t1"), to: session, .opens)
            let other = try await store.append(message("m", "t2"), to: session, .opens)
            let turns = [OpenTurn(asking: cause, in: session), OpenTurn(asking: other, in: session)]
            try requireEqual(turns.map(\.causeOffset), [1, 2], "the causes")
            try requireEqual(try await store.openTurns(of: session), turns, "what is open")
            _ = try await store.append(message("a", "t1"), to: session)
            try requireEqual(try await store.openTurns(of: nil), turns, "what is open in all sessions")
            let last = try await store.append(message("b", "t1"), to: session, .closes)
            try requireEqual(last.offset, 4, "the offset of the event that closes")
            try requireEqual(try await store.openTurns(of: session), [turns[1]], "what is left")
            _ = try await store.append(message("c", "t3"), to: session, .closes)
            try requireEqual(try await store.openTurns(of: session), [turns[1]], "after one that closes nothing")
        },
        .init("a turn without an event is opened once, changed while it is open, and closed") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let now = Timestamp(microseconds: 1_700_000_000_000_000)
            var turn = OpenTurn(session: session, traceID: "t/1.$", openedAt: now)
            try await store.open(turn)
            turn.attempts = 2
            turn.calls = [
                OpenCall(tool: ToolID(service: "local", name: "pay"), arguments: ["a.b": [1, .null], "$c": "\u{0}"]),
                OpenCall(
                    tool: ToolID(service: "s", name: "n"), arguments: [:],
                    outcome: ["result": ["data": 1.5, "metadata": [:]]]),
            ]
            try await store.update(turn)
            try requireEqual(try await store.openTurns(of: session), [turn], "the turn")
            try await store.open(OpenTurn(session: session, traceID: turn.traceID, openedAt: now))
            try requireEqual(try await store.openTurns(of: nil), [turn], "the turn, opened again")
            try await store.close(turn.traceID, of: session)
            try requireEqual(try await store.openTurns(of: nil), [], "what is open")
            try await store.close(turn.traceID, of: session)
            try await store.close(turn.traceID, of: "none")
            try await requireError(.notFound, "update") { try await store.update(turn) }
            try requireEqual(try await store.openTurns(of: "none"), [], "what is open in no session")
            turn.session = "none"
            try await requireError(.notFound, "open") { try await store.open(turn) }
        },
        .init("a change of the event that asked leaves the turn open, with what is known of it") { store in
            let session = try await store.create(SessionDraft(agentID: "a")).id
            let cause = try await store.append(message("m"), to: session, .opens)
            var turn = OpenTurn(asking: cause, in: session)
            turn.attempts = 1
            try await store.update(turn)
            _ = try await store.update(cause.id, of: session, EventChange(metadata: .init(set: ["x": 1])))
            try requireEqual(try await store.openTurns(of: nil), [turn], "what is open")
            try requireEqual(try await store.event(cause.id, of: session).metadata, ["x": 1], "the event's metadata")
            try await store.close(cause.traceID, of: session)
            let event = try await store.event(cause.id, of: session)
            try requireEqual((event.metadata, event.revision).0, ["x": 1], "the event's metadata afterwards")
            try requireEqual(event.revision, 1, "the event's revision")
            try requireEqual(try await store.openTurns(of: nil), [], "what is open at the end")
        },
        .init("open turns go with the event that asked, and with their session") { store in
            let sessions = try await fill(store, 2)
            for session in sessions {
                for trace: TraceID in ["t1", "t2", "t3"] {
                    _ = try await store.append(message("m", trace), to: session, .opens)
                }
            }
            try await store.open(
                OpenTurn(session: sessions[0], traceID: "t0", openedAt: Timestamp(microseconds: 1)))
            try await store.deleteEvents(of: sessions[0], from: 1)
            let left = try await store.openTurns(of: sessions[0]).map(\.traceID)
            try requireEqual(left, ["t0", "t1"], "what is left after events were deleted")
            try await store.delete(sessions[0])
            try requireEqual(
                try await store.openTurns(of: nil).map(\.session), Array(repeating: sessions[1], count: 3),
                "what is left")
            try await store.delete(sessions[1])
            try requireEqual(try await store.openTurns(of: nil), [], "what is left in the end")
        },
        .init("open turns are listed by the moment at which they were opened, over all sessions") { store in
            let sessions = try await fill(store, 3)
            for (moment, session) in [(3, sessions[0]), (1, sessions[1]), (2, sessions[2])] {
                try await store.open(
                    OpenTurn(session: session, traceID: "t", openedAt: Timestamp(microseconds: Int64(moment))))
            }
            let order = try await store.openTurns(of: nil).map(\.session)
            try requireEqual(order, [sessions[1], sessions[2], sessions[0]], "the sessions")
        },
    ]
}

extension SessionStore {
    /// Replaces the attempts and the calls of an open turn, whoever runs it.
    func update(_ turn: OpenTurn) async throws { try await update(turn, under: nil) }
}
