import ParlantCore
import ParlantStores
import Synchronization

/// One entry of a script as a document.
struct StoredEntry: Sendable {
    var key: String
    var scope: KeyValueScope
    var value: JSONValue
    /// Bytes of key and value.
    var bytes: Int
    /// When it is over; nil: never.
    var end: Timestamp?
    /// The call that wrote it.
    var call: String
    /// What was written before, the latest last. At most ``EarlierCalls/limit``.
    var earlier: [Write] = []

    /// What a call has written.
    struct Write: Sendable, Equatable {
        var call: String
        /// The value, if it is a count; others may be large, and nobody asks for them again.
        var count: Int64?
    }

    var id: BSONValue { .string(Self.id(key, scope)) }

    /// The whole document.
    var document: BSONDocument {
        var document: BSONDocument = [
            "_id": id, "_scope": Self.scope(scope), "_bytes": .integer(Int64(bytes)), "_call": .string(call),
            "value": BSONValue(value),
        ]
        if let end { document["_end"] = .integer(end.microseconds) }
        if !earlier.isEmpty { document[EarlierCalls.field] = .array(earlier.map(\.value)) }
        return document
    }

    /// What a call wrote here, be it that others wrote since: a count as it was then. Nil: it wrote nothing.
    func result(of call: String) -> JSONValue? {
        if call == self.call { return value }
        return earlier.first { $0.call == call }.map { $0.count.map { .integer($0) } ?? .null }
    }

    /// What stands in ``earlier`` of the one that takes its place.
    var writes: [Write] {
        let count: Int64? = if case .integer(let number) = value { number } else { nil }
        return (earlier + [Write(call: call, count: count)]).suffix(EarlierCalls.limit)
    }

    /// The entry if its lifetime is not over.
    func live(_ now: Timestamp) -> StoredEntry? { end.map { now < $0 } ?? true ? self : nil }

    static func find(_ key: String, _ scope: KeyValueScope, _ connection: MongoConnection) throws -> StoredEntry? {
        guard let document = try connection.first(Collections.entries, ["_id": .string(id(key, scope))])
        else { return nil }
        return try StoredEntry(document, key, scope)
    }

    /// As it is moved and shown.
    var entry: KeyValueEntry { KeyValueEntry(scope: scope, key: key, value: value, endsAt: end) }

    /// Writes it if what is there is still `present`.
    ///
    /// - Returns: Whether it was written.
    func write(over present: StoredEntry?, _ connection: MongoConnection) throws -> Bool {
        let document = document
        guard let present else {
            do {
                try connection.insert(document, into: Collections.entries)
                return true
            } catch let error as MongoError where error.code == .duplicateKey {
                return false
            }
        }
        return try connection.update(Collections.entries, present.filter, .document(document)) == 1
    }

    /// Deletes it if what is there is still the same, and takes so much room.
    ///
    /// - Returns: Whether it was deleted.
    func delete(_ connection: MongoConnection) throws -> Bool {
        try connection.delete(Collections.entries, filter) == 1
    }

    /// Finds it as long as nobody else has written.
    private var filter: BSONDocument { ["_id": id, "_call": .string(call)] }

    /// Removes entries whose lifetime is over, wherever they are. Costs two round trips for each.
    ///
    /// - Parameter most: At most so many; the next sweep removes more.
    static func sweep(_ now: Timestamp, most: Int, _ connection: MongoConnection) throws {
        let isDead: BSONDocument = ["_end": ["$lte": .integer(now.microseconds)]]
        let fields: BSONDocument = ["_scope": 1, "_bytes": 1]
        for document in try connection.find(Collections.entries, isDead, limit: most, fields: fields) {
            guard let id = document["_id"], let scope = document["_scope"] else { continue }
            var filter = isDead
            filter["_id"] = id
            guard try connection.delete(Collections.entries, filter) == 1 else { continue }
            let bytes = document["_bytes"]?.integer.flatMap(StoredCount.exactly) ?? 0
            try ScopeTotals.give(back: bytes, entries: 1, scope, connection)
        }
    }

    static func id(_ key: String, _ scope: KeyValueScope) -> String { CompoundKey.text(scope.text, key) }

    static func scope(_ scope: KeyValueScope) -> BSONValue { .string(scope.text) }
}

extension StoredEntry {
    private init(_ document: BSONDocument, _ key: String, _ scope: KeyValueScope) throws {
        let end = document["_end"]?.integer
        guard let value = document["value"]?.json, let bytes = document["_bytes"]?.integer.flatMap(StoredCount.exactly),
            case let moment = end.flatMap({ Timestamp(exactly: $0) }), (moment == nil) == (end == nil)
        else {
            throw StoreError(
                .damaged, entity: "entry", id: key, message: "the entry '\(key)' of \(scope) cannot be read")
        }
        self.init(
            key: key, scope: scope, value: value, bytes: bytes, end: moment, call: document["_call"]?.string ?? "",
            earlier: document[EarlierCalls.field]?.array?.compactMap(Write.init) ?? [])
    }

    /// Reads a document, whosever it is.
    init(_ document: BSONDocument) throws {
        guard let id = document["_id"]?.string, let text = document["_scope"]?.string,
            let scope = KeyValueScope(text: text), let key = CompoundKey.second(of: id, first: text)
        else {
            let id = document["_id"]?.string ?? "?"
            throw StoreError(.damaged, entity: "entry", id: id, message: "the entry '\(id)' cannot be read")
        }
        try self.init(document, key, scope)
    }
}

extension StoredEntry.Write {
    fileprivate init?(_ value: BSONValue) {
        guard let document = value.document, let call = document["call"]?.string else { return nil }
        self.init(call: call, count: document["count"]?.integer)
    }

    fileprivate var value: BSONValue {
        var document: BSONDocument = ["call": .string(call)]
        if let count { document["count"] = .integer(count) }
        return .document(document)
    }
}

/// Two texts as one, from which no other two make the same: a document's id may be a document, but an index of texts is
/// what every server has.
enum CompoundKey {
    static func text(_ first: String, _ second: String) -> String { "\(first.utf8.count):\(first):\(second)" }

    /// The second of the texts that made `text`; nil when the first was another.
    static func second(of text: String, first: String) -> String? {
        let prefix = Self.text(first, "").utf8
        guard text.utf8.starts(with: prefix) else { return nil }
        return String(Substring(text.utf8.dropFirst(prefix.count)))
    }
}

/// Says when the next sweep is due.
final class SweepCounter: Sendable {
    private let writes = Atomic<Int>(0)
    private let period: Int

    init(period: Int) { self.period = period }

    /// Counts a write.
    ///
    /// - Returns: Whether a sweep is due.
    func count() -> Bool { writes.add(1, ordering: .relaxed).newValue % period == 0 }
}
