import Logging
import ParlantCore
import ParlantStores
import Synchronization

/// Answers requests with what a test prepared, and keeps them.
final class FakeTransport: HTTPTransport {
    private let state = Mutex<
        (requests: [HTTPExchangeRequest], answers: [Result<HTTPExchangeReply, HTTPTransportError>])
    >(([], []))

    init(_ answers: Result<HTTPExchangeReply, HTTPTransportError>...) {
        state.withLock { $0.answers = answers }
    }

    var requests: [HTTPExchangeRequest] { state.withLock { $0.requests } }

    func exchange(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeReply {
        try state.withLock { state in
            state.requests.append(request)
            guard !state.answers.isEmpty else { throw HTTPTransportError(.refused, "nobody listens") }
            return state.answers.count == 1 ? state.answers[0] : state.answers.removeFirst()
        }.get()
    }
}

/// A clock that a test moves.
final class TestClock: TimeSource {
    private struct Sleeper {
        var until: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var uptime = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var next = 0
    }
    private let state = Mutex(State())
    private let start: Timestamp

    init(_ start: String = "2026-03-02T23:30:00Z") { self.start = Timestamp(start) ?? Timestamp(microseconds: 0) }

    var now: Timestamp { start.advanced(by: uptime) }
    var uptime: Duration { state.withLock { $0.uptime } }
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func sleep(for duration: Duration) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let refused = state.withLock { state -> Bool in
                    if state.cancelled.remove(number) != nil { return true }
                    state.sleepers[number] = Sleeper(until: state.uptime + duration, continuation: continuation)
                    return false
                }
                if refused { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.uptime += duration
            let now = state.uptime
            let due = state.sleepers.filter { $0.value.until <= now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.until < $1.until }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until that many sleep.
    func waitForSleepers(_ count: Int) async throws {
        while sleeperCount < count {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

/// Keeps what is remembered in the order in which it was.
final class FakeMemories: CustomerMemories {
    private let state = Mutex<[Memory]>([])

    var all: [Memory] { state.withLock { $0 } }

    func search(_ text: String?, limit: Int) async throws -> [FoundMemory] {
        all.filter { text.map($0.content.contains) ?? true }.prefix(limit).map {
            FoundMemory(Stored($0, createdAt: Timestamp(microseconds: 0)), score: 0.5)
        }
    }

    func remember(_ draft: MemoryDraft) async throws -> Memory {
        guard draft.content != "refused" else {
            throw StoreError(.protected, entity: "memory", id: "", message: "not here")
        }
        return state.withLock { memories in
            let memory = Memory(
                id: MemoryID("m\(memories.count + 1)"), customer: "cust_jane", agent: "x", content: draft.content,
                entities: draft.entities, importance: draft.importance)
            memories.append(memory)
            return memory
        }
    }

    func forget(_ id: MemoryID) async throws -> Bool {
        state.withLock { memories in
            let count = memories.count
            memories.removeAll { $0.id == id }
            return memories.count < count
        }
    }
}

/// Keeps what handlers do to the session, and what has become of session and customer. What handlers see does not change.
final class EffectRecorder: TurnEffects {
    private let state = Mutex<[String]>([])
    private let kept = Mutex((session: Session.jane, customer: Customer.jane))

    var log: [String] { state.withLock { $0 } }

    func emitMessage(_ text: String) async throws { state.withLock { $0.append("message \(text)") } }

    func emitStatus(_ status: SessionStatus, _ details: JSONObject) async throws {
        state.withLock { $0.append("status \(status.rawValue) \(JSONValue.object(details))") }
    }

    func emitCustom(_ data: JSONValue) async throws { state.withLock { $0.append("custom \(data)") } }

    func setVariable(_ name: String, to value: JSONValue) async throws {
        guard name == "plan" else { throw StoreError.notFound("variable", name) }
        state.withLock { $0.append("variable \(name) = \(value)") }
    }

    func customerDocuments(answering question: String, limit: Int) async throws -> [FoundPassage] {
        state.withLock { $0.append("documents '\(question)' \(limit)") }
        return documents.prefix(limit).map { document in
            FoundPassage(
                document: document.id, owner: document.owner, title: document.title, number: 1,
                text: document.content.texts.joined(), metadata: document.metadata, score: 0.5)
        }
    }

    func customerDocuments() async throws -> [Document] { documents }

    let documents: [Document]
    let keyValues: any KeyValueStore
    let notes = FakeMemories()
    var memories: any CustomerMemories { notes }

    init(_ keyValues: any KeyValueStore = MemoryKeyValueStore(clock: SystemTimeSource()), documents: [Document] = []) {
        self.documents = documents
        self.keyValues = keyValues
    }

    func updateSession(_ change: SessionChange) async throws {
        try kept.withLock { try change.apply(to: &$0.session) }
        state.withLock { log in
            if let mode = change.mode { log.append("session mode \(mode.rawValue)") }
            for (key, value) in change.metadata.set { log.append("session \(key) = \(value)") }
            for key in change.metadata.unset { log.append("session unset \(key)") }
            for label in change.addLabels { log.append("session label \(label)") }
        }
    }

    func updateCustomer(_ change: CustomerChange) async throws {
        try kept.withLock { try change.apply(to: &$0.customer, now: Timestamp(microseconds: 0)) }
        state.withLock { log in
            for (key, value) in change.metadata.set { log.append("customer \(key) = \(value)") }
            for key in change.metadata.unset { log.append("customer unset \(key)") }
        }
    }
}

/// Keeps log lines.
final class LogRecorder: Sendable {
    struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]
    }

    private let state = Mutex<[Line]>([])

    var lines: [Line] { state.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    fileprivate func add(_ line: Line) { state.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            recorder.add(
                Line(level: event.level, message: event.message.description, metadata: all.mapValues { "\($0)" }))
        }
    }
}
