import ParlantCore
import ParlantStores

/// What a store keeps as a document of MongoDB: the form that all stores share, and fields beside it that begin with `_`.
struct StoredDocument<Item: StoredForm> {
    var item: Item
    /// Counts changes. A change is written only over the revision that it was made from.
    var revision: Int64
    /// The call that wrote it. One that broke off and is run again finds its own work by it.
    private(set) var call: String
    /// Calls that wrote it before, the latest last: others may write between a call's work and the attempt that looks for
    /// it. At most ``EarlierCalls/limit``.
    private var earlier: [String] = []

    /// Stands for the call of what came from another place.
    static var restored: String { "restored" }

    init(_ item: Item, revision: Int64 = 0, call: String) {
        self.item = item
        self.revision = revision
        self.call = call
    }

    /// Reads a document.
    ///
    /// - Throws: ``StoreError`` `damaged` for what cannot be read, with its id.
    init(_ document: BSONDocument) throws {
        revision = document["_rev"]?.integer ?? 0
        guard StoredCount.exactly(revision) != nil else {
            let (name, id) = (Item.formName, document["_id"]?.string ?? "?")
            throw StoreError(
                .damaged, entity: name, id: id,
                message: "the \(name) '\(id)' cannot be read: it has the revision \(revision)")
        }
        call = document["_call"]?.string ?? ""
        earlier = document[EarlierCalls.field]?.array?.compactMap(\.string) ?? []
        item = try Self.item(document)
    }

    /// Whether a call wrote it, be it that others wrote since.
    func isWritten(by call: String) -> Bool { self.call == call || earlier.contains(call) }

    /// Makes it the work of a call.
    mutating func write(by call: String) {
        earlier = (earlier + [self.call]).suffix(EarlierCalls.limit)
        self.call = call
    }

    /// The fields, with `_id`.
    ///
    /// - Parameter marks: What indexes are made of.
    func fields(_ id: BSONValue, _ marks: BSONDocument) -> BSONDocument {
        var document: BSONDocument = ["_id": id, "_rev": .integer(revision), "_call": .string(call)]
        if !earlier.isEmpty { document[EarlierCalls.field] = .array(earlier.map { .string($0) }) }
        for (key, value) in marks { document[key] = value }
        for (key, value) in item.storedForm { document[key] = BSONValue(value) }
        return document
    }

    private static func item(_ document: BSONDocument) throws -> Item {
        let name = Item.formName
        let id = document["_id"]?.string ?? "?"
        let form = document.filter { !$0.key.hasPrefix("_") }
        guard let members = form.json else {
            throw StoreError(
                .damaged, entity: name, id: id, message: "the \(name) '\(id)' holds a value that is no JSON")
        }
        do {
            return try Item(storedForm: members)
        } catch {
            throw StoreError(
                .damaged, entity: name, id: id, message: "the \(name) '\(id)' cannot be read: \(error)", cause: error)
        }
    }
}

/// Calls that wrote a document before the last one did.
enum EarlierCalls {
    static let field = "_calls"
    /// As many as may write between a call's work and its next attempt, with room: that is one time-out at most.
    static let limit = 8
}

extension MongoConnection {
    /// Has the majority acknowledge what an attempt before this one wrote. Costs a round trip in a repeated attempt,
    /// and nothing in the first.
    ///
    /// A primary shows what it has applied, and loses that with its place when no majority has it. A write that changes
    /// nothing waits for all that the primary has applied before, so it answers for the other one. It looks for the
    /// work itself, because it may meet another primary than the reading did.
    ///
    /// - Parameters:
    ///   - call: Who wrote it.
    ///   - id: The document's.
    /// - Returns: False when the call's work is not there, or no longer: read again.
    /// - Throws: ``MongoError`` when the majority does not acknowledge it in time, either.
    func confirm(_ call: String, of id: String, in collection: String) throws -> Bool {
        guard attempt > 0 else { return true }
        let call = BSONValue.string(call)
        let earlier = EarlierCalls.field
        let filter: BSONDocument = [
            "_id": .string(id), "$or": [["_call": call], [earlier: call], ["\(earlier).call": call]],
        ]
        // Nothing is ever inserted.
        return try update(collection, filter, ["$setOnInsert": ["_call": call]]) == 1
    }
}
