import Glibc
import Synchronization

@testable import ParlantLocal

/// A disk in memory that knows what a crash leaves, and that can fail.
final class SimulatedDisk: Disk {
    /// What happens to what was not synced.
    enum Crash: CaseIterable, Sendable {
        /// The process is killed: all of it stays, and is not synced by that.
        case kill
        /// The power fails: none of it stays, neither bytes nor names.
        case powerLoss
        /// The power fails: names stay, and of the bytes half.
        case tornPages
    }

    private struct Node {
        var bytes: [UInt8] = []
        var synced: [UInt8] = []
    }

    private struct State {
        var nodes: [Int: Node] = [:]
        var names: [String: Int] = [:]
        /// Names that a power loss leaves.
        var syncedNames: [String: Int] = [:]
        var nextNode = 0
        /// Operations that change something, so far.
        var operations = 0
        /// From this operation on nothing works.
        var crashAt = Int.max
        /// The first operation whose text contains this is the one before which, or after which, nothing works any more.
        var crashText: (text: String, isAfter: Bool)?
        /// Bytes of all files; more are refused.
        var capacity = Int.max
        /// Names of files that cannot be synced.
        var unsyncable: Set<String> = []
        var log: [String] = []
        var watchers: [(text: String, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func node(_ name: String) -> Int {
            if let node = names[name] { return node }
            nextNode += 1
            nodes[nextNode] = Node()
            names[name] = nextNode
            return nextNode
        }

        var size: Int { Set(names.values).reduce(0) { $0 + (nodes[$1]?.bytes.count ?? 0) } }
    }

    private let state: Mutex<State>

    init() { state = Mutex(State()) }

    private init(_ state: sending State) { self.state = Mutex(state) }

    /// Lets nothing work from an operation on, the first of them having number 0.
    func crash(at operation: Int) { state.withLock { $0.crashAt = operation } }

    /// Lets nothing work from the first operation on whose text contains this, such as `rename customers.json`.
    func crash(before text: String) { state.withLock { $0.crashText = (text, isAfter: false) } }

    /// Lets nothing work after the first operation whose text contains this.
    func crash(after text: String) { state.withLock { $0.crashText = (text, isAfter: true) } }

    /// Whether an operation was refused because of the crash.
    var hasCrashed: Bool { state.withLock { $0.operations > $0.crashAt } }

    /// Refuses bytes beyond those that are there and some more; nil: none.
    func limit(to more: Int?) {
        state.withLock { state in state.capacity = more.map { $0 + state.size } ?? .max }
    }

    /// Lets syncs of a file fail.
    func refuseSync(of name: String) { state.withLock { _ = $0.unsyncable.insert(name) } }

    /// What is there when the machine is up again.
    func afterwards(_ crash: Crash) -> SimulatedDisk {
        let (nodes, names, syncedNames, next) = state.withLock { state in
            let names = crash == .powerLoss ? state.syncedNames : state.names
            let nodes = state.nodes.mapValues { node in
                let bytes: [UInt8]
                switch crash {
                case .kill: return node
                case .powerLoss: bytes = node.synced
                case .tornPages:
                    let isLonger = node.bytes.starts(with: node.synced)
                    let rest = isLonger ? node.bytes.dropFirst(node.synced.count) : []
                    bytes = node.synced + rest.prefix((rest.count + 1) / 2)
                }
                return Node(bytes: bytes, synced: bytes)
            }
            return (nodes, names, crash == .kill ? state.syncedNames : names, state.nextNode)
        }
        return SimulatedDisk(State(nodes: nodes, names: names, syncedNames: syncedNames, nextNode: next))
    }

    /// Returns once an operation was done whose text contains this, such as `rename customers.json`.
    func wait(for text: String) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.log.contains(where: { $0.contains(text) }) { return true }
                state.watchers.append((text, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    /// What was done since the last call.
    func takeLog() -> [String] {
        state.withLock { state in
            defer { state.log = [] }
            return state.log
        }
    }

    /// Writes a file as a person would.
    func put(_ name: String, _ text: String) {
        state.withLock { state in
            let node = state.node(name)
            state.nodes[node] = Node(bytes: Array(text.utf8), synced: Array(text.utf8))
            state.syncedNames[name] = node
        }
    }

    func text(_ name: String) -> String? {
        state.withLock { state in
            state.names[name].flatMap { state.nodes[$0] }.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
    }

    /// All files, by name.
    var files: [String: String] {
        state.withLock { state in
            state.names.mapValues { String(decoding: state.nodes[$0]?.bytes ?? [], as: UTF8.self) }
        }
    }

    /// Does one operation, unless the machine is down.
    ///
    /// - Parameter torn: What happens when the machine goes down in the middle.
    private func change(
        _ what: String, _ name: String, torn: (inout State) -> Void = { _ in }, _ body: (inout State) -> Int32?
    ) throws(DiskError) {
        let (failure, woken) = state.withLock { state -> (Int32?, [CheckedContinuation<Void, Never>]) in
            defer { state.operations += 1 }
            if let crash = state.crashText, "\(what) \(name)".contains(crash.text) {
                state.crashAt = min(state.crashAt, state.operations + (crash.isAfter ? 1 : 0))
            }
            guard state.operations < state.crashAt else {
                if state.operations == state.crashAt { torn(&state) }
                return (EIO, [])
            }
            if let failure = body(&state) { return (failure, []) }
            state.log.append("\(what) \(name)")
            let woken = state.watchers.filter { "\(what) \(name)".contains($0.text) }
            state.watchers.removeAll { "\(what) \(name)".contains($0.text) }
            return (nil, woken.map(\.continuation))
        }
        for continuation in woken { continuation.resume() }
        if let failure { throw DiskError(errno: failure, name: name, isSync: what == "sync") }
    }

    // MARK: Disk

    func read(_ name: String) throws(DiskError) -> [UInt8]? {
        state.withLock { state in state.names[name].flatMap { state.nodes[$0]?.bytes } }
    }

    func size(_ name: String) throws(DiskError) -> Int? { try read(name)?.count }

    func names(in folder: String) throws(DiskError) -> [String] {
        let prefix = folder.isEmpty ? "" : "\(folder)/"
        return state.withLock { state in
            state.names.keys.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/") }
                .map { String($0.dropFirst(prefix.count)) }
        }
    }

    func makeFolder(_ name: String) throws(DiskError) { try change("make", name) { _ in nil } }

    func open(_ name: String) throws(DiskError) -> any DiskFile {
        if state.withLock({ $0.names[name] == nil }) {
            try change("open", name) { state in
                _ = state.node(name)
                return nil
            }
        }
        return SimulatedFile(self, name, state.withLock { $0.names[name] ?? 0 })
    }

    func rename(_ name: String, to other: String) throws(DiskError) {
        try change("rename", other) { state in
            state.names[other] = state.names.removeValue(forKey: name)
            return nil
        }
    }

    func remove(_ name: String) throws(DiskError) {
        guard state.withLock({ $0.names[name] != nil }) else { return }
        try change("remove", name) { state in
            state.names[name] = nil
            return nil
        }
    }

    func syncFolder(_ name: String) throws(DiskError) {
        let prefix = name.isEmpty ? "" : "\(name)/"
        func isIn(_ file: String) -> Bool { file.hasPrefix(prefix) && !file.dropFirst(prefix.count).contains("/") }
        try change("sync folder", name) { state in
            state.syncedNames = state.syncedNames.filter { !isIn($0.key) }
            for (file, node) in state.names where isIn(file) { state.syncedNames[file] = node }
            return nil
        }
    }

    private struct SimulatedFile: DiskFile {
        let disk: SimulatedDisk
        let name: String
        let node: Int

        init(_ disk: SimulatedDisk, _ name: String, _ node: Int) {
            self.disk = disk
            self.name = name
            self.node = node
        }

        func append(_ bytes: [UInt8]) throws(DiskError) {
            func take(_ count: Int, _ state: inout State) { state.nodes[node]?.bytes += bytes.prefix(count) }
            try disk.change("append", name) {
                take(bytes.count / 2, &$0)
            } _: { state in
                let room = state.capacity - state.size
                take(min(bytes.count, max(0, room)), &state)
                return bytes.count > room ? ENOSPC : nil
            }
        }

        func truncate(to size: Int) throws(DiskError) {
            try disk.change("truncate", name) { state in
                state.nodes[node]?.bytes.removeSubrange(size...)
                return nil
            }
        }

        func sync() throws(DiskError) {
            try disk.change("sync", name) { state in
                if state.unsyncable.contains(name) { return EIO }
                let bytes = state.nodes[node]?.bytes ?? []
                state.nodes[node]?.synced = bytes
                return nil
            }
        }

        func close() {}
    }
}
