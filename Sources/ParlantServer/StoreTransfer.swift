public import ParlantCore

extension Application {
    /// Moves everything from one store to another, which is empty and no server uses; it stays in the first.
    ///
    /// All or nothing: no server opens the target before it is complete, and a migration that broke off begins anew.
    ///
    /// - Parameters:
    ///   - environment: Variables of the process: the home of stores without a path, the address of MongoDB.
    ///   - progress: Told how far it is.
    /// - Returns: Each kind of which there was anything, with its number.
    /// - Throws: ``ConfigurationError`` with the store and the remedy.
    public static func migrate(
        from source: StoreChoice, to target: StoreChoice, environment: [String: String],
        progress: (StoreMigration.Progress) -> Void
    ) async throws(ConfigurationError) -> [(kind: String, count: Int)] {
        for choice in [source, target] where choice == .memory {
            throw ConfigurationError("a store in memory ends with its process; name one that lasts")
        }
        guard source != target else { throw ConfigurationError("both are \(source); name two stores") }
        let opening = StoreOpening(environment: environment, clock: SystemTimeSource(), ids: RandomIDGenerator())
        guard opening.place(of: source) != opening.place(of: target) else {
            throw ConfigurationError("\(source) and \(target) are the same store; name two")
        }
        try await opening.requirePresent(source)
        let from = try await opening.open(source)
        var places = [from]
        let result: Result<[(kind: String, count: Int)], any Error>
        do {
            let to = try await opening.open(target)
            places.append(to)
            result = .success(try await StoreMigration(from: from, to: to).run(progress))
        } catch {
            result = .failure(error)
        }
        do {
            for place in places { try await place.close() }
            return try result.get()
        } catch {
            throw ConfigurationError(error)
        }
    }
}

extension StoreOpening {
    /// Refuses a store that opening would make: there is nothing in it to be read.
    func requirePresent(_ choice: StoreChoice) async throws(ConfigurationError) {
        switch choice {
        case .memory: throw ConfigurationError("a store in memory ends with its process; name one that lasts")
        case .local(let given):
            let folder = given ?? home
            guard Self.isThere(folder) else {
                throw ConfigurationError("\(folder): there is no such folder; name the folder of a store")
            }
        case .sqlite(let given):
            let path = given ?? path(of: StoreChoice.defaultFile)
            guard Self.isThere(path) else {
                throw ConfigurationError("\(path): there is no such file; name the file of a store")
            }
        case .mongo(let given): try await requireMongo(given)
        }
    }
}
