import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("What another node did")
struct RemoteChangeTests {
    private let draft = EventDraft(source: .system, kind: .custom, traceID: "b", data: ["n": 1])

    private func waiting(_ chat: Conversation, _ count: Int) async {
        while chat.engine.waitingReaders < count { await Task.yield() }
    }

    private func wait(_ chat: Conversation, _ query: EventQuery = .init()) async -> Task<[Event], any Error> {
        let wait = Task {
            try await chat.engine.waitForEvents(of: chat.session, matching: query, timeout: .seconds(60))
        }
        await waiting(chat, 1)
        return wait
    }

    @Test("wakes the readers of what it appended, and no others")
    func appended() async throws {
        let chat = try await Conversation(.make())
        #expect(!chat.engine.isWaiting)
        let wait = await wait(chat, EventQuery(kinds: [.custom], traceID: "b"))
        #expect(chat.engine.isWaiting)
        // Behind the engine's back.
        var event = try await chat.sessions.append(draft, to: chat.session)
        event.data = .null
        var other = event
        other.traceID = "a"
        chat.engine.follow(.appended(other, chat.session))
        chat.engine.follow(.appended(event, "elsewhere"))
        #expect(chat.engine.waitingReaders == 1)
        chat.engine.follow(.appended(event, chat.session))
        #expect(try await wait.value.map(\.data) == [["n": 1]])
    }

    @Test("wakes everybody when it is not known; who finds nothing goes on waiting")
    func anything() async throws {
        let chat = try await Conversation(.make())
        let wait = await wait(chat)
        chat.engine.follow(.anything)
        await waiting(chat, 1)
        _ = try await chat.sessions.append(draft, to: chat.session)
        chat.engine.follow(.anything)
        #expect(try await wait.value.count == 1)
    }

    @Test("does not end the wait for a turn that was asked for, when it is not known what it was")
    func anythingBeforeTheTurn() async throws {
        let valve = Valve()
        let model = ScriptedModel([
            "reply": { _ in
                try await valve.pass()
                return ["message": "Answer."]
            }
        ])
        var snapshot = AgentSnapshot.make()
        snapshot.agent.doubleText = .enqueue
        let chat = try await Conversation(snapshot, nlp: model)
        try await chat.say("Hello", trace: "t1")
        await valve.waitForArrivals(1)
        // It begins when the first turn has ended.
        let requested = Task { try await chat.engine.requestTurn(in: chat.session, traceID: "t2") }
        await waiting(chat, 1)
        while try await chat.sessions.openTurns(of: nil).count < 2 { await Task.yield() }
        chat.engine.follow(.anything)
        for _ in 0..<100 { await Task.yield() }
        valve.open()
        #expect(try await requested.value.traceID == "t2")
        #expect(chat.engine.waitingReaders == 0)
    }

    @Test("is seen by those who follow one event, also when it was deleted")
    func updated() async throws {
        let chat = try await Conversation(.make())
        let event = try await chat.engine.post(draft, to: chat.session)
        let watch = try await chat.engine.watch(event.id, of: chat.session)
        #expect(try await watch.next(within: .seconds(60))?.revision == 0)
        _ = try await chat.sessions.update(
            event.id, of: chat.session, EventChange(metadata: MetadataChange(set: ["seen": true])))
        chat.engine.follow(.updated(event.id, chat.session))
        #expect(try await watch.next(within: .seconds(60))?.metadata == ["seen": true])
        try await chat.sessions.deleteEvents(of: chat.session, from: 0)
        chat.engine.follow(.truncated(chat.session))
        let error = await #expect(throws: StoreError.self) { try await watch.next(within: .seconds(60)) }
        #expect(error?.code == .notFound)
    }

    @Test("ends the waits on a session that is gone")
    func deleted() async throws {
        let chat = try await Conversation(.make())
        let wait = await wait(chat)
        try await chat.sessions.delete(chat.session)
        chat.engine.follow(.deleted(chat.session))
        let error = await #expect(throws: StoreError.self) { try await wait.value }
        #expect(error?.code == .notFound)
    }
}

@Suite("Entities that another node changed")
struct EntityRenewalTests {
    @Test("are read anew, kind by kind")
    func catalog() async throws {
        let clock = ManualClock()
        let stores = EntityStores.memory(clock: clock)
        let scripts = FakeCatalog(snapshots: ["otto": .make()])
        let mine = EntityCatalog(stores, below: scripts, loadedAt: clock.now)
        let other = EntityCatalog(stores, below: scripts, loadedAt: clock.now)
        try await mine.load()
        try await other.load()
        _ = try await other.terms.create(Term(id: "t", name: "N", description: "D"))
        _ = try await other.agents.create(Agent(id: "anna", name: "Anna", description: ""))
        #expect(mine.turns.snapshot(of: "otto")?.terms.isEmpty == true)
        try await mine.renew(.terms)
        #expect(mine.turns.snapshot(of: "otto")?.terms.map(\.name) == ["N"])
        #expect(mine.turns.snapshot(of: "anna") == nil)
        try await mine.renew(.agents)
        #expect(mine.turns.snapshot(of: "anna")?.terms.map(\.name) == ["N"])
    }

    @Test("are read once more, however many changes come while they are read")
    func coalescing() async throws {
        let valve = Valve()
        let reads = Mutex<[MirroredKind]>([])
        let failures = Mutex(0)
        let done = AsyncStream.makeStream(of: Int.self)
        let renewal = EntityRenewal(
            renew: { kind in
                try await valve.pass()
                let count = reads.withLock { reads in
                    reads.append(kind)
                    return reads.count
                }
                done.continuation.yield(count)
                if kind == .terms { throw StoreError.notFound("term", "t") }
            }, onFailure: { _, _ in failures.withLock { $0 += 1 } })
        renewal.changed([.guidelines])
        await valve.waitForArrivals(1)
        for _ in 0..<10 { renewal.changed([.guidelines, .terms]) }
        valve.open()
        for await count in done.stream where count == 3 { break }
        #expect(Set(reads.withLock { $0 }) == [.guidelines, .terms])
        #expect(reads.withLock { $0 }.count { $0 == .guidelines } == 2)
    }
}
