import Foundation
import ParlantCore
import ParlantEngine
import ParlantStores
import Testing

@Suite("A process that dies while messages come in")
struct CrashScheduleTests {
    /// Sixty times as many with `PARLANT_NIGHTLY`.
    private static let seeds = 0..<(ProcessInfo.processInfo.environment["PARLANT_NIGHTLY"] == nil ? 360 : 21_600)
    private static let kinds: [DoubleText] = [.interrupt, .merge, .enqueue, .reject]

    @Test(
        "leaves no message without an answer of its own or of a later turn, and does nothing twice", arguments: seeds)
    func schedules(seed: Int) async throws {
        var random = SeededGenerator(state: UInt64(seed))
        let doubleText = Self.kinds[seed % 4]
        let agent = MoneyAgent([.fluid, .streaming, .twice][seed / 4 % 3], doubleText)
        let messages = Int.random(in: 1...4, using: &random)
        let pauses = (0..<messages).map { _ in Int.random(in: 0...60, using: &random) }
        let last = Int.random(in: 1...(24 * messages), using: &random)
        let death = Bool.random(using: &random) ? MortalSessionStore.Death.before : .after
        let others = (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 1...20, using: &random) }
        let crashed = try await CrashedSession(agent, last: last, death, others: others) { chat in
            for (place, pause) in pauses.enumerated() {
                for _ in 0..<pause { await Task.yield() }
                do {
                    try await chat.say("Send \((place + 1) * 100) euro", trace: TraceID("t\(place)"))
                } catch let error as EngineError {
                    #expect(error.code == .busy)
                }
            }
        }
        try await crashed.check("seed \(seed)")
        let events = try await crashed.events
        for message in events where message.source == .customer {
            let later = events.filter { $0.source == .customer && $0.offset >= message.offset }.map(\.traceID)
            // A turn that answers this message, or says what became of it.
            let isCleared = events.contains { event in
                later.contains(event.traceID) && event.source == .aiAgent
                    && (event.kind == .message || EventData.status(of: event.data) == .error)
            }
            #expect(isCleared, "seed \(seed): \(message.traceID) among \(events.map { "\($0.traceID) \($0.brief)" })")
        }
    }
}
