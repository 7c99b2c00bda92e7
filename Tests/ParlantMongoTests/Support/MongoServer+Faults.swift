import OrderedCollections
import ParlantCore

@testable import ParlantMongo

/// Faults that the server has on demand. They meet whoever uses it, so a test that wants one has a server of its own.
extension MongoServer {
    /// Lets the server do what commands say, and answer that the majority has not acknowledged it.
    ///
    /// - Parameters:
    ///   - skipped: Commands of these kinds that are answered well before.
    ///   - times: Commands of these kinds that are answered so.
    func withholdMajority(from commands: String..., after skipped: Int = 0, times: Int) async throws {
        try await fail(
            commands, after: skipped, times: times,
            ["writeConcernError": ["code": 64, "errmsg": "waiting for replication timed out"]])
    }

    /// Lets the server close the connection on which one of these commands comes, once, before it does anything.
    func breakConnection(at command: String) async throws {
        try await fail([command], after: 0, times: 1, ["closeConnection": true])
    }

    private func fail(_ commands: [String], after skipped: Int, times: Int, _ way: BSONDocument) async throws {
        let admin = try MongoDatabase(
            MongoAddress("mongodb://127.0.0.1:\(port)/admin"), clock: SystemTimeSource(), ids: RandomIDGenerator())
        var data = way
        data["failCommands"] = .array(commands.map { .string($0) })
        data["appName"] = "parlant-runtime"
        _ = try await admin.run { [data] connection in
            try connection.read([
                "configureFailPoint": "failCommand",
                "mode": ["skip": .integer(Int64(skipped)), "times": .integer(Int64(times))],
                "data": .document(data),
            ])
        }
        await admin.close()
    }
}
