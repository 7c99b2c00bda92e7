import ParlantCore

/// What is written down before a session is removed, and goes when its events are gone too.
///
/// Each call has a mark of its own, so that one that takes its mark back leaves those of others alone.
///
/// All methods block, and may be run again after an attempt that broke off.
struct RemovalMark: Sendable, Equatable {
    /// The `_id`: the call's, or the session's in marks of earlier builds.
    var call: String
    var session: String

    /// Those of removals that run, were interrupted or failed.
    static func all(_ connection: MongoConnection) throws -> [RemovalMark] {
        try connection.find(Collections.removals, [:]).compactMap { document in
            document["_id"]?.string.map { RemovalMark(call: $0, session: document["session"]?.string ?? $0) }
        }
    }

    func put(_ connection: MongoConnection) throws {
        try connection.update(
            Collections.removals, ["_id": .string(call)], ["$set": ["session": .string(session)]], upsert: true)
    }

    func takeBack(_ connection: MongoConnection) throws {
        try connection.delete(Collections.removals, ["_id": .string(call)])
    }
}
