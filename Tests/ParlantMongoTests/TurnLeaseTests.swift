import Foundation
import ParlantCore
import ParlantMongo
import ParlantTesting
import Testing

@Suite(
    "Leases of turns", .enabled(if: MongoServer.isInstalled, Comment(rawValue: MongoServer.comment)),
    .timeLimit(.minutes(5)))
struct TurnLeaseTests {
    private struct Nodes {
        var first: MongoStores
        var second: MongoStores
        var leases: (first: any TurnLeases, second: any TurnLeases)

        func close() async throws {
            try await first.close()
            try await second.close()
        }
    }

    /// Two nodes, and leases that end by themselves after a time.
    private func nodes(_ duration: Duration = .seconds(60)) async throws -> Nodes {
        let address = try MongoServer.shared.get().address()
        func open() async throws -> MongoStores {
            try await MongoStores(address, clock: SystemTimeSource(), ids: RandomIDGenerator(), turnLease: duration)
        }
        let (first, second) = try await (open(), open())
        return Nodes(
            first: first, second: second,
            leases: (try #require(first.stores.node).leases, try #require(second.stores.node).leases))
    }

    @Test("are held by one node at a time; who gives one back learns whether the other wanted it")
    func exclusion() async throws {
        let nodes = try await nodes()
        let (first, second) = nodes.leases
        let lease = try #require(try await first.take("s"))
        #expect(try await first.held(among: ["s", "t"]).keys.map(\.rawValue) == ["s"])
        let left = try #require(try await second.held(among: ["s", "t"])["s"])
        #expect(left > .seconds(30) && left <= .seconds(60))
        #expect(try await second.take("s") == nil)
        #expect(try await second.take("t") != nil)
        #expect(try await first.renew([lease]) == LeaseRenewal())
        #expect(try await first.release(lease))
        #expect(try await second.held(among: ["s"]).isEmpty)
        let next = try #require(try await second.take("s"))
        #expect(next.number != lease.number)
        #expect(try await second.release(next) == false)
        #expect(try await first.release(lease) == false)
        try await nodes.close()
    }

    @Test("are recalled from the node that has them, which hears of it when it renews; the next one is not")
    func recall() async throws {
        let nodes = try await nodes()
        let (first, second) = nodes.leases
        #expect(try await second.recall("s") == nil)
        let (lease, other) = (try #require(try await first.take("s")), try #require(try await first.take("t")))
        #expect(try await first.recall("s") == nil)
        #expect(try await first.renew([lease, other]) == LeaseRenewal())
        let left = try #require(try await second.recall("s"))
        #expect(left > .seconds(30) && left <= .seconds(60))
        for _ in 0..<2 { #expect(try await first.renew([lease, other]) == LeaseRenewal(recalled: [lease])) }
        // A turn that begins afterwards has a lease of its own.
        let next = try #require(try await first.take("s"))
        #expect(try await first.renew([next, other]) == LeaseRenewal())
        #expect(try await first.renew([lease]) == LeaseRenewal(lost: [lease]))
        _ = try await second.recall("s")
        #expect(try await first.release(next) == false)
        #expect(try await second.recall("s") == nil)
        try await nodes.close()
    }

    @Test("go to one of many who want the same one at once")
    func race() async throws {
        let nodes = try await nodes()
        for number in 0..<10 {
            let session = SessionID("s\(number)")
            async let mine = nodes.leases.first.take(session)
            async let other = nodes.leases.second.take(session)
            let taken = try await [mine, other].compactMap(\.self)
            #expect(taken.count == 1)
        }
        try await nodes.close()
    }

    @Test("end by the database's clock; what is then written under one is refused, and changes nothing")
    func takeover() async throws {
        let nodes = try await nodes(.milliseconds(1))
        let (first, second) = nodes.leases
        let sessions = nodes.first.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        let lease = try #require(try await first.take(session))
        var draft = EventDraft(source: .aiAgent, kind: .message, traceID: "t", data: ["message": "m"])
        draft.lease = lease
        // It has ended, and nobody has taken it.
        _ = try await sessions.append(draft, to: session)
        var taken: TurnLease?
        while taken == nil { taken = try await second.take(session) }
        let error = await #expect(throws: StoreError.self) { try await sessions.append(draft, to: session) }
        #expect(error?.code == .leaseLost)
        #expect(
            error?.message
                == "another server runs the turns of the session '\(session)' now; what this one's turn still says is "
                + "dropped")
        #expect(try await first.renew([lease]) == LeaseRenewal(lost: [lease]))
        #expect(try await first.release(lease) == false)
        draft.lease = taken
        _ = try await nodes.second.stores.sessions.append(draft, to: session)
        #expect(try await sessions.events(of: session, matching: .init()).map(\.offset) == [0, 1])
        try await nodes.close()
    }

    @Test("whoever has lost one replaces nothing of what is known of a turn, whether or not an event asked for it")
    func lateNote() async throws {
        let nodes = try await nodes(.milliseconds(1))
        let sessions = nodes.first.stores.sessions
        let session = try await sessions.create(SessionDraft(agentID: "a")).id
        let message = EventDraft(source: .customer, kind: .message, traceID: "t1", data: ["message": "m"])
        _ = try await sessions.append(message, to: session, .opens)
        try await sessions.open(OpenTurn(session: session, traceID: "t2", openedAt: SystemTimeSource().now))
        let lost = try #require(try await nodes.leases.first.take(session))
        var taken: TurnLease?
        while taken == nil { taken = try await nodes.leases.second.take(session) }
        let open = try await sessions.openTurns(of: session)
        #expect(open.map(\.traceID) == ["t1", "t2"])
        for turn in open {
            var late = turn
            late.calls = [OpenCall(tool: ToolID(service: "s", name: "late"), arguments: [:])]
            let note = late
            let error = await #expect(throws: StoreError.self) { try await sessions.update(note, under: lost) }
            #expect(error?.code == .leaseLost)
        }
        #expect(try await sessions.openTurns(of: session) == open)
        for var turn in open {
            turn.attempts = 1
            for _ in 0..<2 { try await nodes.second.stores.sessions.update(turn, under: taken) }
        }
        #expect(try await sessions.openTurns(of: session).map(\.attempts) == [1, 1])
        try await nodes.close()
    }
}
