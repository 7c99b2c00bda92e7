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
