import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantLocal

private func draft(_ number: Int) -> EventDraft {
    EventDraft(source: .customer, kind: .message, traceID: "t", data: ["n": .integer(Int64(number))])
}

@Suite("A session whose file is damaged while the journal has more of it")
struct DamagedSessionTests {
    /// A disk after a crash, with a session whose file has lost two events, and of which the journal has a fourth one.
    private struct Damaged {
        let disk: SimulatedDisk
        let session: SessionID
        let file: String
        /// What the file held.
        let whole: String
        let events: [Event]

        /// - Parameter damage: Damages the file's lines, each without its end.
        init(_ damage: ([Substring]) -> String = { $0[0] + "\n" + $0[1].dropLast(5) }) async throws {
            let disk = SimulatedDisk()
            let first = try open(disk, ids: RandomIDGenerator())
            session = try await first.stores.sessions.create(SessionDraft(agentID: "a")).id
            for number in 0..<3 { _ = try await first.stores.sessions.append(draft(number), to: session) }
            try await first.close()
            let second = try open(disk, ids: RandomIDGenerator())
            _ = try await second.stores.sessions.append(draft(3), to: session)
            events = try await second.stores.sessions.events(of: session, matching: .init())
            self.disk = disk.afterwards(.kill)
            file = "sessions/\(session).jsonl"
            whole = try #require(disk.text(file))
            self.disk.put(file, damage(whole.split(separator: "\n")))
        }

        /// What is said of the file.
        var problem: String {
            "\(file): the events from 1 to 2 are missing; put back a copy of the file, or give up what is missing by "
                + "removing the session from events.json"
        }

        /// Expects that the session is refused, and nothing else.
        func expectRefusal(_ stores: Stores) async throws {
            let calls: [() async throws -> Void] = [
                { _ = try await stores.sessions.events(of: session, matching: .init()) },
                { _ = try await stores.sessions.append(draft(4), to: session) },
            ]
            for call in calls {
                let error = await #expect(throws: StoreError.self) { try await call() }
                #expect(error?.code == .damaged && error?.message == "/store/\(problem)")
            }
        }
    }

    @Test("misses the same events after checkpoints, which keep what came later")
    func checkpoints() async throws {
        let damaged = try await Damaged()
        let (disk, log) = (damaged.disk, LogLines())
        let left = disk.text(damaged.file)
        for number in 0..<3 {
            let folder = try StoreFolder(
                disk, place: "/store", clock: ManualClock(), ids: RandomIDGenerator(), logger: log.logger)
            let backend = LocalStores(folder, nil)
            try await damaged.expectRefusal(backend.stores)
            _ = try await backend.stores.tags.create(name: "tag \(number)")
            if number == 2 { try await backend.scrub() }
            try await backend.close()
            #expect(disk.text(damaged.file) == left)
            let journals = disk.files.filter { $0.key.hasPrefix("journal-") }
            #expect(journals.count == 1)
            #expect(journals.values.first?.contains("tag ") == false, "what the other files have is in no journal")
            #expect(journals.values.first?.split(separator: "\n").count == 1)
            #expect(disk.text("tags.json")?.contains("tag \(number)") == true)
        }
        let warning =
            "\(damaged.problem); the file stays as it is, and until then the journal keeps what it does not have"
        #expect(log.lines == [warning, warning, warning], "once for each start")
        // With a copy put back nothing is lost.
        let copy = disk.afterwards(.kill)
        copy.put(damaged.file, damaged.whole)
        for _ in 0..<2 {
            let again = try open(copy, ids: RandomIDGenerator())
            #expect(try await again.stores.sessions.events(of: damaged.session, matching: .init()) == damaged.events)
            try await again.close()
        }
        #expect(copy.files.filter { $0.key.hasPrefix("journal-") }.values.allSatisfy { $0 == "" })
        // Whoever gives up what is missing has the rest.
        let ends = try #require(disk.text("events.json")).split(separator: "\n")
        disk.put("events.json", ends.filter { !$0.contains(damaged.session.rawValue) }.joined(separator: "\n"))
        for _ in 0..<2 {
            let again = try open(disk, ids: RandomIDGenerator())
            let events = try await again.stores.sessions.events(of: damaged.session, matching: .init())
            #expect(events == [damaged.events[0], damaged.events[3]])
            try await again.close()
        }
    }

    @Test(
        "keeps what came later wherever a crash meets a checkpoint",
        arguments: SimulatedDisk.Crash.allCases)
    func crashes(_ crash: SimulatedDisk.Crash) async throws {
        let damaged = try await Damaged()
        var boundary = 0
        while true {
            let disk = damaged.disk.afterwards(.kill)
            disk.crash(at: boundary)
            if let backend = try? open(disk, ids: RandomIDGenerator()) {
                _ = try? await backend.stores.tags.create(name: "vip")
                try? await backend.close()
            }
            guard disk.hasCrashed else { break }
            let left = disk.afterwards(crash)
            // Twice: the next checkpoint meets what the crash has left.
            try? await open(left, ids: RandomIDGenerator()).close()
            left.put(damaged.file, damaged.whole)
            let again = try open(left, ids: RandomIDGenerator())
            #expect(
                try await again.stores.sessions.events(of: damaged.session, matching: .init()) == damaged.events,
                "boundary \(boundary)")
            boundary += 1
        }
        #expect(boundary > 10)
    }

    @Test("keeps its changes in their order while writers go on, and is gone when it is deleted")
    func writers() async throws {
        let damaged = try await Damaged()
        let disk = damaged.disk
        // The file is whole while the events are changed, and damaged before a checkpoint.
        let cut = try #require(disk.text(damaged.file))
        disk.put(damaged.file, damaged.whole)
        let backend = try open(disk, ids: RandomIDGenerator())
        let sessions = backend.stores.sessions
        for number in 4..<6 { _ = try await sessions.append(draft(number), to: damaged.session) }
        _ = try await sessions.update(
            damaged.events[0].id, of: damaged.session, .init(metadata: .init(set: ["read": true])))
        try await sessions.deleteEvents(of: damaged.session, from: 4)
        _ = try await sessions.append(draft(6), to: damaged.session)
        let events = try await sessions.events(of: damaged.session, matching: .init())
        #expect(events.map(\.offset) == [0, 1, 2, 3, 6])
        disk.put(damaged.file, cut)
        try await backend.scrub()
        #expect(disk.text("journal-2.jsonl") == nil)
        let copy = disk.afterwards(.powerLoss)
        copy.put(damaged.file, damaged.whole)
        let again = try open(copy, ids: RandomIDGenerator())
        #expect(try await again.stores.sessions.events(of: damaged.session, matching: .init()) == events)
        try await sessions.delete(damaged.session)
        try await backend.close()
        #expect(!disk.files.values.contains { $0.contains(damaged.session.rawValue) })
        #expect(!disk.files.keys.contains(damaged.file))
    }

    @Test("does not keep checkpoints from all others, also when its file is no JSON and has to be written anew")
    func unreadable() async throws {
        let damaged = try await Damaged { ([$0[0], "{]"] + $0[1...]).joined(separator: "\n") + "\n" }
        let (disk, left) = (damaged.disk, damaged.disk.text(damaged.file))
        let backend = try open(disk, ids: RandomIDGenerator())
        let other = try await backend.stores.sessions.create(SessionDraft(agentID: "a")).id
        _ = try await backend.stores.sessions.append(draft(0), to: other)
        let error = await #expect(throws: StoreError.self) {
            try await backend.stores.sessions.events(of: damaged.session, matching: .init())
        }
        #expect(error?.message.hasPrefix("/store/\(damaged.file), line 2: this is no JSON: ") == true)
        try await backend.close()
        #expect(disk.text(damaged.file) == left)
        #expect(disk.text("sessions/\(other).jsonl")?.contains("\"n\":0") == true)
        #expect(disk.files.keys.filter { $0.hasPrefix("journal-") }.count == 1)
        disk.put(damaged.file, damaged.whole)
        let again = try open(disk, ids: RandomIDGenerator())
        #expect(try await again.stores.sessions.events(of: damaged.session, matching: .init()) == damaged.events)
        try await again.close()
    }
}
