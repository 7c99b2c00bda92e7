import Dispatch
import Glibc
public import Logging
public import ParlantCore
import ParlantStores

/// All stores in a folder of readable JSON, for one server on one machine.
///
/// A write is acknowledged when it is on the disk, in the journal, power loss included. Writes that come at the same time
/// share one sync. `customers.json` and its siblings follow in the background, and are complete when the store was
/// closed. Everything but events and explanations is in memory; nothing here blocks a thread of Swift's cooperative pool.
///
/// The folder and its files are their owner's alone. `store.lock` says which process has it open.
public final class LocalStores: StoreBackend {
    public let stores: Stores
    public let records: StoreRecords
    private let folder: StoreFolder
    private let lock: FileLock?

    /// Opens a folder, which is created when it is not there. The one around it must be.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - clock: Says when things are created and when entries of scripts end.
    ///   - ids: Makes the ids of what comes without one.
    ///   - logger: Hears of what was cut off after a crash and of checkpoints that fail.
    /// - Throws: ``LocalOpenError`` with the file and the remedy; then nothing is changed.
    /// - Complexity: O(everything but events and explanations).
    public static func open(
        _ path: String, clock: any TimeSource, ids: any IDGenerator, logger: Logger = Logger(label: "parlant.local")
    ) async throws(LocalOpenError) -> LocalStores {
        let result: Result<LocalStores, LocalOpenError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(LocalOpenError) in
                        try openNow(path, clock, ids, logger)
                    })
            }
        }
        return try result.get()
    }

    private static func openNow(
        _ path: String, _ clock: any TimeSource, _ ids: any IDGenerator, _ logger: Logger
    ) throws(LocalOpenError) -> LocalStores {
        do {
            try DurableNames.makeFolder(path)
        } catch {
            throw LocalOpenError(errno: error.errno, folder: path)
        }
        let lock: FileLock
        do {
            lock = try FileLock("\(path)/store")
        } catch {
            throw LocalOpenError(error, folder: path)
        }
        do {
            let folder = try StoreFolder(SystemDisk(folder: path), place: path, clock: clock, ids: ids, logger: logger)
            return LocalStores(folder, lock)
        } catch {
            lock.release()
            switch error {
            case let error as DiskError where error.name.isEmpty: throw LocalOpenError(errno: error.errno, folder: path)
            default: throw LocalOpenError(StoreError(error, place: path).message)
            }
        }
    }

    /// Stores in a folder that is open.
    init(_ folder: StoreFolder, _ lock: FileLock?) {
        self.folder = folder
        self.lock = lock
        func entities<Entity>(
            _ table: Table<Stored<Entity>>
        ) -> LocalEntityStore<Entity> { LocalEntityStore(folder, table) }
        let contents = folder.contents
        stores = Stores(
            customers: LocalCustomerStore(folder), tags: LocalTagStore(folder), sessions: LocalSessionStore(folder),
            keyValues: LocalKeyValueStore(folder), explanations: LocalExplanationStore(folder),
            entities: EntityStores(
                agents: entities(contents.agents), guidelines: entities(contents.guidelines),
                cannedResponses: entities(contents.cannedResponses), terms: entities(contents.terms),
                variables: entities(contents.variables), values: entities(contents.values),
                capabilities: entities(contents.capabilities), journeys: entities(contents.journeys),
                relationships: entities(contents.relationships), services: entities(contents.services),
                evaluations: entities(contents.evaluations), documents: entities(contents.documents),
                memories: entities(contents.memories)))
        records = StoreRecords(
            tags: TableRecords(folder, contents.tags), customers: TableRecords(folder, contents.customers),
            sessions: SessionRecords(folder), events: EventRecords(folder), keyValues: KeyValueRecords(folder),
            explanations: ExplanationRecords(folder), openTurns: stores.sessions, entities: EntityRecords(folder))
    }

    /// Writes all files without what was deleted, begins the journal anew, and removes the copies of the reference's
    /// files, which it then says. Blocks of the disk that the file system has freed are beyond its reach.
    @discardableResult
    public func scrub() async throws -> [String] { try await folder.scrub() }

    /// Finishes what has begun, brings all files up to date, and lets go of the folder.
    public func close() async throws {
        defer { lock?.release() }
        try await folder.close()
    }
}
