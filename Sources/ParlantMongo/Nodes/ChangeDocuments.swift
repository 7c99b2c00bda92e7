import OrderedCollections
import ParlantCore
import ParlantStores

/// Reads what MongoDB says of changes. Pure.
enum ChangeDocuments {
    /// What the server leaves out: other collections, what this node wrote, and the content of events.
    static func pipeline(without node: NodeID) -> [BSONValue] {
        let collections =
            [Collections.events, Collections.openTurns, Collections.sessions] + MirroredKind.allCases.map(\.rawValue)
        return [
            [
                "$match": [
                    "ns.coll": ["$in": .array(collections.map { .string($0) })],
                    "fullDocument.\(NodeMark.field)": ["$ne": .string(node.rawValue)],
                    // New and changed sessions concern nobody.
                    "$or": [
                        ["ns.coll": ["$ne": .string(Collections.sessions)]], ["operationType": "delete"],
                    ],
                ]
            ],
            ["$project": ["fullDocument.data": 0, "fullDocument.metadata": 0]],
        ]
    }

    /// What one document of a change stream stands for.
    ///
    /// - Parameter node: This node, whose own deletions are no news.
    static func changes(in document: BSONDocument, at node: NodeID) -> [RemoteChange] {
        let operation = document["operationType"]?.string ?? ""
        let collection = document["ns"]?.document?["coll"]?.string ?? ""
        let content = document["fullDocument"]?.document
        switch collection {
        case Collections.events:
            if operation == "update" {
                let updated = document["updateDescription"]?.document?["updatedFields"]?.document
                return truncation(updated?[NodeMark.deleted]?.document, at: node)
            }
            return content.map { changes(inEvent: $0, isNew: operation == "insert") } ?? []
        case Collections.openTurns:
            guard operation == "insert", let session = content?["_session"]?.string,
                let trace = content?[OpenTurns.field]?.document?["trace_id"]?.string
            else { return [] }
            return [.asked(TraceID(trace), SessionID(session))]
        case Collections.sessions:
            guard operation == "delete", let id = document["documentKey"]?.document?["_id"]?.string else { return [] }
            return [.deleted(SessionID(id))]
        default:
            if let kind = MirroredKind(rawValue: collection) { return [.entities(kind)] }
            // The collections were dropped or renamed by somebody.
            return operation == "invalidate" ? [.anything] : []
        }
    }

    /// What the document of an event stands for, whose content may be left out.
    static func changes(inEvent content: BSONDocument, isNew: Bool) -> [RemoteChange] {
        guard let session = content["_session"]?.string.map({ SessionID($0) }) else { return [] }
        var content = content
        content["data"] = .null
        content["metadata"] = [:]
        guard let event = try? StoredDocument<Event>(content).item else {
            // A form that this node does not know yet: whoever waits looks by itself.
            return [.anything]
        }
        guard isNew else { return [.updated(event.id, session)] }
        let isAsking = content[OpenTurns.field] != nil
        return [.appended(event, session)] + (isAsking ? [.asked(event.traceID, session)] : [])
    }

    /// What the mark of a deleted event stands for.
    static func truncation(_ mark: BSONDocument?, at node: NodeID) -> [RemoteChange] {
        guard let mark, let session = mark["of"]?.string, mark["by"]?.string != node.rawValue else { return [] }
        return [.truncated(SessionID(session))]
    }
}

/// What a node writes into events, so that others know what is news to them.
struct NodeMark: Sendable {
    /// The node that wrote the event last.
    static let field = "_node"
    /// When it wrote it, by its own clock.
    static let moment = "_changed"
    /// The field of a deleted event; says who deleted it, and of which session it was.
    static let deleted = "_deleted"

    var node: NodeID
    var now: Timestamp

    /// Fields of an event that is written.
    var fields: BSONDocument {
        [Self.field: .string(node.rawValue), Self.moment: .integer(now.microseconds)]
    }

    /// Fields of an event that is deleted.
    func deletion(of session: SessionID) -> BSONDocument {
        var fields = fields
        fields[Self.deleted] = ["by": .string(node.rawValue), "of": .string(session.rawValue)]
        return fields
    }
}
