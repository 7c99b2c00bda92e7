import Logging
import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("Which sessions are to be read")
struct UnreadSessionsTests {
    private let store = MemoryKeyValueStore(clock: ManualClock())

    private func server(isShared: Bool, rest: Int? = nil) -> UnreadSessions {
        UnreadSessions(store: store, isShared: isShared, logger: Logger(label: "test")) { _ in rest }
    }

    private func begin(after servers: UnreadSessions...) async throws -> Int? {
        for server in servers { await server.flush() }
        return try await UnreadSessions.begin(of: "s", in: store)
    }

    @Test("what is forgotten and heard again begins anew, however fast that goes")
    func again() async throws {
        for isShared in [false, true] {
            let server = server(isShared: isShared)
            server.keep("s", from: 2)
            server.forget("s")
            server.keep("s", from: 7)
            #expect(try await begin(after: server) == 7)
            server.settle("s")
            #expect(try await begin(after: server) == nil)
        }
    }

    @Test("of what two servers have heard, the earlier counts, whoever says so first")
    func earlier() async throws {
        let (first, second) = (server(isShared: true), server(isShared: true))
        first.keep("s", from: 4)
        #expect(try await begin(after: first) == 4)
        second.keep("s", from: 6)
        #expect(try await begin(after: second) == 4)
        second.keep("s", from: 3)
        #expect(try await begin(after: second) == 3)
    }

    @Test("a server that has read all leaves an entry for what came meanwhile")
    func rest() async throws {
        let server = server(isShared: true, rest: 6)
        server.keep("s", from: 4)
        server.settle("s")
        #expect(try await begin(after: server) == 6)
    }
}
