import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Waiting for events")
struct WaitingTests {
    private func custom(_ number: Int, trace: TraceID = "t") -> EventDraft {
        EventDraft(source: .system, kind: .custom, traceID: trace, data: ["n": .integer(Int64(number))])
    }

    private func waiting(_ chat: Conversation, _ count: Int) async {
        while chat.engine.waitingReaders < count { await Task.yield() }
    }

    @Test("what is there already is returned at once")
    func present() async throws {
        let chat = try await Conversation(.make())
        _ = try await chat.engine.post(custom(0), to: chat.session)
        let events = try await chat.engine.waitForEvents(
            of: chat.session, matching: EventQuery(), timeout: .seconds(60))
        #expect(events.count == 1)
        #expect(chat.engine.waitingReaders == 0)
    }

    @Test("an append wakes exactly the readers that it concerns")
    func wake() async throws {
        let chat = try await Conversation(.make())
        let wanted = Task {
            try await chat.engine.waitForEvents(
                of: chat.session, matching: EventQuery(kinds: [.custom], traceID: "b"), timeout: .seconds(60))
        }
        await waiting(chat, 1)
        _ = try await chat.engine.post(custom(0, trace: "a"), to: chat.session)
        #expect(chat.engine.waitingReaders == 1)
        _ = try await chat.engine.post(custom(1, trace: "b"), to: chat.session)
        #expect(try await wanted.value.map(\.offset) == [1])
        #expect(chat.engine.waitingReaders == 0)
    }

    @Test("a wait ends with nothing after its time, and the timer sleeps only while somebody waits")
    func timeout() async throws {
        let chat = try await Conversation(.make())
        #expect(chat.clock.sleeperCount == 0)
        let wait = Task {
            try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(60))
        }
        await chat.clock.waitForSleepers(1)
        await waiting(chat, 1)
        chat.clock.advance(by: .seconds(59))
        #expect(chat.engine.waitingReaders == 1)
        chat.clock.advance(by: .seconds(2))
        #expect(try await wait.value.isEmpty)
        #expect(chat.clock.sleeperCount == 0)
    }

    @Test("an earlier time-out that is armed later still comes first")
    func timerOrder() async throws {
        let chat = try await Conversation(.make())
        let long = Task {
            try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(60))
        }
        await waiting(chat, 1)
        await chat.clock.waitForSleepers(1)
        let short = Task {
            try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(5))
        }
        await waiting(chat, 2)
        // The wheel goes from the long sleep to the short one.
        while chat.clock.nextDeadline.map({ $0 > .seconds(6) }) ?? true { await Task.yield() }
        chat.clock.advance(by: .seconds(6))
        #expect(try await short.value.isEmpty)
        #expect(chat.engine.waitingReaders == 1)
        _ = try await chat.engine.post(custom(0), to: chat.session)
        #expect(try await long.value.count == 1)
    }

    @Test("a reader that goes away leaves nothing behind")
    func cancellation() async throws {
        let chat = try await Conversation(.make())
        let wait = Task {
            try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(60))
        }
        await waiting(chat, 1)
        wait.cancel()
        await #expect(throws: CancellationError.self) { try await wait.value }
        #expect(chat.engine.waitingReaders == 0)
    }

    @Test("more readers than allowed are refused with the limit in the text")
    func limit() async throws {
        var settings = EngineSettings()
        settings.waitersPerSession = 2
        let chat = try await Conversation(.make(), settings: settings)
        let waits = (0..<2).map { _ in
            Task {
                try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(60))
            }
        }
        await waiting(chat, 2)
        let error = await #expect(throws: EngineError.self) {
            try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(60))
        }
        #expect(error?.code == .tooManyWaiters)
        #expect(error?.message.contains("at most 2 per session") == true)
        for wait in waits { wait.cancel() }
    }

    @Test("the limit of the whole server counts waits and readers of all sessions, and a place that is left is free")
    func limitInAll() async throws {
        var settings = EngineSettings()
        settings.waitersInAll = 3
        let chat = try await Conversation(.make(), settings: settings)
        var sessions: [SessionID] = []
        for _ in 0..<3 {
            let draft = SessionDraft(agentID: "otto")
            sessions.append(try await chat.engine.createSession(draft, allowGreeting: false, traceID: "t").id)
        }
        let waits = sessions[..<2].map { session in
            Task {
                try await chat.engine.waitForEvents(of: session, matching: EventQuery(), timeout: .seconds(60))
            }
        }
        await waiting(chat, 2)
        var reader: EventReader? = try await chat.engine.reader(of: sessions[2], matching: EventQuery())
        #expect(chat.engine.waitingReaders == 3)
        let refused = await #expect(throws: EngineError.self) {
            try await chat.engine.waitForEvents(of: sessions[2], matching: EventQuery(), timeout: .seconds(60))
        }
        #expect(refused?.code == .tooManyWaiters)
        #expect(refused?.message.contains("3 in all") == true)
        let alsoRefused = await #expect(throws: EngineError.self) {
            _ = try await chat.engine.reader(of: sessions[2], matching: EventQuery())
        }
        #expect(alsoRefused?.code == .tooManyWaiters)
        // Reading what is there needs no place, and posting wakes as ever.
        _ = try await chat.engine.post(custom(0), to: sessions[0])
        #expect(try await waits[0].value.count == 1)
        #expect(try await chat.engine.events(of: sessions[0], matching: EventQuery()).count == 1)
        withExtendedLifetime(reader) {}
        reader = nil
        #expect(chat.engine.waitingReaders == 1)
        waits[1].cancel()
        _ = try? await waits[1].value
        #expect(chat.engine.waitingReaders == 0)
    }

    @Test("a wait can be ended from outside without a task to cancel; too late, that does nothing")
    func endedFromOutside() async throws {
        let chat = try await Conversation(.make())
        let ends = Mutex<[@Sendable () -> Void]>([])
        await #expect(throws: CancellationError.self) {
            try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(60)) {
                end in
                ends.withLock { $0.append(end) }
                end()
            }
        }
        #expect(chat.engine.waitingReaders == 0)
        let next = Task {
            try await chat.engine.waitForEvents(of: chat.session, matching: EventQuery(), timeout: .seconds(60))
        }
        await waiting(chat, 1)
        for end in ends.withLock({ $0 }) { end() }
        _ = try await chat.engine.post(custom(0), to: chat.session)
        #expect(try await next.value.count == 1)
    }

    @Test("an unknown session is refused at once")
    func unknown() async throws {
        let chat = try await Conversation(.make())
        await #expect(throws: StoreError.self) {
            try await chat.engine.waitForEvents(of: "nobody", matching: EventQuery(), timeout: .seconds(60))
        }
        #expect(chat.engine.waitingReaders == 0)
    }

    @Test("readers that come back at the last offset plus one see every event exactly once")
    func exactlyOnce() async throws {
        let chat = try await Conversation(.make())
        let total = 400
        let readers = (0..<8).map { _ in
            Task {
                var seen: [Int] = []
                while seen.count < total {
                    let query = EventQuery(minOffset: (seen.last ?? -1) + 1)
                    seen += try await chat.engine.waitForEvents(
                        of: chat.session, matching: query, timeout: .seconds(3600)
                    ).map(\.offset)
                }
                return seen
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<total / 4 {
                        _ = try await chat.engine.post(custom(writer * 1000 + number), to: chat.session)
                        if number % 7 == 0 { await Task.yield() }
                    }
                }
            }
            try await group.waitForAll()
        }
        for reader in readers { #expect(try await reader.value == Array(0..<total)) }
    }
}
