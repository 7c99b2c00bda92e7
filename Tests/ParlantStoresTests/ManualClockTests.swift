import ParlantCore
import ParlantTesting
import Testing

@Suite("The manual clock")
struct ManualClockTests {
    private let clock = ManualClock()

    @Test("wakes a sleeper when its time has come, and not before")
    func wakes() async throws {
        let clock = clock
        let sleeper = Task {
            try await clock.sleep(for: .seconds(10))
            return clock.uptime
        }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(9))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .seconds(1))
        #expect(clock.sleeperCount == 0)
        #expect(try await sleeper.value == .seconds(10))
    }

    @Test("lets a cancelled sleeper go at once")
    func cancellation() async throws {
        let task = Task { try await clock.sleep(for: .seconds(10)) }
        await clock.waitForSleepers(1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("does not let a cancelled task fall asleep")
    func alreadyCancelled() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(10))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("returns at once from a sleep of nothing, and moves both readings together")
    func readings() async throws {
        try await clock.sleep(for: .zero)
        let before = clock.now
        clock.advance(by: .milliseconds(1500))
        #expect(clock.uptime == .milliseconds(1500))
        #expect(clock.now.microseconds - before.microseconds == 1_500_000)
    }
}
