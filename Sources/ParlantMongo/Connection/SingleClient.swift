import CMongoc

/// A connection outside the pool, for one thread that keeps it.
final class SingleClient {
    let client: OpaquePointer
    private let address: MongoAddress

    /// Connects with the first call.
    init(_ address: MongoAddress) throws {
        var failure = bson_error_t()
        guard let client = mongoc_client_new_from_uri_with_error(address.uri, &failure) else {
            throw MongoError(failure)
        }
        mongoc_client_set_error_api(client, 2)
        mongoc_client_set_appname(client, "parlant-runtime")
        self.client = client
        self.address = address
    }

    deinit { mongoc_client_destroy(client) }

    var connection: MongoConnection { MongoConnection(client: client, address: address) }
}
