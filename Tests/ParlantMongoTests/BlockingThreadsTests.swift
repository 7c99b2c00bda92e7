import Dispatch
import ParlantCore
import ParlantTesting
import Testing

@testable import ParlantMongo

@Suite("Threads for calls that block")
struct BlockingThreadsTests {
    @Test("run as many calls at once as there are threads, and hand back what they return or throw")
    func parallel() async throws {
        let threads = BlockingThreads(count: 2, name: "test", clock: ManualClock())
        let meeting = DispatchSemaphore(value: 0)
        // Neither ends without the other.
        async let first = threads.run {
            meeting.wait()
            return 1
        }
        async let second = threads.run {
            meeting.signal()
            return 2
        }
        #expect(try await [first, second] == [1, 2])
        await #expect(throws: MongoError.self) { try await threads.run { throw MongoError(.failed, "no") } }
        await threads.close()
    }

    @Test("drop a call whose task is cancelled before it began, and finish one that has begun")
    func cancellation() async throws {
        let threads = BlockingThreads(count: 1, name: "test", clock: ManualClock())
        let (begun, end) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        let running = Task {
            try await threads.run {
                begun.continuation.yield()
                end.wait()
                return "done"
            }
        }
        for await _ in begun.stream { break }
        let waiting = Task { try await threads.run { Issue.record("it ran") } }
        running.cancel()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        end.signal()
        #expect(try await running.value == "done")
        await threads.close()
    }

    @Test("refuse calls beyond the limit, calls that waited too long, and calls after the end")
    func limits() async throws {
        let clock = ManualClock()
        let threads = BlockingThreads(
            count: 1, name: "test", limit: 1, patience: .seconds(5), clock: clock)
        let (begun, end) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        let running = Task {
            try await threads.run {
                begun.continuation.yield()
                end.wait()
            }
        }
        for await _ in begun.stream { break }
        let results = await withTaskGroup(of: MongoError?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do { try await threads.run {} } catch { return error as? MongoError }
                    return nil
                }
            }
            // One of them waits, so the other is refused.
            var results = [await group.next() ?? nil]
            clock.advance(by: .seconds(6))
            end.signal()
            results.append(await group.next() ?? nil)
            return results
        }
        #expect(results.map { $0?.code } == [.timedOut, .timedOut])
        #expect(results[0]?.message == "1 calls wait already")
        #expect(results[1]?.message.hasPrefix("the call waited for a connection for longer than") == true)
        try await running.value
        await threads.close()
        let error = await #expect(throws: MongoError.self) { try await threads.run {} }
        #expect(error?.code == .closed)
    }
}
