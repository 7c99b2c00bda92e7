import CMongoc
import OrderedCollections

/// What MongoDB says of changes in one database, on a connection of its own. Used on one thread; all methods block.
final class ChangeStream {
    /// How long the server keeps a question that it has nothing to answer to.
    private static let patience: Int64 = 1000

    private let client: SingleClient
    private let stream: OpaquePointer

    /// Opens a stream that goes on after `token`, or begins now.
    ///
    /// - Throws: ``MongoError``: of a server that has no streams, too.
    init(_ address: MongoAddress, pipeline: [BSONValue], after token: BSONDocument?) throws {
        client = try SingleClient(address)
        var options: BSONDocument = ["maxAwaitTimeMS": .integer(Self.patience)]
        if let token { options["resumeAfter"] = .document(token) }
        let database = mongoc_client_get_database(client.client, address.database)
        defer { mongoc_database_destroy(database) }
        stream = try RawDocument.lend(["pipeline": .array(pipeline)]) { pipeline in
            try RawDocument.lend(options) { mongoc_database_watch(database, pipeline, $0) }
        }
        try check()
    }

    // Before its client is.
    deinit { mongoc_change_stream_destroy(stream) }

    /// The next change; nil when none has come for a second.
    ///
    /// - Throws: ``MongoError``; the stream is then of no more use.
    func next() throws -> BSONDocument? {
        var document: OpaquePointer?
        if mongoc_change_stream_next(stream, &document), let document { return try RawDocument.read(document) }
        try check()
        return nil
    }

    /// Where a stream after this one has to begin; nil when the server has not said.
    var token: BSONDocument? {
        mongoc_change_stream_get_resume_token(stream).flatMap { try? RawDocument.read($0) }
    }

    private func check() throws {
        var failure = bson_error_t()
        if mongoc_change_stream_error_document(stream, &failure, nil) {
            let error = MongoError(failure)
            throw MongoError(error.code, MongoLibrary.redacted(error.message), number: error.number)
        }
    }
}
