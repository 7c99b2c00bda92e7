import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantNLP

@Suite("A model that is asked too much")
struct PauseBoardTests {
    /// Seconds that double with each refusal.
    private func doubling(_ refusals: Int) -> Duration { .seconds(1 << (refusals - 1)) }

    @Test("is not asked until the pause is over")
    func wait() {
        var state = PauseState()
        #expect(state.wait(at: .seconds(10)) == .zero)
        state.refused(at: .seconds(10), sent: .seconds(9)) { _ in .seconds(3) }
        #expect(state.wait(at: .seconds(10)) == .seconds(3))
        #expect(state.wait(at: .seconds(12)) == .seconds(1))
        #expect(state.wait(at: .seconds(13)) == .zero)
    }

    @Test("gets longer pauses by waves of refusals, not by the number of those who asked together")
    func waves() {
        var state = PauseState()
        for _ in 0..<5 { state.refused(at: .seconds(1), sent: .zero, pause: doubling) }
        #expect(state.refusals == 1)
        #expect(state.wait(at: .seconds(1)) == .seconds(1))
        state.refused(at: .seconds(3), sent: .seconds(2), pause: doubling)
        #expect(state.refusals == 2)
        #expect(state.wait(at: .seconds(3)) == .seconds(2))
    }

    @Test("begins anew after an answer, but not after one to a question from before the pause")
    func answered() {
        var state = PauseState()
        state.refused(at: .seconds(1), sent: .zero, pause: doubling)
        state.answered(sent: .zero)
        #expect(state.refusals == 1)
        #expect(state.wait(at: .seconds(1)) == .seconds(1))
        state.answered(sent: .seconds(2))
        #expect(state.refusals == 0)
    }

    @Test("never has its pause shortened by a later refusal")
    func longest() {
        var state = PauseState()
        state.refused(at: .seconds(1), sent: .zero) { _ in .seconds(60) }
        state.refused(at: .seconds(2), sent: .zero) { _ in .seconds(1) }
        #expect(state.wait(at: .seconds(2)) == .seconds(59))
    }

    @Test("is left alone by all sessions, and other models are not", arguments: ServedDialect.allCases)
    func acrossSessions(_ dialect: ServedDialect) async throws {
        let clock = ManualClock()
        let good = ScriptedTransport.Step.reply(200, dialect.answer(["applies": true]))
        let bench = try DialectBench(
            dialect, [.reply(429, "{}", [HTTPHeader("retry-after", "10")]), good, good, good, good], clock: clock)
        let first = Task { try await bench.generate() }
        await clock.waitForSleepers(1)
        #expect(bench.transport.requests.count == 1)
        #expect(
            bench.told == [
                "model.test:80 wants no requests for 10 s; send fewer requests, or raise the account's limits"
            ])
        let second = Task { try await bench.generate() }
        await clock.waitForSleepers(2)
        // The small model has a limit of its own.
        _ = try await bench.generate(size: .nano)
        #expect(bench.transport.requests.count == 2)
        clock.advance(by: .milliseconds(9999))
        #expect(clock.sleeperCount == 2)
        clock.advance(by: .milliseconds(1))
        #expect(try await first.value.attempts == 2)
        #expect(try await second.value.attempts == 1)
        #expect(bench.transport.requests.count == 4)
    }

    @Test("refuses at once who cannot wait that long, and says how long it is")
    func hasty() async throws {
        let clock = ManualClock()
        let bench = try DialectBench(.openAI, [.reply(429, "{}", [HTTPHeader("retry-after", "60")])], clock: clock)
        let patient = Task { try await bench.generate() }
        await clock.waitForSleepers(1)
        let error = await #expect(throws: NLPError.self) { try await bench.generate(timeLimit: .seconds(20)) }
        #expect(error?.code == .rateLimited)
        #expect(
            error?.message
                == "model.test:80 wants no requests for 60 s; send fewer requests, or raise the account's limits")
        #expect(error?.attempts == 0)
        #expect(bench.transport.requests.count == 1)
        patient.cancel()
        _ = try? await patient.value
    }

    @Test("is asked again by those who waited at different moments")
    func spread() async throws {
        let board = PauseBoard()
        let clock = InstantClock()
        #expect(board.refused("m", at: .zero, sent: .zero) { _ in .seconds(2) } == .seconds(2))
        // The pause is news once.
        #expect(board.refused("m", at: .zero, sent: .zero) { _ in .seconds(2) } == nil)
        try await board.waitForTurn(of: "m", until: .seconds(60), on: clock, random: { 0.5 }) { _ in
            NLPError(.rateLimited, "late")
        }
        #expect(clock.sleeps == [.milliseconds(2250)])
    }
}

@Suite("Lines of a stream")
struct LineSplitterTests {
    @Test("come whole, however the bytes are cut", arguments: 1...7)
    func pieces(_ size: Int) throws {
        let bytes = Array("data: ☺\r\n\r\nsecond\n\nlast".utf8)
        var splitter = LineSplitter()
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += try splitter.lines(adding: Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(lines == ["data: ☺", "", "second", ""])
        #expect(splitter.last() == "last")
        #expect(splitter.last() == nil)
    }

    @Test("that never end are refused")
    func endless() throws {
        var splitter = LineSplitter()
        _ = try splitter.lines(adding: Array(repeating: 65, count: LineSplitter.limit))
        #expect(throws: LineSplitter.TooLong.self) { try splitter.lines(adding: [65]) }
    }

    @Test("of events have data", arguments: [("data: x", "x"), ("data:x", "x"), ("data:  x", " x"), ("data:", "")])
    func data(_ line: String, _ data: String) { #expect(line.eventData.map(String.init) == data) }

    @Test("of other kinds have none", arguments: ["", ": comment", "event: x", "id: 1", "retry: 3"])
    func noData(_ line: String) { #expect(line.eventData == nil) }
}
