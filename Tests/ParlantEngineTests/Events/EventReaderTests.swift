import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("Readers that stay")
struct EventReaderTests {
    private func custom(_ number: Int) -> EventDraft {
        EventDraft(source: .system, kind: .custom, traceID: "t", data: ["n": .integer(Int64(number))])
    }

    @Test("read what is there in batches, then what comes, each event once")
    func batches() async throws {
        let chat = try await Conversation(.make())
        for number in 0..<7 { _ = try await chat.engine.post(custom(number), to: chat.session) }
        let reader = try await chat.engine.reader(of: chat.session, matching: EventQuery(minOffset: 1, limit: 4))
        #expect(try await reader.next(within: .seconds(60))?.map(\.offset) == [1, 2, 3, 4])
        #expect(try await reader.next(within: .seconds(60))?.map(\.offset) == [5, 6])
        let next = Task { try await reader.next(within: .seconds(60)) }
        while chat.clock.sleeperCount == 0 { await Task.yield() }
        _ = try await chat.engine.post(custom(7), to: chat.session)
        #expect(try await next.value?.map(\.offset) == [7])
        #expect(try await reader.next(within: .zero) == nil)
    }

    @Test("count as waiting for as long as they are held, whether they wait or not")
    func places() async throws {
        var settings = EngineSettings()
        settings.waitersPerSession = 2
        let chat = try await Conversation(.make(), settings: settings)
        var readers: [EventReader] = []
        for _ in 0..<2 { readers.append(try await chat.engine.reader(of: chat.session, matching: .init())) }
        let error = await #expect(throws: EngineError.self) {
            _ = try await chat.engine.reader(of: chat.session, matching: .init())
        }
        #expect(error?.code == .tooManyWaiters)
        #expect(chat.engine.waitingReaders == 2)
        readers.removeAll()
        #expect(chat.engine.waitingReaders == 0)
        _ = try await chat.engine.reader(of: chat.session, matching: .init())
    }

    @Test("time out after the silence and not after the first wait; one timer serves all waits")
    func timers() async throws {
        let chat = try await Conversation(.make())
        let reader = try await chat.engine.reader(of: chat.session, matching: .init(limit: 8))
        for number in 0..<3 {
            let next = Task { try await reader.next(within: .seconds(60)) }
            while chat.clock.sleeperCount == 0 { await Task.yield() }
            for _ in 0..<100 { await Task.yield() }
            chat.clock.advance(by: .seconds(40))
            _ = try await chat.engine.post(custom(number), to: chat.session)
            #expect(try await next.value?.map(\.offset) == [number])
        }
        let begin = chat.clock.uptime
        let last = Task { try await reader.next(within: .seconds(60)) }
        let mover = Task {
            while !Task.isCancelled {
                chat.clock.advance(by: .milliseconds(250))
                for _ in 0..<20 { await Task.yield() }
            }
        }
        #expect(try await last.value == nil)
        mover.cancel()
        #expect(chat.clock.uptime - begin >= .seconds(60))
    }

    @Test(
        "time out also when events came and the timer fired while the reader was busy with others",
        .timeLimit(.minutes(5)))
    func timerWhileBusy() async throws {
        let chat = try await Conversation(.make())
        let reader = try await chat.engine.reader(of: chat.session, matching: .init(limit: 8))
        let first = Task { try await reader.next(within: .seconds(2)) }
        await chat.clock.waitForSleepers(1)
        _ = try await chat.engine.post(custom(0), to: chat.session)
        #expect(try await first.value?.map(\.offset) == [0])
        // Whoever reads takes its time with the first one.
        _ = try await chat.engine.post(custom(1), to: chat.session)
        chat.clock.advance(by: .seconds(3))
        for _ in 0..<1000 { await Task.yield() }
        #expect(try await reader.next(within: .seconds(2))?.map(\.offset) == [1])
        let last = Task { try await reader.next(within: .seconds(2)) }
        await chat.clock.waitForSleepers(1)
        chat.clock.advance(by: .seconds(3))
        #expect(try await last.value == nil)
    }

    @Test("hear of a time-out that came after an event, once; and of the end of all waits each time")
    func outcomes() async throws {
        let table = WaiterTable(limits: .init(perSession: 2, inAll: 2))
        let kept = try table.register("s", .events(.init()), isKept: true)
        table.signal([kept], .appended)
        table.signal([kept], .timedOut)
        table.signal([kept], .appended)
        #expect(await table.wait(for: kept) == .timedOut)
        let single = try table.register("s", .events(.init()))
        table.signal([single], .appended)
        table.signal([single], .timedOut)
        #expect(await table.wait(for: single) == .appended, "who waits once gets the event that was in time")
        table.signal([kept], .cancelled)
        table.signal([kept], .timedOut)
        for _ in 0..<2 {
            try table.renew(kept, .events(.init()))
            #expect(await table.wait(for: kept) == .cancelled)
        }
    }

    @Test("end for good when they are interrupted, also while an event waits to be read")
    func interrupted() async throws {
        let chat = try await Conversation(.make())
        let reader = try await chat.engine.reader(of: chat.session, matching: .init(limit: 1))
        _ = try await chat.engine.post(custom(0), to: chat.session)
        #expect(try await reader.next(within: .seconds(60))?.map(\.offset) == [0])
        _ = try await chat.engine.post(custom(1), to: chat.session)
        reader.interrupt()
        #expect(try await reader.next(within: .seconds(60))?.map(\.offset) == [1], "what is there is still read")
        for _ in 0..<2 {
            await #expect(throws: CancellationError.self) { try await reader.next(within: .seconds(60)) }
        }
    }

    @Test("end when the session is deleted, also between two waits, and when the server stops")
    func ends() async throws {
        let chat = try await Conversation(.make())
        let draft = SessionDraft(agentID: "otto")
        let other = try await chat.engine.createSession(draft, allowGreeting: false, traceID: "x")
        let idle = try await chat.engine.reader(of: chat.session, matching: .init())
        let busy = try await chat.engine.reader(of: chat.session, matching: .init())
        let waiting = Task { try await busy.next(within: .seconds(60)) }
        while chat.clock.sleeperCount == 0 { await Task.yield() }
        try await chat.engine.deleteSession(chat.session)
        await #expect(throws: StoreError.self) { try await waiting.value }
        await #expect(throws: StoreError.self) { try await idle.next(within: .seconds(60)) }
        let stopping = try await chat.engine.reader(of: other.id, matching: .init())
        await chat.engine.shutDown()
        await #expect(throws: EngineError.self) { try await stopping.next(within: .seconds(60)) }
    }

    @Test("are cancelled with their task and leave nothing behind")
    func cancelled() async throws {
        let chat = try await Conversation(.make())
        let task = Task {
            let reader = try await chat.engine.reader(of: chat.session, matching: .init())
            _ = try await reader.next(within: .seconds(60))
        }
        while chat.clock.sleeperCount == 0 { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(chat.engine.waitingReaders == 0)
    }
}
