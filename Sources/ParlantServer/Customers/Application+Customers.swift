import ParlantArchive
public import ParlantCore
import ParlantHTTP

extension Application {
    /// Writes everything that is kept of a customer to a zip file.
    ///
    /// - Parameters:
    ///   - target: The file; nothing may be there yet. It appears when it is complete.
    ///   - environment: Variables of the process: the home of stores, and the token that a server wants.
    ///   - progress: Told how many bytes are written, whenever there are more.
    /// - Returns: Bytes of the file.
    /// - Throws: ``ConfigurationError`` with the remedy; then there is no file.
    public static func exportCustomer(
        _ id: CustomerID, to target: String, from place: CustomerPlace, environment: [String: String],
        progress: (Int) -> Void = { _ in }
    ) async throws(ConfigurationError) -> Int {
        let file = try ExportFile(target)
        do {
            switch place {
            case .stores(let plan):
                try await withStores(plan, environment) { open in
                    let archive = CustomerArchive(open.stores, clock: SystemTimeSource())
                    try await archive.prepare(id).write { bytes in
                        try file.write(bytes)
                        progress(file.count)
                    }
                }
            case .server(let address):
                try await withServer(address, environment) { server in
                    try await server.export(id) { bytes in
                        try file.write(bytes)
                        progress(file.count)
                    }
                }
            }
            return try file.finish()
        } catch {
            file.discard()
            throw ConfigurationError(error)
        }
    }

    /// Removes everything that is kept of a customer.
    ///
    /// - Parameters:
    ///   - environment: Variables of the process: the home of stores, and the token that a server wants.
    ///   - progress: Told how many sessions are removed; not for a running server.
    /// - Throws: ``ConfigurationError`` with the remedy; a part may be erased then. Ask again.
    public static func eraseCustomer(
        _ id: CustomerID, from place: CustomerPlace, environment: [String: String],
        progress: @Sendable (CustomerErasure.Progress) -> Void = { _ in }
    ) async throws(ConfigurationError) -> CustomerErasure.Report {
        do {
            switch place {
            case .stores(let plan):
                return try await withStores(plan, environment) { open in
                    try await CustomerErasure(open.stores) { try await open.scrub() }.erase(id, progress)
                }
            case .server(let address):
                return try await withServer(address, environment) { try await $0.erase(id) }
            }
        } catch {
            throw ConfigurationError(error)
        }
    }

    /// Opens stores that no server uses, and closes them whatever happens.
    private static func withStores<Value>(
        _ plan: StorePlan, _ environment: [String: String], _ body: (OpenStores) async throws -> Value
    ) async throws -> Value {
        if case .plugin(let name) = plan.customers {
            throw ConfigurationError(
                "the plugin '\(name)' keeps the customers, and only a running server can ask it: name one with --url")
        }
        let opening = StoreOpening(environment: environment, clock: SystemTimeSource(), ids: RandomIDGenerator())
        for choice in plan.choices { try await opening.requirePresent(choice) }
        let open = try await OpenStores(plan, opening)
        let result: Result<Value, any Error>
        do { result = .success(try await body(open)) } catch { result = .failure(error) }
        let problems = await open.close()
        let value = try result.get()
        if let problem = problems.first { throw problem }
        return value
    }

    private static func withServer<Value>(
        _ address: String, _ environment: [String: String], _ body: (RemoteCustomers) async throws -> Value
    ) async throws -> Value {
        let transport = AsyncHTTPTransport()
        let server = RemoteCustomers(address, token: environment[tokenVariable], transport: transport)
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        // A connection that does not close says nothing about what was asked.
        try? await transport.shutDown()
        return try result.get()
    }
}
