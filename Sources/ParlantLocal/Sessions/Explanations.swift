import OrderedCollections
import ParlantCore
import ParlantStores
import Synchronization

/// Explanations of turns: a file for each session, a line for each turn. Only those that are not in a file yet are in
/// memory.
final class Explanations: Section {
    private struct State {
        var unsaved: [SessionID: OrderedDictionary<TraceID, Explanation>] = [:]
        /// Sessions whose files count no more.
        var dropped: Set<SessionID> = []
    }

    private enum Step: Sendable {
        case put(Explanation)
        case drop(SessionID)
    }

    let name = "explanations"
    private let state = Mutex(State())
    private let staged = Mutex<[Step]>([])
    /// Held while a file is read or written.
    private let fileAccess = Mutex(())
    private let disk: any Disk
    private let threads: BlockingQueue

    init(_ disk: any Disk, _ threads: BlockingQueue) {
        self.disk = disk
        self.threads = threads
    }

    private static func fileName(_ session: SessionID) -> String {
        "explanations/\(FileName.escaped(session.rawValue)).jsonl"
    }

    // MARK: For readers

    /// - Complexity: O(bytes of the session's file) when it is there already.
    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        let (unsaved, isDropped) = state.withLock { state in
            (state.unsaved[session]?[traceID], state.dropped.contains(session))
        }
        if unsaved != nil || isDropped { return unsaved }
        let found = try await threads.run { [self] in
            try fileAccess.withLock { _ in
                let bytes = try disk.read(Self.fileName(session)) ?? []
                return Self.last(traceID, session, in: bytes)
            }
        }
        // Saved, replaced or deleted while the file was read.
        return state.withLock { state in
            state.unsaved[session]?[traceID] ?? (state.dropped.contains(session) ? nil : found)
        }
    }

    /// All of a session, oldest first.
    ///
    /// - Complexity: O(bytes of the session's file).
    func all(of session: SessionID) async throws -> [Explanation] {
        let saved = try await threads.run { [self] in
            try fileAccess.withLock { _ in
                state.withLock { $0.dropped.contains(session) } ? [] : try disk.read(Self.fileName(session)) ?? []
            }
        }
        var all: OrderedDictionary<TraceID, Explanation> = [:]
        for line in saved.split(separator: UInt8(ascii: "\n")) {
            guard let explanation = try? Explanation(storedBytes: line) else { continue }
            all[explanation.traceID] = explanation
        }
        for (trace, explanation) in state.withLock({ $0.unsaved[session] ?? [:] }) { all[trace] = explanation }
        return Array(all.values)
    }

    /// Whether anything is kept of a session, be it in a form that cannot be read. One look at the disk at most.
    func isKept(_ session: SessionID) async throws -> Bool {
        try await threads.run { [self] in
            try fileAccess.withLock { _ in
                let (isUnsaved, isDropped) = state.withLock {
                    ($0.unsaved[session] != nil, $0.dropped.contains(session))
                }
                return try isUnsaved || (!isDropped && disk.size(Self.fileName(session)) != nil)
            }
        }
    }

    /// The last line of a turn. What is no line was cut off by a crash, and is there again behind it.
    private static func last(_ traceID: TraceID, _ session: SessionID, in bytes: [UInt8]) -> Explanation? {
        let head = JSONWriter.bytes(
            of: [
                "version": .integer(Explanation.formVersion), "session": .string(session.rawValue),
                "trace_id": .string(traceID.rawValue),
            ]
        ).dropLast()
        for line in bytes.split(separator: UInt8(ascii: "\n")).reversed() where line.starts(with: head) {
            if let found = try? Explanation(storedBytes: line) { return found }
        }
        return nil
    }

    // MARK: For the writer

    /// The change that keeps an explanation.
    func put(_ explanation: Explanation) -> some Change { Staged(explanations: self, step: .put(explanation)) }

    /// The change that removes all of a session.
    func drop(_ session: SessionID) -> some Change { Staged(explanations: self, step: .drop(session)) }

    func publish() {
        let steps = staged.withLock { staged in
            defer { staged.removeAll(keepingCapacity: true) }
            return staged
        }
        guard !steps.isEmpty else { return }
        state.withLock { state in
            for step in steps { Self.apply(step, &state) }
        }
    }

    func discard() { staged.withLock { $0.removeAll(keepingCapacity: true) } }

    func replay(_ change: FieldReader) throws(StoredFormError) {
        let step: Step =
            change.has("put")
            ? .put(try Explanation(storedForm: try change.json("put"))) : .drop(try change.id("drop"))
        state.withLock { Self.apply(step, &$0) }
    }

    private static func apply(_ step: Step, _ state: inout State) {
        switch step {
        case .put(let explanation):
            state.unsaved[explanation.session, default: [:]][explanation.traceID] = explanation
        case .drop(let session):
            state.unsaved[session] = nil
            state.dropped.insert(session)
        }
    }

    private struct Staged: Change {
        let explanations: Explanations
        let step: Step

        func stage() { explanations.staged.withLock { $0.append(step) } }

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.key("in")
            writer.string(explanations.name)
            switch step {
            case .put(let explanation):
                writer.key("put")
                writer.object(explanation.storedForm)
            case .drop(let session):
                writer.key("drop")
                writer.string(session.rawValue)
            }
            writer.endObject()
        }
    }

    // MARK: Files

    /// Writes what is not in the files yet, and removes those of deleted sessions. Blocks.
    func save() throws(DiskError) {
        let plan = state.withLock { $0 }
        guard !plan.unsaved.isEmpty || !plan.dropped.isEmpty else { return }
        for session in plan.dropped {
            try access { () throws(DiskError) in
                try disk.remove(Self.fileName(session))
                _ = state.withLock { $0.dropped.remove(session) }
            }
        }
        for session in plan.unsaved.keys {
            try access { () throws(DiskError) in
                // What was deleted since then waits for the next time.
                let explanations = state.withLock { $0.dropped.contains(session) ? nil : $0.unsaved[session] }
                guard let explanations else { return }
                let bytes = explanations.values.reduce(into: [UInt8]()) { $0 += $1.storedBytes + [UInt8(ascii: "\n")] }
                let file = try disk.open(Self.fileName(session))
                defer { file.close() }
                // Ends a line that a crash has left without an end.
                try file.append([UInt8(ascii: "\n")] + bytes)
                try file.sync()
                state.withLock { state in
                    state.unsaved[session] = state.unsaved[session]?.filter { explanations[$0.key] != $0.value }
                    if state.unsaved[session]?.isEmpty == true { state.unsaved[session] = nil }
                }
            }
        }
        try disk.syncFolder("explanations")
    }

    private func access(_ body: () throws(DiskError) -> Void) throws(DiskError) {
        let result: Result<Void, DiskError> = fileAccess.withLock { _ in
            do throws(DiskError) {
                return .success(try body())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
