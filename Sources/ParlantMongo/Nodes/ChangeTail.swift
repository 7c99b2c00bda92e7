import OrderedCollections
import ParlantCore

/// Asks a server without change streams for what other nodes changed: events while somebody waits, entities now and then.
///
/// Nodes write their own clock's time into each event; one whose clock is late by more than ``skew`` is not heard. A
/// question that comes late, because this node or the server stood still, looks as far back as the one before it.
struct ChangeTail: Sendable {
    /// Time between two questions. A reader waits for so much longer than with a change stream.
    static let interval = Duration.milliseconds(250)
    /// By how much clocks of nodes may differ.
    private static let skew: Int64 = 5_000_000
    /// Questions between two times at which all entities count as changed.
    private static let questionsPerRenewal = 20

    let address: MongoAddress
    let node: NodeID
    private var questions = 0
    /// When the question before this one was asked.
    private var previous: Timestamp?
    /// Events that were told, by id and revision, with the moment of each.
    private var told: OrderedDictionary<String, Int64> = [:]

    init(address: MongoAddress, node: NodeID) {
        self.address = address
        self.node = node
    }

    /// Makes the index that the questions need, which no other server needs. The next question asks for what was
    /// changed from `now` on.
    mutating func prepare(_ now: Timestamp, _ connection: MongoConnection) throws {
        try Collections.ensure([.init(collection: Collections.events, keys: [NodeMark.moment: 1])], connection)
        previous = now
    }

    /// What was changed since the question before. What happens while nobody waits is not asked for later: whoever
    /// begins to wait looks first.
    mutating func changes(
        _ now: Timestamp, isWaiting: Bool, _ connection: MongoConnection
    ) throws -> [RemoteChange] {
        questions += 1
        var changes: [RemoteChange] = []
        if questions % Self.questionsPerRenewal == 0 { changes = MirroredKind.allCases.map { .entities($0) } }
        guard isWaiting else {
            previous = now
            return changes
        }
        let begin = min(previous ?? now, now).microseconds - Self.skew
        let found = try connection.find(
            Collections.events,
            [
                NodeMark.moment: ["$gte": .integer(begin)], NodeMark.field: ["$ne": .string(node.rawValue)],
            ], sort: [NodeMark.moment: 1], fields: ["data": 0, "metadata": 0])
        previous = now
        told = told.filter { $0.value >= begin }
        for document in found {
            let key = "\(document["_id"]?.string ?? "") \(document["_rev"]?.integer ?? 0)"
            let moment = document[NodeMark.moment]?.integer ?? 0
            guard told.updateValue(moment, forKey: key) == nil else { continue }
            let deletion = document[NodeMark.deleted]?.document
            changes += ChangeDocuments.truncation(deletion, at: node)
            if deletion == nil {
                let isNew = document["_rev"]?.integer == 0
                // Between two questions an event may be appended and changed.
                if !isNew { changes += ChangeDocuments.changes(inEvent: document, isNew: false) }
                changes += ChangeDocuments.changes(inEvent: document, isNew: true)
            }
        }
        return changes
    }
}
