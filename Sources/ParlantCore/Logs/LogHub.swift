import Synchronization

/// Hands the lines of the log to everybody who follows it.
///
/// Whoever logs never waits: each follower has a bounded backlog, and one that reads too slowly loses its oldest lines and
/// is told how many. Without a follower nothing is kept and ``isFollowed`` is one atomic load.
public final class LogHub: Sendable {
    /// What one hub holds.
    public struct Limits: Sendable {
        /// Followers at a time; one more is refused.
        public var followers = 16
        /// Lines that wait for one follower; beyond, the oldest are dropped.
        public var backlog = 512
        /// UTF-8 bytes of one line; the rest is cut.
        public var messageBytes = 4096

        /// The limits above; change what does not fit.
        public init() {}
    }

    /// There are as many followers as the hub takes.
    public struct Full: Error, Sendable {
        /// How many that is.
        public var limit: Int
    }

    private struct Followers {
        var next = 0
        var all: [Int: LogFollower] = [:]
    }

    private let limits: Limits
    private let followers = Mutex(Followers())
    private let count = Atomic<Int>(0)

    /// A hub that nobody follows yet.
    public init(limits: Limits = .init()) { self.limits = limits }

    /// Whether anybody follows; if not, a record need not be made.
    public var isFollowed: Bool { count.load(ordering: .relaxed) > 0 }

    /// Gives a record to each follower; drops it when there is none. Never waits; costs a lock and a copy of the
    /// reference for each.
    public func publish(_ record: LogRecord) {
        guard isFollowed else { return }
        var record = record
        if record.message.utf8.count > limits.messageBytes {
            record.message = Self.prefix(of: record.message, bytes: limits.messageBytes) + "…"
        }
        for follower in followers.withLock({ Array($0.all.values) }) { follower.offer(record) }
    }

    /// Follows from now on, until the follower is given back with ``leave(_:)``.
    ///
    /// - Throws: ``Full``; then nothing has changed.
    public func follow() throws(Full) -> LogFollower {
        let follower = followers.withLock { followers -> LogFollower? in
            guard followers.all.count < limits.followers else { return nil }
            followers.next += 1
            let follower = LogFollower(id: followers.next, backlog: limits.backlog)
            followers.all[follower.id] = follower
            count.store(followers.all.count, ordering: .relaxed)
            return follower
        }
        guard let follower else { throw Full(limit: limits.followers) }
        return follower
    }

    /// Ends the follower's stream and makes room for another. Leaving twice is fine.
    public func leave(_ follower: LogFollower) {
        followers.withLock { followers in
            followers.all[follower.id] = nil
            count.store(followers.all.count, ordering: .relaxed)
        }
        follower.end()
    }

    /// The longest beginning of whole characters that fits.
    private static func prefix(of text: String, bytes: Int) -> Substring {
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while end > text.startIndex, end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
        return text[..<end]
    }
}

/// One who follows the log. Made by ``LogHub/follow()``.
public final class LogFollower: Sendable {
    let id: Int
    private let stream: AsyncStream<LogRecord>
    private let source: AsyncStream<LogRecord>.Continuation
    private let dropped = Atomic<Int>(0)

    init(id: Int, backlog: Int) {
        self.id = id
        (stream, source) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(backlog))
    }

    func offer(_ record: LogRecord) {
        if case .dropped = source.yield(record) { dropped.wrappingAdd(1, ordering: .relaxed) }
    }

    func end() { source.finish() }

    /// What comes next, one or two records: a record, and before it a warning that says how many were dropped since the
    /// last call. nil when the follower has left, or when the task is cancelled. One call at a time.
    public func next() async -> [LogRecord]? {
        var iterator = stream.makeAsyncIterator()
        guard let record = await iterator.next() else { return nil }
        let lost = dropped.exchange(0, ordering: .relaxed)
        guard lost > 0 else { return [record] }
        let lines = lost == 1 ? "1 line" : "\(lost) lines"
        return [
            LogRecord(level: .warning, message: "\(lines) of the log were dropped here; this client reads too slowly"),
            record,
        ]
    }
}
