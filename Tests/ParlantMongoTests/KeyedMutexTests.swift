import Dispatch
import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantMongo

@Suite("Changes of one document, of many callers at once")
struct KeyedMutexTests {
    @Test("come one after the other, in the order in which they were asked for, also when one of them fails")
    func order() async throws {
        let mutex = KeyedMutex<String>()
        let seen = Seen()
        let (begun, end) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        let first = Task {
            try await mutex.exclusively("x") {
                begun.continuation.yield()
                for await _ in end.stream { break }
                seen.done.withLock { $0.append(0) }
                throw MongoError(.failed, "no")
            }
        }
        for await _ in begun.stream { break }
        var others: [Task<Void, Never>] = []
        for number in 1...20 {
            let isAsking = AsyncStream<Void>.makeStream()
            // Immediate: it has its place before the next one asks.
            others.append(
                Task.immediate {
                    isAsking.continuation.yield()
                    await mutex.exclusively("x") { seen.done.withLock { $0.append(number) } }
                })
            for await _ in isAsking.stream { break }
        }
        #expect(seen.done.withLock { $0 } == [])
        end.continuation.yield()
        await #expect(throws: MongoError.self) { try await first.value }
        for task in others { await task.value }
        #expect(seen.done.withLock { $0 } == Array(0...20))
    }

    @Test("wait without a thread: calls about other documents go on, and a call waits for nobody with another key")
    func threads() async throws {
        // The bodies ask the server nothing, so none need be there.
        let address = try MongoAddress("mongodb://127.0.0.1:1/test?maxPoolSize=2")
        let database = try MongoDatabase(address, clock: SystemTimeSource(), ids: RandomIDGenerator())
        let seen = Seen()
        let (begun, ended) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await database.change("x", in: "customers") { _ in
                        let now = seen.running.add(1, ordering: .relaxed).newValue
                        seen.most.max(now, ordering: .relaxed)
                        begun.continuation.yield()
                        if !seen.isOver.load(ordering: .relaxed) { ended.wait() }
                        seen.running.subtract(1, ordering: .relaxed)
                    }
                }
            }
            for await _ in begun.stream { break }
            // One of two threads is held, and 49 calls wait.
            let other = try await database.change("y", in: "customers") { _ in "other id" }
            let same = try await database.change("x", in: "tags") { _ in "other collection" }
            let read = try await database.run { _ in "read" }
            #expect([other, same, read] == ["other id", "other collection", "read"])
            seen.isOver.store(true, ordering: .relaxed)
            ended.signal()
            try await group.waitForAll()
        }
        #expect(seen.most.load(ordering: .relaxed) == 1)
        await database.close()
    }
}

/// What the bodies of changes note.
private final class Seen: Sendable {
    let done = Mutex<[Int]>([])
    let running = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    let isOver = Atomic<Bool>(false)
}
