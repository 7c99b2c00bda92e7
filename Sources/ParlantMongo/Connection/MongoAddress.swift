import CMongoc
public import ParlantCore

/// A `mongodb://` address, checked, with what makes its stores reliable filled in.
///
/// Reads go to the primary, and writes are acknowledged by the majority, from its journals, unless the address says
/// otherwise with `w`, so that what is acknowledged survives the loss of a server. Times: a server is looked for for
/// 5 seconds, a connection opens within 5 seconds, an answer comes within 15 seconds, unless
/// `serverSelectionTimeoutMS`, `connectTimeoutMS` or `socketTimeoutMS` stand in the address.
public final class MongoAddress: Sendable, CustomStringConvertible {
    /// Calls that run at the same time unless `maxPoolSize` stands in the address.
    static let usualConnections = 8

    /// The library's own form. Unsafe for the compiler alone, to which a pointer of C may be used by one thread: nobody
    /// writes to it after `init`, clients copy it, and it is destroyed when nobody has this object any more.
    nonisolated(unsafe) let uri: OpaquePointer
    /// Hosts and database, without user, password and options. For logs and errors.
    public let description: String
    /// The database that the stores are in: the one of the address, else `parlant`.
    public let database: String
    /// Texts that must not be seen.
    let secrets: [String]
    /// How many calls run at the same time.
    let connections: Int
    /// Whether the address leaves it to us how writes are acknowledged.
    let asksForMajority: Bool
    /// Whether writes are acknowledged by the majority, so that what is acknowledged survives the loss of a server.
    /// False for a number of servers or a name: what they come to is not known here.
    let isDurable: Bool

    /// Checks an address.
    ///
    /// - Throws: ``StoreError`` `mismatch` that says what is wrong, without the password.
    public init(_ text: String) throws(StoreError) {
        MongoLibrary.start()
        var failure = bson_error_t()
        guard let uri = mongoc_uri_new_with_error(text, &failure) else {
            // The library's sentence may quote the address.
            let place = Self.withoutUser(text)
            throw StoreError(
                .mismatch, entity: "store", id: place,
                message: "'\(place)' is no address of MongoDB; write mongodb://user:password@host:27017/database, with "
                    + "special characters of user and password escaped as in the web's addresses")
        }
        let acknowledged = mongoc_write_concern_get_w(mongoc_uri_get_write_concern(uri))
        guard acknowledged != MONGOC_WRITE_CONCERN_W_UNACKNOWLEDGED else {
            mongoc_uri_destroy(uri)
            throw StoreError(
                .mismatch, entity: "store", id: Self.withoutUser(text),
                message: "the address says w=0, so that writes would be lost without a word; leave it out, or write w=1"
            )
        }
        self.uri = uri
        let database = mongoc_uri_get_database(uri).map { String(cString: $0) } ?? "parlant"
        self.database = database
        description = "mongodb://\(Self.hosts(uri).joined(separator: ","))/\(database)"
        secrets = [mongoc_uri_get_password(uri).map { String(cString: $0) }, Self.rawPassword(text)]
            .compactMap(\.self).filter { !$0.isEmpty }
        for (option, milliseconds) in [
            (MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 5000), (MONGOC_URI_CONNECTTIMEOUTMS, 5000),
            (MONGOC_URI_SOCKETTIMEOUTMS, 15000),
        ] where !mongoc_uri_has_option(uri, option) {
            mongoc_uri_set_option_as_int32(uri, option, Int32(milliseconds))
        }
        let most = mongoc_uri_get_option_as_int32(uri, MONGOC_URI_MAXPOOLSIZE, Int32(Self.usualConnections))
        connections = max(2, min(Int(most), 64))
        asksForMajority = acknowledged == MONGOC_WRITE_CONCERN_W_DEFAULT
        isDurable = asksForMajority || acknowledged == MONGOC_WRITE_CONCERN_W_MAJORITY
        // Calls repeat themselves, and know what they did the first time.
        mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYWRITES, false)
        let primary = mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
        mongoc_uri_set_read_prefs_t(uri, primary)
        mongoc_read_prefs_destroy(primary)
    }

    deinit { mongoc_uri_destroy(uri) }

    private static func hosts(_ uri: OpaquePointer) -> [String] {
        if let name = mongoc_uri_get_srv_hostname(uri) { return [String(cString: name)] }
        var hosts: [String] = []
        var next = mongoc_uri_get_hosts(uri)
        while let host = next {
            hosts.append(
                withUnsafeBytes(of: host.pointee.host_and_port) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
            next = UnsafePointer(host.pointee.next)
        }
        return hosts
    }

    /// An address as it may be shown: what stands before the last `@` is left out.
    static func withoutUser(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return String(text.prefix { $0 != "?" }) }
        return "mongodb://…@" + text[text.index(after: at)...].prefix { $0 != "?" }
    }

    private static func rawPassword(_ text: String) -> String? {
        guard let at = text.lastIndex(of: "@"), let scheme = text.firstRange(of: "://") else { return nil }
        let user = text[scheme.upperBound..<at]
        return user.firstIndex(of: ":").map { String(user[user.index(after: $0)...]) }
    }
}
