import Dispatch
import ParlantCore
import ParlantStores
import Synchronization

/// The logs of all sessions. Events that nobody needs are not in memory: their files are read when somebody does.
final class EventLogs: Section {
    private struct State {
        var logs: [SessionID: EventLog] = [:]
        /// Logs that may have something to be saved.
        var touched: Set<SessionID> = []
        /// Sessions that were deleted and whose files may still be there.
        var dropped: Set<SessionID> = []
        /// Of all events in memory.
        var bytes = 0
        /// Size at which it is worth looking again for what nobody needs.
        var nextUnloading = 0
        var uses = 0
    }

    private enum StagedChange {
        case step(EventLog)
        case drop(SessionID)
    }

    let name = "events"
    private let state = Mutex(State())
    private let staged = Mutex<[StagedChange]>([])
    private let disk: any Disk
    private let threads: BlockingQueue
    /// Bytes of events that are kept in memory though nobody uses them.
    private let limit: Int

    init(_ disk: any Disk, _ threads: BlockingQueue, limit: Int) {
        self.disk = disk
        self.threads = threads
        self.limit = limit
    }

    // MARK: For readers

    /// The log of a session that exists, with a known end.
    func log(_ session: SessionID) async throws -> EventLog {
        let log = find(session)
        if !log.isChecked {
            let bytes = try await threads.run { [disk] in try log.check(disk) }
            grow(by: bytes)
        }
        return log
    }

    /// Runs `body` while all events of a session that exists are in memory.
    func withEvents<Value>(_ session: SessionID, _ body: (EventLog) async throws -> Value) async throws -> Value {
        let log = find(session)
        let use = state.withLock { state in
            state.uses += 1
            return state.uses
        }
        let isLoaded = log.pin(use)
        defer { log.unpin() }
        if !isLoaded {
            let bytes = try await threads.run { [disk] in try log.load(disk) }
            grow(by: bytes)
        }
        return try await body(log)
    }

    /// Bytes of all events in memory, about.
    var bytes: Int { state.withLock { $0.bytes } }

    private func find(_ session: SessionID) -> EventLog {
        state.withLock { state in
            if let log = state.logs[session] { return log }
            let log = EventLog(session, saved: nil)
            state.logs[session] = log
            return log
        }
    }

    /// Counts what was loaded or published, and drops what was not needed for longest when it is too much.
    private func grow(by bytes: Int) {
        let logs: [EventLog]? = state.withLock { state in
            state.bytes += bytes
            guard state.bytes > limit, state.bytes > state.nextUnloading else { return nil }
            return Array(state.logs.values)
        }
        guard let logs else { return }
        var loaded = logs.compactMap { log in log.loadedSize.map { (log, $0.lastUse, $0.bytes) } }
        loaded.sort { $0.1 < $1.1 }
        var total = loaded.reduce(0) { $0 + $1.2 }
        var freed = 0
        for (log, _, _) in loaded where total > limit / 4 * 3 {
            let bytes = log.unload()
            freed += bytes
            total -= bytes
        }
        state.withLock { state in
            state.bytes -= freed
            state.nextUnloading = state.bytes + limit / 8
        }
    }

    // MARK: For the writer

    /// The change that begins the log of a new session.
    func begin(_ session: SessionID) -> Step { Step(logs: self, log: .init(session, saved: nil), step: .begin) }

    /// The change that appends an event, or replaces it.
    func put(_ event: Event, _ log: EventLog) -> some Change { Step(logs: self, log: log, step: .put(event)) }

    /// The change that deletes events from an offset on.
    func cut(_ offset: Int, _ log: EventLog) -> some Change { Step(logs: self, log: log, step: .cut(offset)) }

    /// The change that lets a log end at an offset and a moment, or later.
    func end(_ next: Int, _ moment: Timestamp, _ log: EventLog) -> some Change {
        Step(logs: self, log: log, step: .end(next, moment))
    }

    /// The log of a session that the writer sees.
    func known(_ session: SessionID) -> EventLog? { state.withLock { $0.logs[session] } }

    /// The change that removes a log with its session.
    func drop(_ session: SessionID) -> some Change { Drop(logs: self, session: session) }

    func publish() {
        let changes = staged.withLock { staged in
            defer { staged.removeAll(keepingCapacity: true) }
            return staged
        }
        guard !changes.isEmpty else { return }
        var bytes = 0
        for change in changes {
            switch change {
            case .step(let log):
                bytes += log.publish()
                touch(log)
            case .drop(let session): bytes -= dropNow(session)
            }
        }
        grow(by: bytes)
    }

    func discard() {
        let changes = staged.withLock { staged in
            defer { staged.removeAll(keepingCapacity: true) }
            return staged
        }
        for case .step(let log) in changes { log.discard() }
    }

    func replay(_ change: FieldReader) throws(StoredFormError) {
        let session: SessionID = try change.id("session")
        if change.has("drop") {
            _ = dropNow(session)
            return
        }
        load([try EventChangeStep(reading: change)], of: session)
    }

    /// Makes changes that are on the disk already.
    func load(_ steps: [EventChangeStep], of session: SessionID) {
        var log = find(session)
        if case .begin? = steps.first { log = EventLog(session, saved: nil) }
        let bytes = log.apply(steps)
        touch(log)
        state.withLock { $0.bytes += bytes }
    }

    private func touch(_ log: EventLog) {
        state.withLock { state in
            state.logs[log.session] = log
            state.touched.insert(log.session)
        }
    }

    /// - Returns: Bytes in memory that are free now.
    private func dropNow(_ session: SessionID) -> Int {
        let log = state.withLock { state in
            state.dropped.insert(session)
            state.touched.remove(session)
            return state.logs.removeValue(forKey: session)
        }
        return log?.loadedSize?.bytes ?? 0
    }

    struct Step: Change {
        let logs: EventLogs
        let log: EventLog
        let step: EventChangeStep

        func stage() {
            log.stage(step)
            logs.staged.withLock { $0.append(.step(log)) }
        }

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.key("in")
            writer.string(logs.name)
            writer.key("session")
            writer.string(log.session.rawValue)
            step.write(to: &writer)
            writer.endObject()
        }
    }

    private struct Drop: Change {
        let logs: EventLogs
        let session: SessionID

        func stage() { logs.staged.withLock { $0.append(.drop(session)) } }

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.key("in")
            writer.string(logs.name)
            writer.key("session")
            writer.string(session.rawValue)
            writer.key("drop")
            writer.boolean(true)
            writer.endObject()
        }
    }

    // MARK: Files

    /// The file with the ends of all logs.
    private static let ends = ListFile(list: "events")

    /// Reads the ends of all logs.
    ///
    /// - Returns: False for a file of another format.
    func load() throws -> Bool {
        guard let bytes = try disk.read(Self.ends.name) else { return true }
        guard let contents = try Self.ends.read(bytes) else { return false }
        var logs: [SessionID: EventLog] = [:]
        try contents.forEach(SavedLogEnd.self) { logs[$0.session] = EventLog($0.session, saved: $0.end) }
        state.withLock { $0.logs = logs }
        return true
    }

    /// A log that cannot be written, because nobody knows what its file should hold.
    struct SetAside: Sendable {
        let log: EventLog
        let damage: FileDamage
    }

    /// Writes what is not in the files yet, and removes those of deleted sessions. Blocks.
    ///
    /// - Returns: The logs whose files are damaged. They are as they were, and tried again the next time; the journal
    ///   has to keep their ``unsaved(_:)`` changes until then.
    /// - Throws: ``DiskError``; some files may be written then.
    func save() throws -> [SetAside] {
        let (touched, dropped) = state.withLock { state in
            defer { (state.touched, state.dropped) = ([], []) }
            return (state.touched, state.dropped)
        }
        var aside: [SetAside] = []
        do {
            for session in dropped {
                let file = EventLog.fileName(session)
                try disk.remove(file)
                // Nobody writes the file again, and so takes the draft of a write that failed away.
                try disk.remove(Draft.name(of: file))
            }
            for session in touched {
                guard let log = state.withLock({ $0.logs[session] }) else { continue }
                do {
                    try log.save(disk)
                } catch let damage as FileDamage {
                    aside.append(SetAside(log: log, damage: damage))
                }
            }
            if touched.count > aside.count || !dropped.isEmpty {
                try disk.syncFolder("sessions")
                try saveEnds()
            }
            state.withLock { state in
                state.touched.formUnion(aside.map(\.log).filter { state.logs[$0.session] === $0 }.map(\.session))
            }
            return aside
        } catch {
            state.withLock { state in
                state.touched.formUnion(touched.filter { state.logs[$0] != nil })
                state.dropped.formUnion(dropped.filter { state.logs[$0] == nil })
            }
            throw error
        }
    }

    /// What the files of these logs do not have, the changes of each log together. Only of those that are still there.
    func unsaved(_ aside: [SetAside]) -> [[any Change]] {
        let logs = aside.map(\.log).filter { known($0.session) === $0 }
        return logs.map { log in log.unsaved.map { Step(logs: self, log: log, step: $0) } }.filter { !$0.isEmpty }
    }

    private func saveEnds() throws(DiskError) {
        let logs = state.withLock { $0.logs }
        var bytes = Self.ends.head
        var isFirst = true
        for session in logs.keys.sorted() {
            guard let end = logs[session]?.saved else { continue }
            if !isFirst { bytes += ListFile.separator }
            isFirst = false
            bytes += SavedLogEnd(session, end).storedBytes
        }
        try disk.replace(Self.ends.name, with: bytes + ListFile.tail)
    }
}
