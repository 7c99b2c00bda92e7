import ParlantCore

/// When which conversation is read for what is worth remembering: once nobody has said anything in it for a while. Pure:
/// it knows no clock and starts no tasks.
///
/// A conversation waits from its first message on. What is said meanwhile only moves the moment, and costs no timer: the
/// alarm rings, finds that it is too early, and is set again.
struct MemorySchedule: Sendable {
    /// How a reading ended.
    enum Outcome: Sendable, Equatable {
        /// Everything is read.
        case read
        /// There is more to read, at once.
        case more
        /// It is not over, or was not over so long ago: again after this time.
        case early(Duration)
        /// It could not be read now.
        case failed
        /// Trying again would not help, until somebody says something.
        case refused
    }

    private struct Entry {
        /// When somebody said something last.
        var last: Duration
        /// When it is looked at; nil while it is read, or waits for its turn to be read.
        var due: Duration?
        /// Whether something was said while it was read.
        var hasNews = false
        var failures = 0
    }

    private let pause: Duration
    private let mostAtOnce: Int
    private var entries: [SessionID: Entry] = [:]
    /// By moment; those of one moment in the order in which they came.
    private var queue: [(due: Duration, session: SessionID)] = []
    /// Due, and not begun because others are read.
    private var ready: [SessionID] = []
    private(set) var reading: Set<SessionID> = []

    /// Nothing waits.
    ///
    /// - Parameters:
    ///   - pause: How long nobody must have said anything.
    ///   - mostAtOnce: Readings at the same time.
    init(pause: Duration, mostAtOnce: Int) {
        self.pause = pause
        self.mostAtOnce = mostAtOnce
    }

    /// When the alarm has to ring; nil: never.
    var next: Duration? { queue.first?.due }

    /// Conversations that wait or are read.
    var count: Int { entries.count }

    /// A customer has said something, or had before a restart.
    mutating func heard(_ session: SessionID, at now: Duration) {
        if entries[session] == nil {
            entries[session] = Entry(last: now)
            return wait(session, until: now + pause)
        }
        entries[session]?.last = now
        if entries[session]?.due == nil { entries[session]?.hasNews = true }
    }

    /// The agent has answered.
    mutating func answered(_ session: SessionID, at now: Duration) { entries[session]?.last = now }

    /// The alarm rings.
    ///
    /// - Returns: What has to be read now.
    mutating func rang(at now: Duration) -> [SessionID] {
        let due = queue.prefix { $0.due <= now }
        queue.removeFirst(due.count)
        for (_, session) in due {
            guard let last = entries[session]?.last else { continue }
            if entries[session]?.failures == 0, last + pause > now {
                wait(session, until: last + pause)
            } else {
                entries[session]?.due = nil
                ready.append(session)
            }
        }
        return begin()
    }

    /// A reading has ended.
    ///
    /// - Returns: What has to be read now, and whether nothing of this conversation is left to read.
    mutating func ended(_ session: SessionID, _ outcome: Outcome, at now: Duration) -> (
        next: [SessionID], isSettled: Bool
    ) {
        // One that was forgotten, and that waits anew perhaps, is nothing of this reading.
        guard reading.remove(session) != nil, var entry = entries[session], entry.due == nil else {
            return (begin(), false)
        }
        let hasNews = entry.hasNews
        entry.hasNews = false
        if outcome == .failed { entry.failures += 1 } else { entry.failures = 0 }
        entries[session] = entry
        var isSettled = false
        switch outcome {
        case .more: ready.append(session)
        case .early(let time): wait(session, until: now + max(time, .milliseconds(1)))
        case .failed where entry.failures < MemoryPolicy.mostAttempts:
            wait(session, until: now + pause * (1 << entry.failures))
        case .read, .refused, .failed:
            if hasNews {
                wait(session, until: entry.last + pause)
            } else {
                entries[session] = nil
                // What could not be read is read after a restart, or with the next message.
                isSettled = outcome == .read
            }
        }
        return (begin(), isSettled)
    }

    /// The session is gone, or nobody wants to read it any more. One that is read now is the shell's to stop.
    mutating func forget(_ session: SessionID) {
        if let due = entries.removeValue(forKey: session)?.due {
            queue.removeAll { $0.due == due && $0.session == session }
        }
        ready.removeAll { $0 == session }
    }

    private mutating func begin() -> [SessionID] {
        var begun: [SessionID] = []
        while reading.count < mostAtOnce, !ready.isEmpty {
            let session = ready.removeFirst()
            reading.insert(session)
            begun.append(session)
        }
        return begun
    }

    private mutating func wait(_ session: SessionID, until due: Duration) {
        entries[session]?.due = due
        // Nearly always the last, because the pause is the same for all.
        let place = queue.lastIndex { $0.due <= due }.map { $0 + 1 } ?? 0
        queue.insert((due, session), at: place)
    }
}
