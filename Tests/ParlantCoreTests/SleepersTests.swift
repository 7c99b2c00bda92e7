import Testing

@testable import ParlantCore

@Suite("Who wakes when")
struct WakeupQueueTests {
    private var queue = WakeupQueue<String>()

    private mutating func add(_ name: String, _ seconds: Int) -> Duration? {
        queue.add(name, queue.nextNumber(), until: .seconds(seconds))
    }

    @Test("an alarm is asked for only when all others would be late")
    mutating func alarms() {
        #expect(add("b", 30) == .seconds(30))
        #expect(add("c", 40) == nil)
        #expect(add("a", 10) == .seconds(10))
        #expect(queue.ring(.seconds(10), at: .seconds(10)) == (["a"], nil), "the alarm for b is set")
        #expect(queue.ring(.seconds(30), at: .seconds(31)) == (["b"], .seconds(40)))
        #expect(queue.ring(.seconds(40), at: .seconds(40)) == (["c"], nil))
        #expect(add("d", 50) == .seconds(50))
    }

    @Test("all whose moment has come wake in its order, and nobody before")
    mutating func order() {
        var left = Array(1...500)
        var random = SystemRandomNumberGenerator()
        left.shuffle(using: &random)
        for second in left { _ = add("\(second)", second) }
        #expect(queue.ring(.seconds(1), at: .seconds(250)).due == (1...250).map { "\($0)" })
        #expect(queue.ring(.seconds(251), at: .seconds(500)).due == (251...500).map { "\($0)" })
        #expect(queue.count == 0 && queue.entryCount == 0)
    }

    @Test("an alarm that comes early wakes nobody and is asked for again")
    mutating func early() {
        _ = add("a", 10)
        #expect(queue.ring(.seconds(10), at: .seconds(9)) == ([], .seconds(10)))
        #expect(queue.ring(.seconds(10), at: .seconds(10)) == (["a"], nil))
    }

    @Test("who is removed does not wake, costs no alarm of its own, and leaves nothing behind")
    mutating func removed() {
        _ = add("stays", 60)
        for second in 0..<10_000 {
            let number = queue.nextNumber()
            #expect(queue.add("goes", number, until: .seconds(100 + second)) == nil)
            #expect(queue.remove(number) == "goes")
            #expect(queue.remove(number) == nil)
        }
        #expect(queue.count == 1)
        #expect(queue.entryCount < 70)
        #expect(queue.ring(.seconds(60), at: .seconds(60_000)) == (["stays"], nil))
        #expect(queue.entryCount == 0)
    }

    @Test("the earliest that is removed takes its alarm for those that come later")
    mutating func removedFirst() {
        let number = queue.nextNumber()
        #expect(queue.add("goes", number, until: .seconds(10)) == .seconds(10))
        _ = queue.remove(number)
        #expect(add("stays", 20) == nil)
        #expect(queue.ring(.seconds(10), at: .seconds(10)) == ([], .seconds(20)))
    }
}

private func == (left: (due: [String], next: Duration?), right: ([String], Duration?)) -> Bool {
    left.due == right.0 && left.next == right.1
}

@Suite("Sleeping", .timeLimit(.minutes(5)))
struct SleepersTests {
    @Test("a sleep lasts at least as long as asked for, also one that is over already")
    func duration() async throws {
        let sleepers = Sleepers()
        let start = sleepers.uptime
        async let long: Void = sleepers.sleep(for: .milliseconds(20))
        async let short: Void = sleepers.sleep(for: .milliseconds(5))
        try await short
        #expect(sleepers.uptime - start >= .milliseconds(5))
        try await long
        #expect(sleepers.uptime - start >= .milliseconds(20))
        try await sleepers.sleep(for: .seconds(-1))
        #expect(sleepers.count == 0)
    }

    @Test("a cancelled sleep ends at once and is forgotten, however early the cancellation comes")
    func cancellation() async {
        let sleepers = Sleepers()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let sleeping = Task { try await sleepers.sleep(for: .seconds(3600)) }
                    if number.isMultiple(of: 2) { await Task.yield() }
                    sleeping.cancel()
                    await #expect(throws: CancellationError.self) { try await sleeping.value }
                }
            }
        }
        #expect(sleepers.count == 0)
    }
}
