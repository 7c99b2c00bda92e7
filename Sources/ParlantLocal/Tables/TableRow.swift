import OrderedCollections
import ParlantCore
import ParlantStores

/// What a ``Table`` keeps: a stored form with an id and a place in the order of creation.
protocol TableRow: StoredForm {
    /// The id, unique in its table.
    var rowID: String { get }
    var createdAt: Timestamp { get }
    /// What lists are filtered by.
    var traits: [RowTrait] { get }
}

/// Something that rows have in common and lists ask for: a tag, an owner, a member of the metadata.
///
/// Only a hash is kept: two different ones may be the same, so whoever finds rows by one looks whether they match.
struct RowTrait: Hashable, Sendable {
    private let hash: Int

    /// A trait of a kind, with a value.
    init(_ kind: String, _ value: String) {
        var hasher = Hasher()
        hasher.combine(kind)
        value.hashBytes(into: &hasher)
        hash = hasher.finalize()
    }

    /// A member of an object.
    init(member key: String, _ value: JSONValue) {
        var hasher = Hasher()
        key.hashBytes(into: &hasher)
        Self.combine(value, &hasher)
        hash = hasher.finalize()
    }

    /// Equal values have equal hashes: `1` is `1.0`, and the order of members does not matter.
    private static func combine(_ value: JSONValue, _ hasher: inout Hasher) {
        switch value {
        case .null: hasher.combine(0)
        case .boolean(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(Double(number))
        case .number(let number): hasher.combine(number)
        case .largeInteger(let digits), .string(let digits): digits.hashBytes(into: &hasher)
        case .array(let elements):
            hasher.combine(elements.count)
            for element in elements { combine(element, &hasher) }
        case .object(let members):
            var sum = members.count
            for (key, member) in members {
                var inner = Hasher()
                key.hashBytes(into: &inner)
                combine(member, &inner)
                sum &+= inner.finalize()
            }
            hasher.combine(sum)
        }
    }
}

extension Customer: TableRow {
    var rowID: String { id.rawValue }
    var traits: [RowTrait] {
        tags.map { RowTrait("tag", $0.rawValue) } + metadata.map { RowTrait(member: $0.key, $0.value) }
    }
}

extension Tag: TableRow {
    var rowID: String { id.rawValue }
    var traits: [RowTrait] { [RowTrait("name", name)] }
}

extension Session: TableRow {
    var rowID: String { id.rawValue }
    var traits: [RowTrait] {
        [RowTrait("agent", agentID.rawValue), RowTrait("customer", customerID.rawValue)]
            + labels.map { RowTrait("label", $0) }
    }
}

extension OpenTurn: TableRow {
    var rowID: String { Self.rowID(traceID, session) }
    var createdAt: Timestamp { openedAt }
    var traits: [RowTrait] { [Self.trait(session)] }

    static func rowID(_ traceID: TraceID, _ session: SessionID) -> String {
        "\(session.rawValue.utf8.count) \(session) \(traceID)"
    }

    /// What the open turns of a session have in common.
    static func trait(_ session: SessionID) -> RowTrait { RowTrait("session", session.rawValue) }
}

extension Stored: TableRow where Entity: StoredForm {
    var rowID: String { entity.id.rawValue }
    var traits: [RowTrait] { entity.tags.map { RowTrait("tag", $0.rawValue) } }
}
