import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantLocal

@Suite("A crash between any two operations on files")
struct CrashTests {
    /// Runs the steps until the disk refuses something.
    ///
    /// - Parameter seen: Hears what the store has after each step.
    /// - Returns: Steps that were acknowledged.
    private func run(
        _ disk: SimulatedDisk, _ seen: (Scenario.Everything) -> Void = { _ in }
    ) async throws -> Int {
        let ids = CountingIDGenerator()
        guard var backend = try? open(disk, ids: ids) else { return 0 }
        for (number, step) in Scenario.steps.enumerated() {
            do {
                if let step {
                    try await step(backend.stores)
                } else {
                    try await backend.close()
                    backend = try open(disk, ids: ids)
                }
            } catch {
                #expect(disk.hasCrashed, "\(error)")
                return number
            }
            if !disk.hasCrashed { seen(try await Scenario.Everything(backend.stores)) }
        }
        do { try await backend.close() } catch { #expect(disk.hasCrashed, "\(error)") }
        return Scenario.steps.count
    }

    @Test(
        "leaves all that was acknowledged, and of the step that broke off all or nothing",
        arguments: SimulatedDisk.Crash.allCases)
    func everyBoundary(_ crash: SimulatedDisk.Crash) async throws {
        var states: [Scenario.Everything] = []
        let whole = SimulatedDisk()
        let empty = try await Scenario.Everything(open(SimulatedDisk(), ids: CountingIDGenerator()).stores)
        _ = try await run(whole) { states.append($0) }
        #expect(states.count == Scenario.steps.count)
        var boundary = 0
        var drafts = 0
        while true {
            let disk = SimulatedDisk()
            disk.crash(at: boundary)
            let acknowledged = try await run(disk)
            guard disk.hasCrashed else { break }
            let left = disk.afterwards(crash)
            let backend = try open(left, ids: RandomIDGenerator())
            drafts += disk.afterwards(crash).files.keys.count { $0.hasSuffix(".new") }
            #expect(!left.files.keys.contains { $0.hasSuffix(".new") }, "boundary \(boundary): a draft is left")
            let found = try await Scenario.Everything(backend.stores)
            let before = acknowledged == 0 ? empty : states[acknowledged - 1]
            let after = acknowledged < states.count ? states[acknowledged] : before
            #expect(
                found == before || found == after,
                "boundary \(boundary), after \(acknowledged) steps:\n\(found)\ninstead of\n\(before)")
            // What was found is still there when the power fails before anything else is written.
            let dark = try open(left.afterwards(.powerLoss), ids: RandomIDGenerator())
            #expect(try await Scenario.Everything(dark.stores) == found, "boundary \(boundary): shown, and then lost")
            // What was found is still there after a clean stop, and the store goes on.
            try await backend.close()
            let again = try open(left, ids: RandomIDGenerator())
            #expect(try await Scenario.Everything(again.stores) == found, "boundary \(boundary)")
            for (session, events) in zip(found.sessions, found.events) {
                let draft = EventDraft(source: .system, kind: .custom, traceID: "t", data: 1)
                let next = try await again.stores.sessions.append(draft, to: session.id)
                #expect(next.offset > events.last?.offset ?? -1)
            }
            try await again.close()
            boundary += 1
        }
        #expect(boundary > 150, "the scenario has \(boundary) operations")
        // Names that are not synced are gone with the power.
        #expect(drafts > 0 || crash == .powerLoss, "no crash came before a file took its place")
    }

    @Test("leaves what was shown after a kill between a write and its sync, also when the power fails then")
    func shownIsSynced() async throws {
        let disk = SimulatedDisk()
        let first = try open(disk, ids: RandomIDGenerator())
        _ = try await first.stores.tags.create(name: "acknowledged")
        disk.crash(before: "sync journal-1.jsonl")
        await #expect(throws: StoreError.self) { try await first.stores.tags.create(name: "written") }
        let killed = disk.afterwards(.kill)
        let second = try open(killed, ids: RandomIDGenerator())
        let shown = try await second.stores.tags.list(name: nil)
        #expect(shown.map(\.name) == ["acknowledged", "written"])
        let third = try open(killed.afterwards(.powerLoss), ids: RandomIDGenerator())
        #expect(try await third.stores.tags.list(name: nil) == shown)
    }
}
