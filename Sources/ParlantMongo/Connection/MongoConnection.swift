import CMongoc
import OrderedCollections

/// One connection, used on one thread for one call. All methods block.
struct MongoConnection {
    let client: OpaquePointer
    let address: MongoAddress
    /// 0 for the first try of a call; more when an earlier one broke off and may have been done or not.
    var attempt = 0

    /// Runs a command that reads, and returns the answer.
    func read(_ command: BSONDocument) throws -> BSONDocument {
        try call(command) { command, reply, failure in
            mongoc_client_read_command_with_opts(client, address.database, command, nil, nil, reply, &failure)
        }
    }

    /// Runs a command that writes, and returns the answer.
    ///
    /// - Throws: ``MongoError``, also for what happened to one document.
    @discardableResult
    func write(_ command: BSONDocument) throws -> BSONDocument {
        var command = command
        if address.asksForMajority { command["writeConcern"] = ["w": "majority", "j": true] }
        let reply = try call(command) { command, reply, failure in
            mongoc_client_write_command_with_opts(client, address.database, command, nil, reply, &failure)
        }
        if let failure = reply["writeErrors"]?.array?.first?.document {
            throw MongoError(
                serverCode: Int(failure["code"]?.integer ?? 0), failure["errmsg"]?.string ?? "a write failed")
        }
        return reply
    }

    private func call(
        _ command: BSONDocument, _ body: (OpaquePointer, OpaquePointer, inout bson_error_t) -> Bool
    ) throws -> BSONDocument {
        var failure = bson_error_t()
        return try RawDocument.lend(command) { command in
            try RawDocument.receive { reply in
                guard body(command, reply, &failure) else { throw redacted(MongoError(failure)) }
            }
        }
    }

    /// Documents of a collection that match, in the order asked for.
    func find(
        _ collection: String, _ filter: BSONDocument, sort: BSONDocument = [:], limit: Int? = nil,
        skip: Int = 0, fields: BSONDocument = [:]
    ) throws -> [BSONDocument] {
        var options: BSONDocument = [:]
        if !sort.isEmpty { options["sort"] = .document(sort) }
        if let limit {
            // 0 means no limit to MongoDB.
            guard limit > 0 else { return [] }
            options["limit"] = .integer(Int64(limit))
        }
        if skip > 0 { options["skip"] = .integer(Int64(skip)) }
        if !fields.isEmpty { options["projection"] = .document(fields) }
        let handle = mongoc_client_get_collection(client, address.database, collection)
        defer { mongoc_collection_destroy(handle) }
        return try RawDocument.lend(filter) { filter in
            try RawDocument.lend(options) { options in
                let cursor = mongoc_collection_find_with_opts(handle, filter, options, nil)
                defer { mongoc_cursor_destroy(cursor) }
                var documents: [BSONDocument] = []
                var document: OpaquePointer?
                while mongoc_cursor_next(cursor, &document) {
                    if let document { documents.append(try RawDocument.read(document)) }
                }
                var failure = bson_error_t()
                if mongoc_cursor_error(cursor, &failure) { throw redacted(MongoError(failure)) }
                return documents
            }
        }
    }

    /// The first document that matches, or nil.
    func first(
        _ collection: String, _ filter: BSONDocument, sort: BSONDocument = [:], fields: BSONDocument = [:]
    ) throws -> BSONDocument? {
        try find(collection, filter, sort: sort, limit: 1, fields: fields).first
    }

    /// Number of documents that match.
    func count(_ collection: String, _ filter: BSONDocument) throws -> Int {
        let reply = try read([
            "aggregate": .string(collection),
            "pipeline": [["$match": .document(filter)], ["$count": "count"]], "cursor": [:],
        ])
        return Int(reply["cursor"]?.document?["firstBatch"]?.array?.first?.document?["count"]?.integer ?? 0)
    }

    /// Inserts one document.
    ///
    /// - Throws: ``MongoError`` `duplicateKey` when its id or a unique key is taken.
    func insert(_ document: BSONDocument, into collection: String) throws {
        try write(["insert": .string(collection), "documents": [.document(document)]])
    }

    /// Changes documents that match.
    ///
    /// - Parameter update: A whole document that takes the place of one, or operators.
    /// - Returns: How many matched.
    @discardableResult
    func update(
        _ collection: String, _ filter: BSONDocument, _ update: BSONValue, many: Bool = false, upsert: Bool = false
    ) throws -> Int {
        let statement: BSONValue = [
            "q": .document(filter), "u": update, "multi": .boolean(many), "upsert": .boolean(upsert),
        ]
        return Int(try write(["update": .string(collection), "updates": [statement]])["n"]?.integer ?? 0)
    }

    /// Writes whole documents by their `_id`, whether or not they are there, some in each command.
    func put(_ documents: [BSONDocument], into collection: String) throws {
        // A command has at most 48 MB, and one document of ours may have a megabyte or two.
        for start in stride(from: 0, to: documents.count, by: 16) {
            let statements = documents[start..<min(start + 16, documents.count)].map { document -> BSONValue in
                ["q": ["_id": document["_id"] ?? .null], "u": .document(document), "upsert": true]
            }
            try write(["update": .string(collection), "updates": .array(statements)])
        }
    }

    /// Removes documents that match.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func delete(_ collection: String, _ filter: BSONDocument, many: Bool = false) throws -> Int {
        let statement: BSONValue = ["q": .document(filter), "limit": many ? 0 : 1]
        return Int(try write(["delete": .string(collection), "deletes": [statement]])["n"]?.integer ?? 0)
    }

    /// Changes one document and returns it as it is afterwards; it is made when there is none.
    ///
    /// Of two calls that make it at once, one may be refused or get nothing; it then finds what the other has made.
    func upsert(_ collection: String, _ filter: BSONDocument, _ update: BSONValue) throws -> BSONDocument {
        let command: BSONDocument = [
            "findAndModify": .string(collection), "query": .document(filter), "update": update, "new": true,
            "upsert": true,
        ]
        for _ in 0..<10 {
            do {
                if let document = try write(command)["value"]?.document { return document }
            } catch let error as MongoError where error.code == .duplicateKey {
                continue
            }
        }
        throw MongoError(.failed, "findAndModify returned no document of '\(collection)'")
    }

    private func redacted(_ error: MongoError) -> MongoError {
        var error = error
        error.message = MongoLibrary.redacted(error.message)
        return error
    }
}
