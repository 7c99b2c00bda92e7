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
        let (step, number) = state.withLock { state in
            state.requests.append(request)
            return (state.steps.isEmpty ? nil : state.steps.removeFirst(), state.requests.count)
        }
        onRequest(number)
        switch step {
        case .reply(let status, let body, let headers):
            return HTTPExchangeReply(status: status, headers: headers, body: Array(body.utf8))
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

/// A clock whose sleeps pass at once and are kept.
final class InstantClock: TimeSource {
    private let state = Mutex<(uptime: Duration, sleeps: [Duration])>((.zero, []))

    var now: Timestamp { Timestamp(microseconds: 0).advanced(by: uptime) }
    var uptime: Duration { state.withLock { $0.uptime } }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.uptime += duration
            state.sleeps.append(duration)
        }
    }

    func advance(by duration: Duration) { state.withLock { $0.uptime += duration } }
}

/// Bodies that services send.
enum Replies {
    static func chat(_ content: JSONValue, finish: String = "stop") -> String {
        chat(text: content.description, finish: finish)
    }

    static func chat(text: String, finish: String = "stop") -> String {
        JSONValue.object([
            "choices": [["finish_reason": .string(finish), "message": ["content": .string(text)]]],
            "usage": ["prompt_tokens": 7, "completion_tokens": 3],
        ]).description
    }

    static func error(_ message: String, code: String? = nil, param: String? = nil) -> String {
        var error: JSONObject = ["message": .string(message), "type": "invalid_request_error"]
        if let code { error["code"] = .string(code) }
        if let param { error["param"] = .string(param) }
        return JSONValue.object(["error": .object(error)]).description
    }
}
