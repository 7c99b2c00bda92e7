import ParlantCore
import ParlantStores
import Synchronization

/// An entry of a script, a line of `entries.json`.
struct Entry: TableRow {
    static var formName: String { "entry" }

    var scope: KeyValueScope
    var key: String
    var value: JSONValue
    /// Of key and value. Not in the file, whose values may be edited.
    var bytes: Int
    var createdAt: Timestamp
    /// Reading of the clock at which it is gone; nil: never.
    var end: Timestamp?

    func isLive(_ now: Timestamp) -> Bool { end.map { now < $0 } ?? true }

    /// What a key and a value count for.
    static func bytes(_ key: String, _ value: JSONValue) -> Int {
        key.utf8.count + JSONWriter.bytes(of: value).count
    }

    var rowID: String { Self.rowID(key, scope) }

    static func rowID(_ key: String, _ scope: KeyValueScope) -> String {
        "\(scope.kind) \(scope.owner.utf8.count) \(scope.owner) \(key)"
    }

    var traits: [RowTrait] { [scope.trait] }

    var members: JSONObject {
        var fields: JSONObject = [
            "of": .string(scope.kind), "owner": .string(scope.owner), "key": .string(key), "value": value,
            "created_at": .string(createdAt.description),
        ]
        if let end { fields["end"] = .string(end.description) }
        return fields
    }

    init(
        scope: KeyValueScope, key: String, value: JSONValue, bytes: Int, createdAt: Timestamp, end: Timestamp?
    ) {
        self.scope = scope
        self.key = key
        self.value = value
        self.bytes = bytes
        self.createdAt = createdAt
        self.end = end
    }

    init(reading fields: FieldReader) throws(StoredFormError) {
        let owner = try fields.string("owner")
        switch try fields.string("of") {
        case "session": scope = .session(SessionID(owner))
        case "customer": scope = .customer(CustomerID(owner))
        case "agent": scope = .agent(AgentID(owner))
        case let other: throw fields.error("of", "is '\(other)', and this program knows session, customer, agent")
        }
        key = try fields.string("key")
        value = try fields.value("value")
        bytes = Self.bytes(key, value)
        createdAt = try fields.moment("created_at")
        end = fields.has("end") ? try fields.moment("end") : nil
    }
}

extension KeyValueScope {
    fileprivate var kind: String {
        switch self {
        case .session: "session"
        case .customer: "customer"
        case .agent: "agent"
        }
    }

    fileprivate var owner: String {
        switch self {
        case .session(let id): id.rawValue
        case .customer(let id): id.rawValue
        case .agent(let id): id.rawValue
        }
    }

    var trait: RowTrait { RowTrait(kind, owner) }
}

/// How much each scope has, dead entries included.
final class EntryTotals: Sendable {
    struct Total {
        var entries = 0
        var bytes = 0
    }

    private let totals = Mutex<[KeyValueScope: Total]>([:])

    func total(_ scope: KeyValueScope) -> Total { totals.withLock { $0[scope] ?? Total() } }

    /// Counts a change of the table.
    func changed(_ old: Entry?, _ new: Entry?) {
        guard let scope = old?.scope ?? new?.scope else { return }
        totals.withLock { totals in
            var total = totals[scope] ?? Total()
            total.entries += (new == nil ? 0 : 1) - (old == nil ? 0 : 1)
            total.bytes += (new?.bytes ?? 0) - (old?.bytes ?? 0)
            totals[scope] = total.entries == 0 ? nil : total
        }
    }
}
