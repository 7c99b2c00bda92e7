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
            guard let text = text ?? address, !text.isEmpty else {
                throw ConfigurationError(
                    "'mongodb' is at the address in \(StoreChoice.addressVariable), which is not set; set it, or write "
                        + "the address itself: mongodb://host:27017/database")
            }
            MongoLibrary.log(to: logger)
            do {
                return try await MongoStores(MongoAddress(text), clock: clock, ids: ids, logger: logger)
            } catch let error as StoreError {
                throw ConfigurationError(error.message)
            } catch {
                throw ConfigurationError("\(error)")
            }
        #else
            throw ConfigurationError(
                "this build has no MongoDB; install libmongoc-dev and build with the trait MongoDB, which is on unless "
                    + "--disable-default-traits switches it off, or keep things in sqlite:PATH")
        #endif
    }
}
