import ParlantAPI
import ParlantEngine
import ParlantTesting
import ServiceLifecycle
import Testing

/// Runs the server on a free port while `body` runs, then shuts it down gracefully.
func serve(
    _ fixture: Fixture, _ body: @Sendable (_ port: Int, _ group: ServiceGroup) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let server = APIServer(services: fixture.services, host: "127.0.0.1", port: 0) { port.yield($0) }
    let group = ServiceGroup(services: [server], logger: fixture.services.logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let number = try #require(await iterator.next())
        do {
            try await body(number, group)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// Waits until so many readers wait for events.
func waiting(_ count: Int, in fixture: Fixture) async throws {
    try await eventually("\(count) waiting readers") { fixture.engine.waitingReaders == count ? () : nil }
}

/// Waits until so many tasks sleep on the clock: those that wait for a body, when nothing else does.
func sleeping(_ count: Int, in fixture: Fixture) async throws {
    try await eventually("\(count) sleepers") { fixture.clock.sleeperCount == count ? () : nil }
}
