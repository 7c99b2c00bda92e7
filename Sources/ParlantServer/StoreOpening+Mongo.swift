import ParlantCore

#if MongoDB
    import ParlantMongo
#endif

extension StoreChoice {
    /// Whether this build has MongoDB.
    #if MongoDB
        static let hasMongo = true
    #else
        static let hasMongo = false
    #endif
}

extension StoreOpening {
    /// Opens stores in MongoDB.
    ///
    /// - Throws: ``ConfigurationError`` with the server and the remedy, without the password.
    func openMongo(_ text: String?) async throws(ConfigurationError) -> any StoreBackend {
        #if MongoDB
            try await reachMongo(text) { try await MongoStores($0, clock: clock, ids: ids, logger: logger) }
        #else
            throw ConfigurationError(
                "this build has no MongoDB; install libmongoc-dev and build with the trait MongoDB, which is on unless "
                    + "--disable-default-traits switches it off, or keep things in sqlite:PATH")
        #endif
    }

    /// Refuses a database in which no store is, before opening one would make its collections.
    ///
    /// - Throws: ``ConfigurationError`` with the database and the remedy, without the password.
    func requireMongo(_ text: String?) async throws(ConfigurationError) {
        #if MongoDB
            try await reachMongo(text) { address in
                guard try await MongoStores.isThere(address, clock: clock, ids: ids) else {
                    throw ConfigurationError(
                        "\(address): there is no store in the database '\(address.database)'; name the database of one")
                }
            }
        #endif
    }

    #if MongoDB
        /// Does something with the database at an address; nil: the one in the environment.
        private func reachMongo<Value>(
            _ text: String?, _ body: (MongoAddress) async throws -> Value
        ) async throws(ConfigurationError) -> Value {
            guard let text = text ?? address, !text.isEmpty else {
                throw ConfigurationError(
                    "'mongodb' is at the address in \(StoreChoice.addressVariable), which is not set; set it, or write "
                        + "the address itself: mongodb://host:27017/database")
            }
            MongoLibrary.log(to: logger)
            do {
                return try await body(MongoAddress(text))
            } catch let error as StoreError {
                throw ConfigurationError(error.message)
            } catch let error as ConfigurationError {
                throw error
            } catch {
                throw ConfigurationError("\(error)")
            }
        }
    #endif
}
