import ParlantCore
import Synchronization

/// Encodes events, and remembers the bytes of recent ones, because the same event goes to everybody who polls its
/// session.
///
/// Bounded: 2,048 events of at most 4 KiB, each in a place that its id decides, so that a newer one takes the place of an
/// older. An event that has changed has another revision, and its old bytes no longer count.
final class EventEncoder: Sendable {
    private struct Entry {
        var session: SessionID
        var event: EventID
        var revision: Int
        var bytes: [UInt8]
    }

    private static let places = 2048
    private static let largest = 4096

    private let entries = Mutex([Entry?](repeating: nil, count: places))

    /// The events as a JSON array.
    func list(_ events: [Event], of session: SessionID) -> [UInt8] {
        let cached = entries.withLock { entries in
            events.map { event -> [UInt8]? in
                Self.bytes(of: event, session, in: entries)
            }
        }
        var fresh: [Entry] = []
        var writer = JSONWriter(capacity: 16 + cached.reduce(0) { $0 + ($1?.count ?? 512) })
        writer.beginArray()
        for (event, bytes) in zip(events, cached) {
            if let bytes {
                writer.encoded(bytes)
            } else {
                let entry = Entry(
                    session: session, event: event.id, revision: event.revision, bytes: Self.encode(event))
                writer.encoded(entry.bytes)
                if entry.bytes.count <= Self.largest { fresh.append(entry) }
            }
        }
        writer.endArray()
        if !fresh.isEmpty {
            entries.withLock { entries in
                for entry in fresh { entries[Self.place(entry.event)] = entry }
            }
        }
        return writer.bytes
    }

    /// One event of many that follow each other.
    func one(_ event: Event, of session: SessionID) -> [UInt8] {
        if let bytes = entries.withLock({ Self.bytes(of: event, session, in: $0) }) { return bytes }
        let bytes = Self.encode(event)
        if bytes.count <= Self.largest {
            let entry = Entry(session: session, event: event.id, revision: event.revision, bytes: bytes)
            entries.withLock { $0[Self.place(event.id)] = entry }
        }
        return bytes
    }

    private static func bytes(of event: Event, _ session: SessionID, in entries: [Entry?]) -> [UInt8]? {
        guard let entry = entries[place(event.id)], entry.event == event.id, entry.revision == event.revision,
            entry.session == session
        else { return nil }
        return entry.bytes
    }

    /// One event.
    static func encode(_ event: Event) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        event.write(to: &writer)
        return writer.bytes
    }

    private static func place(_ id: EventID) -> Int { Int(UInt(bitPattern: id.hashValue) % UInt(places)) }
}
