import ParlantCore
import Synchronization

/// A transport that replies from a list and keeps the requests.
final class ScriptedTransport: HTTPTransport {
    /// One reply of the script.
    enum Step: Sendable {
        case reply(Int, String, [HTTPHeader] = [])
        case failure(HTTPTransportError.Kind)
        /// No reply until the task is cancelled.
        case hang
        /// A reply whose body comes in these pieces.
        case stream([ScriptedStream.Piece])
    }

    private struct State {
        var steps: [Step]
        var requests: [HTTPExchangeRequest] = []
        var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
        var observers: [CheckedContinuation<Void, Never>] = []
        /// Moves whenever a request begins, for ``waitForHang()``.
        var hangs = 0
    }

    private let state: Mutex<State>
    /// Runs before each reply, with the request's number from 1.
    let onRequest: @Sendable (Int) -> Void

    init(_ steps: [Step], onRequest: @escaping @Sendable (Int) -> Void = { _ in }) {
        state = Mutex(State(steps: steps))
        self.onRequest = onRequest
    }

    var requests: [HTTPExchangeRequest] { state.withLock { $0.requests } }

    /// Bodies of the requests as JSON.
    var bodies: [JSONValue] { requests.compactMap { try? JSONParser.parse($0.body) } }

    func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        let stream = try await open(request)
        var body: [UInt8] = []
        while let piece = try await stream.next() { body += piece }
        return HTTPExchangeReply(status: stream.status, headers: stream.headers, body: body)
    }

    func open(_ request: HTTPExchangeRequest) async throws -> any HTTPReplyStream {
        let (step, number) = state.withLock { state in
            state.requests.append(request)
            return (state.steps.isEmpty ? nil : state.steps.removeFirst(), state.requests.count)
        }
        onRequest(number)
        switch step {
        case .reply(let status, let body, let headers):
            return ScriptedStream(status: status, headers: headers, [.text(body)])
        case .stream(let pieces): return ScriptedStream(pieces)
        case .failure(let kind): throw HTTPTransportError(kind, "no reply from host")
        case .hang: try await hang(number)
        case nil: break
        }
        throw HTTPTransportError(.broken, "the script is over")
    }

    /// Returns when a request hangs.
    func waitForHang() async {
        await withCheckedContinuation { continuation in
            let hangs = state.withLock { state in
                if state.hangs == 0 { state.observers.append(continuation) }
                return state.hangs > 0
            }
            if hangs { continuation.resume() }
        }
    }

    private func hang(_ number: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let observers = state.withLock { state in
                    state.waiting[number] = continuation
                    state.hangs += 1
                    defer { state.observers = [] }
                    return state.observers
                }
                for observer in observers { observer.resume() }
                if Task.isCancelled { release(number) }
            }
        } onCancel: {
            release(number)
        }
    }

    private func release(_ number: Int) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
    }
}
