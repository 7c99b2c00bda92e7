import ParlantCore
import Testing

@Suite("The hub of the log", .timeLimit(.minutes(5)))
struct LogHubTests {
    private func record(_ message: String) -> LogRecord { LogRecord(level: .info, traceID: "t", message: message) }

    @Test("gives each line to everybody who follows, from when they began to")
    func everybody() async throws {
        let hub = LogHub()
        let first = try hub.follow()
        hub.publish(record("one"))
        let second = try hub.follow()
        hub.publish(record("two"))
        #expect(await first.next() == [record("one")])
        #expect(await first.next() == [record("two")])
        #expect(await second.next() == [record("two")])
    }

    @Test("keeps nothing while nobody follows")
    func nobody() async throws {
        let hub = LogHub()
        #expect(!hub.isFollowed)
        hub.publish(record("lost"))
        let follower = try hub.follow()
        #expect(hub.isFollowed)
        hub.publish(record("seen"))
        #expect(await follower.next() == [record("seen")])
        hub.leave(follower)
        #expect(!hub.isFollowed)
    }

    @Test("drops the oldest lines of a slow follower and says how many, and of nobody else")
    func slow() async throws {
        var limits = LogHub.Limits()
        limits.backlog = 3
        let hub = LogHub(limits: limits)
        let slow = try hub.follow()
        let quick = try hub.follow()
        for number in 0..<5 {
            hub.publish(record("\(number)"))
            #expect(await quick.next() == [record("\(number)")])
        }
        let warning = LogRecord(
            level: .warning, message: "2 lines of the log were dropped here; this client reads too slowly")
        #expect(await slow.next() == [warning, record("2")])
        #expect(await slow.next() == [record("3")])
        #expect(await slow.next() == [record("4")])
        for number in 5..<9 { hub.publish(record("\(number)")) }
        #expect(await slow.next()?.first?.message.hasPrefix("1 line of") == true)
    }

    @Test("refuses one follower too many, and takes one again when another has left")
    func limit() throws {
        var limits = LogHub.Limits()
        limits.followers = 2
        let hub = LogHub(limits: limits)
        let first = try hub.follow()
        let second = try hub.follow()
        let error = #expect(throws: LogHub.Full.self) { try hub.follow() }
        #expect(error?.limit == 2)
        hub.leave(first)
        hub.leave(first)
        _ = try hub.follow()
        #expect(throws: LogHub.Full.self) { try hub.follow() }
        hub.leave(second)
    }

    @Test("ends the wait of one who leaves, and of one whose task is cancelled")
    func ends() async throws {
        let hub = LogHub()
        let leaving = try hub.follow()
        let waiting = Task { await leaving.next() }
        hub.leave(leaving)
        #expect(await waiting.value == nil)
        let staying = try hub.follow()
        let cancelled = Task { await staying.next() }
        cancelled.cancel()
        #expect(await cancelled.value == nil)
    }

    @Test("cuts what is too long at a whole character")
    func long() async throws {
        var limits = LogHub.Limits()
        limits.messageBytes = 5
        let hub = LogHub(limits: limits)
        let follower = try hub.follow()
        hub.publish(record("ééé"))
        hub.publish(record("abcde"))
        #expect(await follower.next()?.map(\.message) == ["éé…"])
        #expect(await follower.next()?.map(\.message) == ["abcde"])
    }

    @Test("a record is written as the reference's clients read it")
    func wire() {
        let record = LogRecord(level: .warning, message: "a \"b\"\n")
        let text = String(decoding: record.json, as: UTF8.self)
        #expect(text == #"{"level":"WARNING","trace_id":"<main>","message":"a \"b\"\n"}"#)
    }
}
