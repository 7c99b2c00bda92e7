import ParlantCore
import ParlantStores
import Synchronization

/// One session's events: those that are not in its file yet, and all of them while somebody needs them.
///
/// Readers see what was published. The writer sees what is staged too.
final class EventLog: Sendable {
    fileprivate struct Loaded {
        /// An event's offset is its index; nil where one was deleted.
        var events: [Event?] = []
        var offsets: [EventID: Int] = [:]
        var bytes = 0
    }

    private struct State {
        /// What the file holds; nil: nobody knows without reading it.
        var saved: LogEnd?
        /// Whether ``saved`` was compared with the file.
        var isChecked = false
        /// The offset that the next event takes.
        var next = 0
        /// Time of the newest event, which may be deleted.
        var newest: Timestamp?
        /// By offset: what is not in the file yet, or not as it is now.
        var unsaved: [Int: Event] = [:]
        /// What the file has from this offset on counts no more.
        var cut: Int?
        var cuts = 0
        var loaded: Loaded?
        /// Somebody relies on ``loaded``.
        var pins = 0
        var lastUse = 0
    }

    private struct Staged {
        var changes: [EventChangeStep] = []
        var next: Int?
        var newest: Timestamp?
    }

    let session: SessionID
    private let state: Mutex<State>
    private let staged = Mutex(Staged())
    /// Held while the file is read or written.
    private let fileAccess = Mutex(())

    /// A log as its file has it.
    ///
    /// - Parameter saved: The end of the file when it was last written; nil: nobody knows.
    init(_ session: SessionID, saved: LogEnd?) {
        self.session = session
        state = Mutex(State(saved: saved, next: saved?.next ?? 0, newest: saved?.newest))
    }

    /// The file of a session's events. Ids that could not be a name are written with `%`.
    static func fileName(_ session: SessionID) -> String { "sessions/\(FileName.escaped(session.rawValue)).jsonl" }

    // MARK: For readers

    /// Events that match and are not deleted, by offset. The log is loaded and pinned.
    func events(matching query: EventQuery) -> [Event] {
        state.withLock { state in
            guard let loaded = state.loaded else { return [] }
            return query.events(in: loaded.events)
        }
    }

    /// One event. The log is loaded and pinned.
    func event(_ id: EventID) -> Event? {
        state.withLock { state in
            guard let loaded = state.loaded, let offset = loaded.offsets[id] else { return nil }
            return loaded.events[offset]
        }
    }

    // MARK: For the writer

    /// Offset and least time of the event that is appended next. The end of the log is known.
    func stagedEnd() -> (next: Int, newest: Timestamp?) {
        staged.withLock { staged in
            state.withLock { (staged.next ?? $0.next, staged.newest ?? $0.newest) }
        }
    }

    /// One event, as staged or published. The log is loaded and pinned.
    func stagedEvent(_ id: EventID) -> Event? {
        let changes = staged.withLock { $0.changes }
        var cut = Int.max
        for change in changes.reversed() {
            switch change {
            case .put(let event) where event.id == id: return event.offset < cut ? event : nil
            case .cut(let offset): cut = min(cut, offset)
            default: break
            }
        }
        return event(id).flatMap { $0.offset < cut ? $0 : nil }
    }

    /// Stages a change.
    func stage(_ change: EventChangeStep) {
        staged.withLock { staged in
            staged.changes.append(change)
            switch change {
            case .begin: (staged.next, staged.newest) = (0, nil)
            case .put(let event):
                staged.next = max(event.offset + 1, staged.next ?? state.withLock { $0.next })
                staged.newest = max(event.createdAt, staged.newest ?? event.createdAt)
            case .cut: break
            case .end(let next, let moment):
                let end = state.withLock { ($0.next, $0.newest) }
                staged.next = max(next, staged.next ?? end.0)
                staged.newest = max(moment, staged.newest ?? end.1 ?? moment)
            }
        }
    }

    /// Publishes what was staged.
    ///
    /// - Returns: Bytes by which the events in memory have grown.
    func publish() -> Int {
        let changes = staged.withLock { staged in
            defer { staged = Staged() }
            return staged.changes
        }
        return apply(changes)
    }

    func discard() { staged.withLock { $0 = Staged() } }

    /// Makes changes that are on the disk already, in the journal.
    @discardableResult
    func apply(_ changes: [EventChangeStep]) -> Int {
        state.withLock { state in
            let before = state.loaded?.bytes ?? 0
            for change in changes { Self.apply(change, &state) }
            return (state.loaded?.bytes ?? 0) - before
        }
    }

    private static func apply(_ change: EventChangeStep, _ state: inout State) {
        switch change {
        case .begin:
            state = State(
                saved: LogEnd(next: 0, newest: nil, bytes: 0), isChecked: true, cuts: state.cuts + 1, loaded: Loaded(),
                pins: state.pins, lastUse: state.lastUse)
        case .put(let event):
            state.next = max(state.next, event.offset + 1)
            state.newest = max(state.newest ?? event.createdAt, event.createdAt)
            state.unsaved[event.offset] = event
            state.loaded?.set(event)
        case .cut(let offset):
            state.unsaved = state.unsaved.filter { $0.key < offset }
            state.cut = min(state.cut ?? offset, offset)
            state.cuts += 1
            state.loaded?.cut(offset)
        case .end(let next, let moment):
            state.next = max(state.next, next)
            state.newest = max(state.newest ?? moment, moment)
            state.loaded?.extend(to: state.next)
        }
    }

    // MARK: Memory

    /// Whether appending needs no look at the file.
    var isChecked: Bool { state.withLock { $0.isChecked } }

    /// Keeps what is loaded in memory, until ``unpin()``.
    ///
    /// - Returns: Whether all events are there.
    func pin(_ use: Int) -> Bool {
        state.withLock { state in
            state.pins += 1
            state.lastUse = use
            return state.loaded != nil
        }
    }

    func unpin() { state.withLock { $0.pins -= 1 } }

    /// When somebody last needed all events, and what they take; nil when they are not in memory.
    var loadedSize: (lastUse: Int, bytes: Int)? {
        state.withLock { state in state.loaded.map { (state.lastUse, $0.bytes) } }
    }

    /// Drops what is loaded, unless somebody needs it.
    ///
    /// - Returns: Bytes that are free now.
    func unload() -> Int {
        state.withLock { state in
            guard state.pins == 0, let loaded = state.loaded else { return 0 }
            state.loaded = nil
            return loaded.bytes
        }
    }

    /// Compares the end with the file, and reads the file when they differ. Blocks.
    ///
    /// - Returns: Bytes that the events take in memory, if they were read.
    func check(_ disk: any Disk) throws -> Int {
        let isAsSaved = try fileAccess.withLock { _ in
            let size = try disk.size(Self.fileName(session)) ?? 0
            return state.withLock { state in
                guard let saved = state.saved, saved.bytes == size else { return false }
                state.isChecked = true
                return true
            }
        }
        return isAsSaved ? 0 : try load(disk)
    }

    /// Reads all events. Blocks.
    ///
    /// - Returns: Bytes that they take in memory.
    /// - Throws: ``DiskError``, ``FileDamage``.
    func load(_ disk: any Disk) throws -> Int {
        try fileAccess.withLock { _ in
            let bytes = try disk.read(Self.fileName(session)) ?? []
            let file = try EventFile(bytes, name: Self.fileName(session))
            return try state.withLock { state in
                guard state.loaded == nil || !state.isChecked else { return 0 }
                try requireWhole(file, state)
                // Something was written behind what we know, by a person or before a crash.
                if let saved = state.saved, saved.bytes != bytes.count { state.saved = nil }
                let before = state.loaded?.bytes ?? 0
                var loaded = Loaded()
                for event in file.events where event.offset < state.cut ?? .max { loaded.set(event) }
                for event in state.unsaved.values.sorted(by: { $0.offset < $1.offset }) { loaded.set(event) }
                state.next = max(state.next, file.next)
                if let newest = file.newest { state.newest = max(state.newest ?? newest, newest) }
                loaded.extend(to: state.next)
                state.loaded = loaded
                state.isChecked = true
                return loaded.bytes - before
            }
        }
    }

    // MARK: The file

    /// The end of the file, for the list of all ends; nil when nobody knows.
    var saved: LogEnd? { state.withLock { $0.saved } }

    /// The changes that the file does not have: after them the log is what it is now, whatever was done to it before.
    var unsaved: [EventChangeStep] {
        state.withLock { state in
            var steps: [EventChangeStep] = []
            if let cut = state.cut { steps.append(.cut(cut)) }
            steps += state.unsaved.values.sorted { $0.offset < $1.offset }.map { .put($0) }
            if let newest = state.newest { steps.append(.end(state.next, newest)) }
            return steps
        }
    }

    /// Refuses a file that has lost events which nobody has deleted.
    private func requireWhole(_ file: EventFile, _ state: borrowing State) throws(FileDamage) {
        guard let saved = state.saved, case let end = min(saved.next, state.cut ?? saved.next), file.next < end else {
            return
        }
        throw FileDamage(
            file: Self.fileName(session), line: nil,
            problem:
                "the events from \(file.next) to \(end - 1) are missing; put back a copy of the file, or give up what "
                + "is missing by removing the session from events.json")
    }

    /// Writes what is not in the file yet. Blocks.
    ///
    /// - Throws: ``DiskError``, ``FileDamage``; then it is as if nothing was written. After damage the file is looked
    ///   at before anything is appended.
    func save(_ disk: any Disk) throws {
        do {
            try saveNow(disk)
        } catch let damage as FileDamage {
            state.withLock { $0.isChecked = false }
            throw damage
        }
    }

    private func saveNow(_ disk: any Disk) throws {
        try fileAccess.withLock { _ in
            let plan = state.withLock { $0 }
            guard plan.cut != nil || !plan.unsaved.isEmpty || plan.next != plan.saved?.next else { return }
            let name = Self.fileName(session)
            let fresh = plan.unsaved.values.sorted { $0.offset < $1.offset }
            let end: LogEnd
            if plan.cut == nil, let saved = plan.saved, fresh.allSatisfy({ $0.offset >= saved.next }),
                case let size = try disk.size(name) ?? 0, saved.isChecked(plan.isChecked, size)
            {
                let bytes = EventFile.bytes(fresh, after: saved.next, end: (plan.next, plan.newest))
                let file = try disk.open(name)
                defer { file.close() }
                if size != saved.bytes { try file.truncate(to: saved.bytes) }
                try file.append(bytes)
                try file.sync()
                end = LogEnd(next: plan.next, newest: plan.newest, bytes: saved.bytes + bytes.count)
            } else {
                let file = try EventFile(plan.cut == 0 ? [] : disk.read(name) ?? [], name: name)
                try requireWhole(file, plan)
                var events = Dictionary(uniqueKeysWithValues: file.events.map { ($0.offset, $0) })
                if let cut = plan.cut { events = events.filter { $0.key < cut } }
                for event in fresh { events[event.offset] = event }
                let next = max(plan.next, file.next)
                let bytes = EventFile.bytes(
                    events.values.sorted { $0.offset < $1.offset }, after: 0, end: (next, plan.newest ?? file.newest))
                try disk.replace(name, with: bytes)
                end = LogEnd(next: next, newest: plan.newest ?? file.newest, bytes: bytes.count)
            }
            state.withLock { state in
                guard state.cuts == plan.cuts else {
                    // Some of what was written was deleted meanwhile: the next time all of it is written anew.
                    state.saved = nil
                    return
                }
                state.cut = nil
                state.saved = end
                for event in fresh where state.unsaved[event.offset]?.revision == event.revision {
                    state.unsaved[event.offset] = nil
                }
            }
        }
    }
}

extension LogEnd {
    /// Whether the file may be continued: it is what it was, or its rest is of a write that failed.
    fileprivate func isChecked(_ isChecked: Bool, _ size: Int) -> Bool {
        isChecked ? size >= bytes : size == bytes
    }
}

extension EventLog.Loaded {
    fileprivate mutating func extend(to count: Int) {
        if count > events.count { events.append(contentsOf: repeatElement(nil, count: count - events.count)) }
    }

    fileprivate mutating func set(_ event: Event) {
        extend(to: event.offset + 1)
        if let old = events[event.offset] {
            offsets[old.id] = nil
            bytes -= old.approximateBytes
        }
        events[event.offset] = event
        offsets[event.id] = event.offset
        bytes += event.approximateBytes
    }

    fileprivate mutating func cut(_ offset: Int) {
        for index in events.indices.dropFirst(max(0, offset)) {
            guard let event = events[index] else { continue }
            offsets[event.id] = nil
            bytes -= event.approximateBytes
            events[index] = nil
        }
    }
}
