import LuaRuntime
import Synchronization

/// What one call of a handler has opened and used, apart from its Lua.
final class CallResources: Sendable {
    private struct State {
        var streams: [Int: HTTPStreamReader] = [:]
        var lastStream = 0
        var requests = 0
        var branches = 0
    }

    private let state = Mutex(State())

    /// Counts a request.
    ///
    /// - Throws: `HostError` when it is one too many.
    func countRequest(_ name: String, limit: Int) throws {
        try state.withLock { state in
            guard state.requests < limit else {
                throw HostError("\(name): one call may send \(limit) requests, and these are sent")
            }
            state.requests += 1
        }
    }

    /// Counts functions that run side by side.
    ///
    /// - Throws: `HostError` when they are too many.
    func countBranches(_ count: Int, limit: Int) throws {
        try state.withLock { state in
            guard state.branches + count <= limit else {
                throw HostError("ctx:all: one call may run \(limit) functions side by side, this would be one more")
            }
            state.branches += count
        }
    }

    /// Keeps a stream until the call ends.
    func keep(_ stream: HTTPStreamReader) -> Int {
        state.withLock { state in
            state.lastStream += 1
            state.streams[state.lastStream] = stream
            return state.lastStream
        }
    }

    /// A stream that the call keeps.
    func stream(_ number: Int) -> HTTPStreamReader? { state.withLock { $0.streams[number] } }

    /// Closes a stream before the call ends.
    func release(_ number: Int) async { await state.withLock { $0.streams.removeValue(forKey: number) }?.close() }

    /// Closes all streams. The call is over.
    func close() async {
        let streams = state.withLock { state in
            defer { state.streams = [:] }
            return state.streams.values
        }
        for stream in streams { await stream.close() }
    }
}

/// Counts the requests of one bundle on one lane that are under way.
final class RequestGate: Sendable {
    private let count = Atomic(0)

    /// Takes a place; call ``leave()`` when the request is over.
    ///
    /// - Throws: `HostError` when there is none.
    func enter(_ name: String, limit: Int) throws {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            leave()
            throw HostError("\(name): \(limit) requests of this bundle are under way, which is the limit")
        }
    }

    func leave() { count.subtract(1, ordering: .relaxed) }
}
