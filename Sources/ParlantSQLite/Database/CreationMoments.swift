import GRDB
import ParlantCore
import Synchronization

/// Gives what is created a moment that is later than any before in its table, whatever the clock does and however often
/// the server was restarted: sorting by moment is the order of creation.
final class CreationMoments: Sendable {
    private let latest = Mutex<[String: Timestamp]>([:])
    private let clock: any TimeSource

    init(_ clock: any TimeSource) { self.clock = clock }

    /// The moment for what is created now. Call it within a write.
    ///
    /// - Parameters:
    ///   - table: Rows of this table are ordered.
    ///   - kind: Only rows of this kind, where the table has several.
    /// - Complexity: O(log rows) the first time, then O(1).
    func next(_ database: Database, _ table: String, kind: String? = nil) throws -> Timestamp {
        let name = kind.map { "\(table) \($0)" } ?? table
        let known = latest.withLock { $0[name] }
        let last = try known ?? Self.last(database, table, kind)
        var moment = clock.now
        if let last, moment <= last { moment = last.next }
        latest.withLock { $0[name] = moment }
        return moment
    }

    /// Notes that something has this moment already: what is created next comes later.
    func note(_ moment: Timestamp, _ database: Database, _ table: String, kind: String? = nil) throws {
        let name = kind.map { "\(table) \($0)" } ?? table
        let last = try latest.withLock { $0[name] } ?? Self.last(database, table, kind)
        latest.withLock { $0[name] = max(last ?? moment, moment) }
    }

    /// Without rows whose moment this program never writes: what is created now does not depend on them.
    private static func last(_ database: Database, _ table: String, _ kind: String?) throws -> Timestamp? {
        let sql =
            "SELECT max(created_at) FROM \(table) WHERE created_at BETWEEN ? AND ?"
            + (kind == nil ? "" : " AND kind = ?")
        let years = [Timestamp.first.microseconds, Timestamp.last.microseconds]
        let arguments = StatementArguments(years) + StatementArguments(kind.map { [$0] } ?? [])
        return try Int64.fetchOne(database, sql: sql, arguments: arguments).map { Timestamp(microseconds: $0) }
    }
}
