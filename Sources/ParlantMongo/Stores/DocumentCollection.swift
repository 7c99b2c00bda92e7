import ParlantCore
import ParlantStores

/// Documents of one kind, found by id, in order of creation, and changed without losing what others change meanwhile.
///
/// All methods block, and may be run again after an attempt that broke off.
struct DocumentCollection<Item: StoredForm> {
    let name: String
    /// What indexes are made of, besides the time of creation.
    let marks: @Sendable (Item) -> BSONDocument
    let createdAt: @Sendable (Item) -> Timestamp

    /// Keeps a new one.
    ///
    /// - Returns: It as it is kept; nil when the id is taken.
    /// - Throws: ``MongoError`` `duplicateKey` when another unique key is taken.
    func insert(_ item: Item, _ id: String, call: String, _ connection: MongoConnection) throws -> Item? {
        while true {
            do {
                try connection.insert(fields(StoredDocument(item, call: call), id), into: name)
                return item
            } catch let error as MongoError where error.code == .duplicateKey {
                guard let present = try find(id, connection) else { throw error }
                guard present.isWritten(by: call) else { return nil }
                // Ours: an attempt before this one went through.
                if try connection.confirm(call, of: id, in: name) { return present.item }
            }
        }
    }

    /// The one with this id, or nil.
    func find(_ id: String, _ connection: MongoConnection) throws -> StoredDocument<Item>? {
        try connection.first(name, ["_id": .string(id)]).map(StoredDocument.init)
    }

    /// Whether there is one with this id, be it one that cannot be read.
    func contains(_ id: String, _ connection: MongoConnection) throws -> Bool {
        try connection.first(name, ["_id": .string(id)], fields: ["_id": 1]) != nil
    }

    /// Changes one.
    ///
    /// - Returns: It as it is now; nil when there is none.
    func update(
        _ id: String, call: String, _ connection: MongoConnection, _ change: (inout Item) throws -> Void
    ) throws -> Item? {
        while true {
            guard var document = try find(id, connection) else { return nil }
            if document.isWritten(by: call) {
                if try connection.confirm(call, of: id, in: name) { return document.item }
                continue
            }
            try change(&document.item)
            document.write(by: call)
            if try replace(document, id, connection) { return document.item }
        }
    }

    /// Writes what was changed, unless another has changed it since it was read.
    ///
    /// - Returns: Whether it was written.
    func replace(_ document: StoredDocument<Item>, _ id: String, _ connection: MongoConnection) throws -> Bool {
        var next = document
        next.revision += 1
        let filter: BSONDocument = ["_id": .string(id), "_rev": .integer(document.revision)]
        if try connection.update(name, filter, .document(fields(next, id))) == 1 { return true }
        // An attempt before this one may have done it.
        return try connection.attempt > 0 && connection.confirm(document.call, of: id, in: name)
    }

    /// Removes one.
    ///
    /// - Returns: False when there is none.
    func delete(_ id: String, _ connection: MongoConnection) throws -> Bool {
        if try connection.delete(name, ["_id": .string(id)]) == 1 { return true }
        // An attempt before this one may have done it.
        return try connection.attempt > 0 && !contains(id, connection)
    }

    /// All that match, in order of creation.
    func list(_ filter: BSONDocument, _ connection: MongoConnection) throws -> [Item] {
        try connection.find(name, filter, sort: ["_created": 1, "_id": 1]).map { try StoredDocument($0).item }
    }

    /// Those that follow one, in order of creation.
    func batch(after last: PageCursor?, limit: Int, _ connection: MongoConnection) throws -> [Item] {
        var filter: BSONDocument = [:]
        if let last {
            let moment = BSONValue.integer(last.createdAt.microseconds)
            filter["$or"] = [
                ["_created": ["$gt": moment]], ["_created": moment, "_id": ["$gt": .string(last.id)]],
            ]
        }
        return try connection.find(name, filter, sort: ["_created": 1, "_id": 1], limit: limit)
            .map { try StoredDocument($0).item }
    }

    /// Writes items with their ids as they are.
    func put(_ items: [(item: Item, id: String)], _ connection: MongoConnection) throws {
        try connection.put(
            items.map { fields(StoredDocument($0.item, call: StoredDocument<Item>.restored), $0.id) }, into: name)
        if let latest = items.map({ createdAt($0.item) }).max() {
            try CreationMoments.note(latest, name, connection)
        }
    }

    /// A page of those that match.
    ///
    /// - Parameters:
    ///   - first: What precedes everything, the guest.
    ///   - moment: The field that the page is sorted by.
    ///   - offset: Items after the cursor that are left out.
    ///   - countsAll: Whether all that follow the cursor are counted.
    func page(
        _ filter: BSONDocument, _ request: PageRequest, first: Item? = nil, by moment: String = "_created",
        offset: Int = 0, countsAll: Bool = true, _ connection: MongoConnection, cursor: (Item) -> PageCursor
    ) throws -> Page<Item> {
        var filter = filter
        let isAscending = request.direction == .ascending
        if let cursor = request.cursor {
            let beyond = isAscending ? "$gt" : "$lt"
            let place = BSONValue.integer(cursor.createdAt.microseconds)
            filter["$or"] = [
                [moment: [beyond: place]], [moment: place, "_id": [beyond: .string(cursor.id)]],
            ]
        }
        let limit = request.limit ?? .max
        var items: [Item] = []
        if let first, limit > 0, offset == 0 { items.append(first) }
        let direction: BSONValue = isAscending ? 1 : -1
        // One more, to know whether more follow.
        let room = request.limit.map { $0 - items.count + 1 }
        let skip = max(0, offset - (first == nil ? 0 : 1))
        items += try connection.find(
            name, filter, sort: [moment: direction, "_id": direction], limit: room, skip: skip
        ).map { try StoredDocument($0).item }
        let hasMore = items.count > limit
        if hasMore { items.removeLast(items.count - limit) }
        var total = items.count
        if hasMore, countsAll {
            // What others create or delete between the two questions must not turn the page into nonsense.
            total = max(total + 1, try connection.count(name, filter) + (first == nil ? 0 : 1) - offset)
        }
        return Page(
            items: items, totalCount: total, hasMore: hasMore, nextCursor: hasMore ? items.last.map(cursor) : nil)
    }

    private func fields(_ document: StoredDocument<Item>, _ id: String) -> BSONDocument {
        var marks = marks(document.item)
        marks["_created"] = .integer(createdAt(document.item).microseconds)
        return document.fields(.string(id), marks)
    }
}

extension BSONDocument {
    /// Adds a condition to a filter. The first one on a field stands by itself, where every planner finds its index.
    mutating func require(_ field: String, _ value: BSONValue) {
        guard self[field] != nil else {
            self[field] = value
            return
        }
        self["$and"] = .array((self["$and"]?.array ?? []) + [.document([field: value])])
    }
}
