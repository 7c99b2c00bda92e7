import Foundation
import ParlantCore

/// What a store with many events costs: memory and disk while it holds them, and time to open it. Run it in a process of
/// its own: what others have freed would count as nothing.
struct EventsBenchmark {
    let store: BenchedStore
    /// A folder on the disk that is measured; files in it are left to the caller.
    let folder: String
    let events: Int

    private static let sessions = 1000

    func run() async throws {
        let path = "\(folder)/\(UUID().uuidString)"
        let before = try residentBytes()
        let backend = try await store.open(path)
        let append = try await BenchedStore.appender(backend.stores.sessions, Self.sessions)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<Self.sessions {
                group.addTask { for _ in 0..<events / Self.sessions { try await append(client) } }
            }
            try await group.waitForAll()
        }
        let memory = try residentBytes() - before
        try await backend.close()
        var figures = #""memory_bytes_per_event": \#(memory / events)"#
        if store != .memory {
            let size = try diskBytes(path)
            figures += #", "disk_bytes_per_event": \#(size / events), "ms": \#(try await startUp(path))"#
        }
        print(#"{"name": "events", "store": "\#(store.rawValue)", "events": \#(events), \#(figures)}"#)
    }

    /// Milliseconds until it is open and the last ten events of a session are read.
    private func startUp(_ path: String) async throws -> Double {
        let begin = ContinuousClock.now
        let backend = try await store.open(path)
        let sessions = backend.stores.sessions
        let query = EventQuery(minOffset: events / Self.sessions - 10)
        guard let session = try await sessions.list(SessionQuery(page: PageRequest(limit: 1))).items.first,
            try await sessions.events(of: session.id, matching: query).count == 10
        else { throw BenchmarkError("the events are not there") }
        let time = (ContinuousClock.now - begin).nanoseconds / 1e6
        try await backend.close()
        return time
    }

    private func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchmarkError("the system does not say how much memory is used")
        }
        return pages * Int(getpagesize())
    }

    /// Of a file, or of all files in a folder.
    private func diskBytes(_ path: String) throws -> Int {
        let files = FileManager.default
        let names = try files.subpathsOfDirectory(atPath: folder).filter { "\(folder)/\($0)".hasPrefix(path) }
        return try names.reduce(0) { sum, name in
            let attributes = try files.attributesOfItem(atPath: "\(folder)/\(name)")
            return sum + (attributes[.type] as? FileAttributeType == .typeRegular ? attributes[.size] as? Int ?? 0 : 0)
        }
    }
}
