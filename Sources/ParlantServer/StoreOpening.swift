import Foundation
import Logging
import ParlantCore
import ParlantLocal
import ParlantSQLite
import ParlantStores

/// The stores of a running server, opened as a ``StorePlan`` says. Each place is opened once, however many things are
/// kept in it.
struct OpenStores: Sendable {
    /// What the server uses. Customers are left to the plugin where the plan names one; these are then empty.
    let stores: Stores
    private let backends: [any StoreBackend]

    /// Opens all places of the plan. When one of them cannot be opened, those that were are closed again.
    ///
    /// - Throws: ``ConfigurationError`` that names the place.
    init(_ plan: StorePlan, _ opening: StoreOpening) async throws(ConfigurationError) {
        var opened: [StoreChoice: any StoreBackend] = [:]
        do {
            for choice in plan.choices where opened[opening.place(of: choice)] == nil {
                let backend = try await opening.open(choice)
                opened[opening.place(of: choice)] = backend
                try await Self.requireWhole(backend, choice)
            }
        } catch {
            // Nothing was written yet: what could not be opened is what people need to know.
            for backend in opened.values { try? await backend.close() }
            throw error
        }
        func stores(_ choice: StoreChoice?) -> Stores {
            guard let backend = opened[opening.place(of: choice ?? plan.all)] else {
                preconditionFailure("the plan does not list \(choice ?? plan.all)")
            }
            return backend.stores
        }
        var chosen = stores(nil)
        if case .store(let choice) = plan.customers {
            chosen.customers = stores(choice).customers
            chosen.tags = stores(choice).tags
        }
        chosen.sessions = stores(plan.sessions).sessions
        chosen.explanations = stores(plan.sessions).explanations
        chosen.node = stores(plan.sessions).node
        chosen.entities.variables = stores(plan.variables).entities.variables
        chosen.entities.values = stores(plan.variables).entities.values
        self.stores = chosen
        backends = Array(opened.values)
    }

    /// Overwrites in all places what was deleted.
    ///
    /// - Returns: What is gone too, in sentences.
    func scrub() async throws -> [String] {
        var alsoRemoved: [String] = []
        for backend in backends { alsoRemoved += try await backend.scrub() }
        return alsoRemoved
    }

    /// How the places are reached that are not in this process or on its disk.
    var health: [StoreHealth] { backends.compactMap(\.health) }

    /// Begins to tell what other servers do.
    func follow(_ follower: any ChangeFollower) {
        for backend in backends { backend.stores.node?.feed.follow(follower) }
    }

    private static func requireWhole(
        _ backend: any StoreBackend, _ choice: StoreChoice
    ) async throws(ConfigurationError) {
        let isUnfinished: Bool
        do {
            isUnfinished = try await StoreMigration.isUnfinished(in: backend)
        } catch {
            throw ConfigurationError(error)
        }
        guard isUnfinished else { return }
        throw ConfigurationError(
            "\(choice): a migration to this store broke off, so that not all is there; repeat 'migrate', which begins "
                + "anew, or name another store")
    }

    /// Closes all places, whatever one of them throws.
    ///
    /// - Returns: What went wrong.
    func close() async -> [any Error] {
        var errors: [any Error] = []
        for backend in backends {
            do { try await backend.close() } catch { errors.append(error) }
        }
        return errors
    }
}

/// Opens one place.
struct StoreOpening: Sendable {
    /// Folder of the files whose place nobody named: `$PARLANT_HOME`, else `parlant-data` where the server was started.
    let home: String
    let clock: any TimeSource
    let ids: any IDGenerator
    let logger: Logger
    /// Where `mongodb` is.
    let address: String?

    init(
        environment: [String: String], clock: any TimeSource, ids: any IDGenerator,
        logger: Logger = Logger(label: "parlant.stores")
    ) {
        self.logger = logger
        address = environment[StoreChoice.addressVariable]
        home = environment["PARLANT_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "parlant-data"
        self.clock = clock
        self.ids = ids
    }

    /// - Throws: ``ConfigurationError`` that names the place and the remedy.
    func open(_ choice: StoreChoice) async throws(ConfigurationError) -> any StoreBackend {
        switch choice {
        case .memory: return MemoryStores(clock: clock, ids: ids)
        case .local(let path):
            let folder = if let path { path } else { try madeHome() }
            do throws(LocalOpenError) {
                return try await LocalStores.open(folder, clock: clock, ids: ids, logger: logger)
            } catch {
                throw ConfigurationError(error.message)
            }
        case .sqlite(let path):
            let file = if let path { path } else { try file(StoreChoice.defaultFile) }
            do throws(SQLiteOpenError) {
                return try await SQLiteStores.open(file, clock: clock, ids: ids)
            } catch {
                throw ConfigurationError(error.message)
            }
        case .mongo(let address): return try await openMongo(address)
        }
    }

    /// A file in the home.
    private func file(_ name: String) throws(ConfigurationError) -> String {
        _ = try madeHome()
        return path(of: name)
    }

    /// The home, which is made when it is not there, for its owner alone.
    private func madeHome() throws(ConfigurationError) -> String {
        do {
            try DurableNames.makeFolders(home)
        } catch {
            let reason = String(cString: strerror(error.errno))
            throw ConfigurationError(
                "\(home): the folder for stores cannot be made; name another one with PARLANT_HOME (\(reason))")
        }
        return home
    }

    /// Where a choice leads: the same for all spellings of one place, also before its folders are made.
    func place(of choice: StoreChoice) -> StoreChoice {
        switch choice {
        case .memory: .memory
        case .local(let folder): .local(RealPath.onceMade(folder ?? home))
        case .sqlite(let file): .sqlite(RealPath.onceMade(file ?? path(of: StoreChoice.defaultFile)))
        case .mongo(let given): .mongo(given ?? address)
        }
    }

    /// Whether there is a file or a folder of this name.
    static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Where a file in the home is, whether or not it is there.
    func path(of name: String) -> String { "\(home)/\(name)" }
}

extension StorePlan {
    /// All places, each at least once.
    var choices: [StoreChoice] {
        var choices = [all, sessions, variables].compactMap(\.self)
        if case .store(let choice) = customers { choices.append(choice) }
        return choices
    }
}
