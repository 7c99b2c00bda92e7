import ParlantCore
import ParlantEngine
import Synchronization
import Testing

/// Numbers that a seed decides.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Writers, long polls and streams that break off and come back, deletions, and customers who log in, over many
/// sessions at once.
///
/// The seed decides what everybody does; in which order they get to do it is up to the machine.
final class Crowd: Sendable {
    /// What happens in a session besides writing and reading.
    enum Fate: CaseIterable { case nothing, eventsDeleted, sessionDeleted }

    let chat: Conversation
    let seed: Int
    let sessions: Int
    let eventsPerWriter: Int
    let writers = 3
    let readersOfAKind = 2
    private let reads = Atomic<Int>(0)

    /// Offset of a session's last event, which is written when everything else is over.
    var last: Int { writers * eventsPerWriter }

    init(seed: Int, sessions: Int = 12, eventsPerWriter: Int = 60) async throws {
        chat = try await Conversation(.make())
        self.seed = seed
        self.sessions = sessions
        self.eventsPerWriter = eventsPerWriter
    }

    /// Lets everybody loose, checks everything, and returns how often somebody read.
    func run() async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<sessions {
                let draft = SessionDraft(agentID: "otto")
                let session = try await chat.engine.createSession(draft, allowGreeting: false, traceID: "t").id
                group.addTask { try await self.play(session, Fate.allCases[index % 3], index * 100) }
            }
            try await group.waitForAll()
        }
        #expect(chat.engine.waitingReaders == 0)
        return reads.load(ordering: .relaxed)
    }

    private func play(_ session: SessionID, _ fate: Fate, _ salt: Int) async throws {
        async let written: Void = write(session, fate, salt + 20)
        let readings = try await withThrowingTaskGroup(of: [Int].self) { group in
            for reader in 0..<readersOfAKind {
                group.addTask { try await self.poll(session, self.random(salt + reader)) }
                group.addTask { try await self.follow(session, self.random(salt + 10 + reader)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await written
        for seen in readings { try await check(seen, session, fate) }
    }

    /// What one reader has seen: in order, never twice, and everything that was there to be seen.
    private func check(_ seen: [Int], _ session: SessionID, _ fate: Fate) async throws {
        switch fate {
        case .nothing: #expect(seen == Array(0...last), "seed \(seed)")
        case .eventsDeleted:
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
            let left = try await chat.engine.events(of: session, matching: .init()).map(\.offset)
            #expect(left.last == last && Set(left).isSubset(of: seen), "seed \(seed)")
        case .sessionDeleted: #expect(seen == Array(0..<seen.count), "seed \(seed)")
        }
    }

    private func random(_ salt: Int) -> SeededGenerator { SeededGenerator(state: UInt64(seed * 100_000 + salt)) }
}

// MARK: - Writing

extension Crowd {
    /// Everything that changes a session, each in a task of its own; writers say which offsets they were given.
    private func write(_ session: SessionID, _ fate: Fate, _ salt: Int) async throws {
        let used = try await withThrowingTaskGroup(of: [Int].self) { group in
            for writer in 0..<writers {
                group.addTask { try await self.write(session, as: writer, self.random(salt + writer)) }
            }
            group.addTask { try await self.changeCustomers(session) }
            if fate == .eventsDeleted { group.addTask { try await self.deleteEvents(session, self.random(salt + 8)) } }
            if fate == .sessionDeleted {
                group.addTask { try await self.deleteSession(session, self.random(salt + 9)) }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        #expect(used == Array(0..<used.count), "offsets are dense, seed \(seed)")
        guard fate != .sessionDeleted else { return }
        #expect(used.count == last)
        let end = EventDraft(source: .system, kind: .custom, traceID: "end", data: "end")
        #expect(try await chat.engine.post(end, to: session).offset == last)
        try await checkLog(session, fate)
    }

    /// Writes until done, or until the session is gone, and returns the offsets that it was given.
    private func write(_ session: SessionID, as writer: Int, _ random: SeededGenerator) async throws -> [Int] {
        var random = random
        var offsets: [Int] = []
        for number in 0..<eventsPerWriter {
            let draft = EventDraft(
                source: .system, kind: .custom, traceID: TraceID("\(writer)-\(number)"),
                data: [.integer(Int64(writer)), .integer(Int64(number))])
            do {
                let event = try await chat.engine.post(draft, to: session)
                offsets.append(event.offset)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    _ = try await chat.engine.updateEvent(event.id, of: session, .init(set: ["seen": true]))
                }
            } catch let error as StoreError where error.code == .notFound {
                // A deleted event cannot be annotated; where the session is gone, nothing can.
                if error.entity == "session" { break }
            }
            for _ in 0..<Int.random(in: 0..<4, using: &random) { await Task.yield() }
        }
        return offsets
    }

    /// Each writer's events that are left stand in the order in which it wrote them.
    private func checkLog(_ session: SessionID, _ fate: Fate) async throws {
        let events = try await chat.engine.events(of: session, matching: .init())
        if fate == .nothing { #expect(events.map(\.offset) == Array(0...last)) }
        for writer in 0..<writers {
            let own = events.filter { $0.data.array?.first?.integer == Int64(writer) }
                .compactMap { $0.data.array?.last?.integer }
            #expect(own == own.sorted())
            if fate == .nothing { #expect(own.count == eventsPerWriter) }
        }
    }

    private func changeCustomers(_ session: SessionID) async throws -> [Int] {
        for number in 0..<20 {
            do {
                _ = try await chat.engine.updateSession(session, .init(customerID: CustomerID("c\(number % 3)")))
            } catch let error as StoreError where error.code == .notFound { break }
            await Task.yield()
        }
        return []
    }

    private func deleteEvents(_ session: SessionID, _ random: SeededGenerator) async throws -> [Int] {
        var random = random
        for _ in 0..<8 {
            try await chat.engine.deleteEvents(of: session, from: Int.random(in: 0..<last, using: &random))
            for _ in 0..<Int.random(in: 0..<20, using: &random) { await Task.yield() }
        }
        return []
    }

    private func deleteSession(_ session: SessionID, _ random: SeededGenerator) async throws -> [Int] {
        var random = random
        for _ in 0..<Int.random(in: 1..<200, using: &random) { await Task.yield() }
        try await chat.engine.deleteSession(session)
        return []
    }
}

// MARK: - Reading

extension Crowd {
    /// Long polls, some of which break off, up to the last event or the end of the session.
    private func poll(_ session: SessionID, _ random: SeededGenerator) async throws -> [Int] {
        var random = random
        var seen: [Int] = []
        while seen.last != last {
            let query = EventQuery(minOffset: (seen.last ?? -1) + 1)
            let wait = Task { [chat] in
                try await chat.engine.waitForEvents(of: session, matching: query, timeout: .seconds(3600))
            }
            if Int.random(in: 0..<3, using: &random) == 0 { wait.cancel() }
            reads.add(1, ordering: .relaxed)
            do {
                seen += try await wait.value.map(\.offset)
            } catch is CancellationError {
                continue
            } catch let error as StoreError where error.code == .notFound { break }
        }
        return seen
    }

    /// Streams that are dropped after some batches, up to the last event or the end of the session.
    private func follow(_ session: SessionID, _ random: SeededGenerator) async throws -> [Int] {
        var random = random
        var seen: [Int] = []
        do {
            while seen.last != last {
                let query = EventQuery(
                    minOffset: (seen.last ?? -1) + 1, limit: Int.random(in: 1..<9, using: &random))
                let reader = try await chat.engine.reader(of: session, matching: query)
                for _ in 0..<Int.random(in: 1..<12, using: &random) where seen.last != last {
                    if Int.random(in: 0..<5, using: &random) == 0 { reader.interrupt() }
                    reads.add(1, ordering: .relaxed)
                    do {
                        seen += try await reader.next(within: .seconds(3600))?.map(\.offset) ?? []
                    } catch is CancellationError { break }
                }
            }
        } catch let error as StoreError where error.code == .notFound {}
        return seen
    }
}
