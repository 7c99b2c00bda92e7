import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("When a conversation is read")
struct MemoryScheduleTests {
    private func seconds(_ number: Int) -> Duration { .seconds(number) }

    private func schedule(_ sessions: SessionID..., at now: Int = 0) -> MemorySchedule {
        var schedule = MemorySchedule(pause: .seconds(60), mostAtOnce: 2)
        for session in sessions { schedule.heard(session, at: seconds(now)) }
        return schedule
    }

    @Test("a pause after the last word, whoever said it")
    func pause() {
        var schedule = schedule()
        for moment in [0, 20, 30] { schedule.heard("a", at: seconds(moment)) }
        #expect(schedule.count == 1 && schedule.next == seconds(60))
        #expect(schedule.rang(at: seconds(60)) == [] && schedule.next == seconds(90))
        schedule.answered("a", at: seconds(80))
        #expect(schedule.rang(at: seconds(90)) == [] && schedule.next == seconds(140))
        #expect(schedule.rang(at: seconds(140)) == ["a"] && schedule.next == nil)
        let ended = schedule.ended("a", .read, at: seconds(150))
        #expect(ended.next == [] && ended.isSettled && schedule.count == 0)
    }

    @Test("what is said while it is read is read after another pause")
    func news() {
        var schedule = schedule("a")
        #expect(schedule.rang(at: seconds(60)) == ["a"])
        schedule.heard("a", at: seconds(65))
        #expect(schedule.ended("a", .read, at: seconds(70)).isSettled == false)
        #expect(schedule.next == seconds(125))
        #expect(schedule.rang(at: seconds(125)) == ["a"])
    }

    @Test("two are read at the same time, the others in their order")
    func several() {
        var schedule = schedule("a", "b", "c", "d")
        #expect(schedule.rang(at: seconds(60)) == ["a", "b"])
        #expect(schedule.rang(at: seconds(61)) == [])
        #expect(schedule.ended("b", .read, at: seconds(62)).next == ["c"])
        #expect(schedule.ended("a", .more, at: seconds(63)).next == ["d"])
        #expect(schedule.ended("d", .read, at: seconds(64)).next == ["a"])
    }

    @Test("one that was not over is looked at again when it says so")
    func early() {
        var schedule = schedule("a")
        #expect(schedule.rang(at: seconds(60)) == ["a"])
        #expect(schedule.ended("a", .early(.seconds(7)), at: seconds(61)).isSettled == false)
        #expect(schedule.next == seconds(68) && schedule.rang(at: seconds(68)) == ["a"])
    }

    @Test("one that fails is tried after pauses that double, five times; then the next word tries again")
    func failures() {
        var schedule = schedule("a")
        var now = 60
        for wait in [120, 240, 480, 960] {
            #expect(schedule.rang(at: seconds(now)) == ["a"])
            #expect(schedule.ended("a", .failed, at: seconds(now)).isSettled == false)
            #expect(schedule.next == seconds(now + wait))
            now += wait
        }
        #expect(schedule.rang(at: seconds(now)) == ["a"])
        // It stays among the unread, for the next start.
        #expect(schedule.ended("a", .failed, at: seconds(now)).isSettled == false)
        #expect(schedule.count == 0 && schedule.next == nil)
        schedule.heard("a", at: seconds(now))
        #expect(schedule.next == seconds(now + 60))
    }

    @Test("one that is refused waits for the next word, and stays among the unread")
    func refused() {
        var schedule = schedule("a")
        #expect(schedule.rang(at: seconds(60)) == ["a"])
        #expect(schedule.ended("a", .refused, at: seconds(61)).isSettled == false && schedule.count == 0)
    }

    @Test("one that is gone is not read; what comes back anew is not confused with it")
    func forgotten() {
        var schedule = schedule("a", "b")
        schedule.forget("a")
        #expect(schedule.rang(at: seconds(60)) == ["b"])
        schedule.forget("b")
        schedule.heard("b", at: seconds(61))
        #expect(schedule.ended("b", .read, at: seconds(62)).isSettled == false)
        #expect(schedule.next == seconds(121) && schedule.rang(at: seconds(121)) == ["b"])
    }

    @Test("whatever happens, each conversation that speaks is read after its last word, and never twice at a time")
    func property() {
        for seed in 0..<200 {
            var random = SeededGenerator(state: UInt64(seed))
            var schedule = MemorySchedule(pause: .seconds(10), mostAtOnce: 2)
            var lastWord: [SessionID: Int] = [:]
            var lastRead: [SessionID: Int] = [:]
            var reading: [SessionID: Int] = [:]
            func begin(_ sessions: [SessionID], _ now: Int) {
                for session in sessions {
                    #expect(reading[session] == nil, "seed \(seed)")
                    reading[session] = now
                }
                #expect(reading.count <= 2)
            }
            for now in 0..<400 {
                if now < 200, Int.random(in: 0..<4, using: &random) == 0 {
                    let session = SessionID("s\(Int.random(in: 0..<5, using: &random))")
                    schedule.heard(session, at: .seconds(now))
                    lastWord[session] = now
                }
                if let next = schedule.next, next <= .seconds(now) { begin(schedule.rang(at: .seconds(now)), now) }
                let any = reading.keys.sorted().randomElement(using: &random)
                if let session = any, Int.random(in: 0..<3, using: &random) == 0 {
                    let begun = reading.removeValue(forKey: session) ?? 0
                    let fails = now < 200 && Int.random(in: 0..<6, using: &random) == 0
                    if !fails { lastRead[session] = begun }
                    begin(
                        schedule.ended(session, fails ? .early(.seconds(3)) : .read, at: .seconds(now)).next, now)
                }
            }
            for (session, word) in lastWord { #expect(lastRead[session] ?? -1 >= word, "seed \(seed), \(session)") }
            #expect(schedule.count == 0 && schedule.next == nil, "seed \(seed)")
        }
    }
}
