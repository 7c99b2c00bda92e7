import ParlantCore
import ParlantStores

/// What a store keeps as a document of MongoDB: the form that all stores share, and fields beside it that begin with `_`.
struct StoredDocument<Item: StoredForm> {
    var item: Item
    /// Counts changes. A change is written only over the revision that it was made from.
    var revision: Int64
    /// The call that wrote it. One that broke off and is run again finds its own work by it.
    var call: String

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
        item = try Self.item(document)
    }

    /// The fields, with `_id`.
    ///
    /// - Parameter marks: What indexes are made of.
    func fields(_ id: BSONValue, _ marks: BSONDocument) -> BSONDocument {
        var document: BSONDocument = ["_id": id, "_rev": .integer(revision), "_call": .string(call)]
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
