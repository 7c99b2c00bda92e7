import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite("Whether a call has a chance")
struct ReachTests {
    private let clock = ManualClock()
    private let reach = Reach()

    private func noServer() -> MongoError {
        var error = MongoError(.unreachable, "no server")
        error.foundNoServer = true
        return error
    }

    @Test("what looked for a server in vain lets others fail at once, for a moment")
    func rest() throws {
        #expect(throws: MongoError.self) { try reach.observe(clock) { throw noServer() } }
        #expect(reach.problem == "no server")
        #expect(throws: MongoError.self) { try reach.observe(clock) { Issue.record("it must not be tried") } }
        clock.advance(by: .milliseconds(250))
        #expect(try reach.observe(clock) { 7 } == 7)
        #expect(reach.problem == nil)
        #expect(try reach.observe(clock) { 8 } == 8)
    }

    @Test("other failures say nothing about the next call; an answer that is an error is an answer")
    func others() throws {
        for code in [MongoError.Code.unreachable, .timedOut, .refused] {
            #expect(throws: MongoError.self) { try reach.observe(clock) { throw MongoError(code, "gone") } }
            #expect(reach.problem == "gone")
            #expect(try reach.observe(clock) { 1 } == 1)
        }
        #expect(throws: MongoError.self) { try reach.observe(clock) { throw MongoError(.duplicateKey, "taken") } }
        #expect(reach.problem == nil)
    }
}
