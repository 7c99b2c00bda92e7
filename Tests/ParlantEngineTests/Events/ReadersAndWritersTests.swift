import ParlantCore
import ParlantEngine
import Testing

/// Writers, two kinds of readers that come and go, deletions and customers who log in, all at once over many sessions.
@Suite("Readers and writers at once")
struct ReadersAndWritersTests {
    private static let sessions = 12
    private static let eventsPerWriter = 60
    private static let writers = 3

    /// Numbers that a seed decides, so that a failure can be repeated.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static func event(_ writer: Int, _ number: Int) -> EventDraft {
        EventDraft(
            source: .system, kind: .custom, traceID: TraceID("\(writer)-\(number)"),
            data: [.integer(Int64(writer)), .integer(Int64(number))])
    }

    @Test(
        "offsets are dense, and who comes back at the last offset plus one sees every event exactly once",
        arguments: 0..<4)
    func exactlyOnce(seed: Int) async throws {
        let chat = try await Conversation(.make())
        var sessions: [SessionID] = []
        for _ in 0..<Self.sessions {
            let draft = SessionDraft(agentID: "otto")
            sessions.append(try await chat.engine.createSession(draft, allowGreeting: false, traceID: "t").id)
        }
        let total = Self.writers * Self.eventsPerWriter
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, session) in sessions.enumerated() {
                for writer in 0..<Self.writers {
                    group.addTask { try await write(chat, session, writer, seed: seed * 1000 + index * 10 + writer) }
                }
                group.addTask { try await changeCustomers(chat, session, seed: seed + index) }
                for reader in 0..<2 {
                    let random = SeededGenerator(state: UInt64(seed * 100 + index * 7 + reader))
                    group.addTask {
                        let polled = try await poll(chat, session, total, random)
                        #expect(polled == Array(0..<total), "long poll, seed \(seed)")
                    }
                    group.addTask {
                        let stream = try await follow(chat, session, total, random)
                        #expect(stream == Array(0..<total), "stream, seed \(seed)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(chat.engine.waitingReaders == 0)
        for session in sessions {
            let events = try await chat.engine.events(of: session, matching: .init())
            #expect(events.map(\.offset) == Array(0..<total))
            for writer in 0..<Self.writers {
                let own = events.filter { $0.data.array?.first?.integer == Int64(writer) }
                #expect(own.compactMap { $0.data.array?.last?.integer } == (0..<Self.eventsPerWriter).map(Int64.init))
            }
        }
    }

    private func write(_ chat: Conversation, _ session: SessionID, _ writer: Int, seed: Int) async throws {
        var random = SeededGenerator(state: UInt64(seed))
        for number in 0..<Self.eventsPerWriter {
            let event = try await chat.engine.post(Self.event(writer, number), to: session)
            if Int.random(in: 0..<4, using: &random) == 0 {
                _ = try await chat.engine.updateEvent(event.id, of: session, .init(set: ["seen": true]))
            }
            for _ in 0..<Int.random(in: 0..<4, using: &random) { await Task.yield() }
        }
    }

    private func changeCustomers(_ chat: Conversation, _ session: SessionID, seed: Int) async throws {
        for number in 0..<20 {
            _ = try await chat.engine.updateSession(session, .init(customerID: CustomerID("c\(number % 3)")))
            await Task.yield()
        }
    }

    private func poll(
        _ chat: Conversation, _ session: SessionID, _ total: Int, _ random: SeededGenerator
    ) async throws -> [Int] {
        var random = random
        var seen: [Int] = []
        while seen.count < total {
            let query = EventQuery(minOffset: (seen.last ?? -1) + 1)
            let wait = Task {
                try await chat.engine.waitForEvents(of: session, matching: query, timeout: .seconds(3600))
            }
            if Int.random(in: 0..<3, using: &random) == 0 { wait.cancel() }
            do { seen += try await wait.value.map(\.offset) } catch is CancellationError { continue }
        }
        return seen
    }

    private func follow(
        _ chat: Conversation, _ session: SessionID, _ total: Int, _ random: SeededGenerator
    ) async throws -> [Int] {
        var random = random
        var seen: [Int] = []
        while seen.count < total {
            let limit = Int.random(in: 1..<9, using: &random)
            let query = EventQuery(minOffset: (seen.last ?? -1) + 1, limit: limit)
            let reader = try await chat.engine.reader(of: session, matching: query)
            for _ in 0..<Int.random(in: 1..<12, using: &random) where seen.count < total {
                let next = Task { try await reader.next(within: .seconds(3600)) }
                if Int.random(in: 0..<5, using: &random) == 0 { next.cancel() }
                do { seen += try await next.value?.map(\.offset) ?? [] } catch is CancellationError { break }
            }
        }
        return seen
    }

    @Test("deletions in between leave gaps and nothing else: what is read comes in order and never twice")
    func deletions() async throws {
        let chat = try await Conversation(.make())
        let total = Self.writers * Self.eventsPerWriter
        let reader = Task {
            var seen: [Int] = []
            while seen.last != total {
                let query = EventQuery(minOffset: (seen.last ?? -1) + 1)
                seen += try await chat.engine.waitForEvents(
                    of: chat.session, matching: query, timeout: .seconds(3600)
                ).map(\.offset)
            }
            return seen
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<Self.writers {
                group.addTask { try await write(chat, chat.session, writer, seed: writer) }
            }
            group.addTask {
                for number in 1..<10 {
                    try await chat.engine.deleteEvents(of: chat.session, from: number * total / 10)
                    await Task.yield()
                }
            }
            while let result = await group.nextResult() {
                // A writer may find its event deleted before it could annotate it; it stops there.
                if case .failure(let error) = result, (error as? StoreError)?.entity != "event" { throw error }
            }
        }
        var last = try await chat.engine.post(Self.event(9, 0), to: chat.session)
        while last.offset < total { last = try await chat.engine.post(Self.event(9, last.offset), to: chat.session) }
        let seen = try await reader.value
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
        let left = try await chat.engine.events(of: chat.session, matching: .init()).map(\.offset)
        #expect(Set(left).isSubset(of: seen))
    }
}
