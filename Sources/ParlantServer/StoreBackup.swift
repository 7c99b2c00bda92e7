import ParlantCore
import ParlantSQLite

extension Application {
    /// Copies a store to a file while a server uses it.
    ///
    /// - Parameters:
    ///   - choice: The store.
    ///   - target: The copy; nothing may be there yet.
    ///   - environment: Variables of the process: `PARLANT_HOME` for a store without a path.
    /// - Returns: Bytes of the copy.
    /// - Throws: ``ConfigurationError`` with the file and the remedy; then there is no copy.
    public static func backUp(
        _ choice: StoreChoice, to target: String, environment: [String: String]
    ) async throws(ConfigurationError) -> Int {
        let opening = StoreOpening(
            environment: environment, clock: SystemTimeSource(), ids: RandomIDGenerator())
        switch choice {
        case .memory: throw ConfigurationError("a store in memory cannot be copied; name one that is kept in a file")
        case .local:
            throw ConfigurationError(
                "a local store is a folder of files; stop the server, which brings them up to date, and copy the folder"
            )
        case .sqlite(let path):
            do throws(SQLiteOpenError) {
                return try await SQLiteBackup.copy(path ?? opening.path(of: StoreChoice.defaultFile), to: target)
            } catch {
                throw ConfigurationError(error.message)
            }
        case .mongo:
            throw ConfigurationError("a store in MongoDB is copied with MongoDB's own mongodump, while servers use it")
        }
    }
}
