import GRDB
import ParlantCore
import ParlantStores

extension CreationList.Filter {
    /// Notes that a row has what the filter asks for.
    ///
    /// - Parameter updatedAt: When the row last changed, where lists are sorted by it.
    func insert(_ createdAt: Timestamp, _ id: String, updatedAt: Timestamp? = nil, _ database: Database) throws {
        let columns = values.map(\.column) + ["created_at", "id"] + (updatedAt == nil ? [] : ["updated_at"])
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        var arguments = arguments(createdAt, id)
        if let updatedAt { arguments += [updatedAt.microseconds] }
        try database.cachedStatement(
            sql: "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
        ).execute(arguments: arguments)
    }

    /// Forgets that a row has it.
    func delete(_ createdAt: Timestamp, _ id: String, _ database: Database) throws {
        let conditions = (values.map(\.column) + ["created_at", "id"]).map { "\($0) = ?" }
        try database.cachedStatement(
            sql: "DELETE FROM \(table) WHERE \(conditions.joined(separator: " AND "))"
        ).execute(arguments: arguments(createdAt, id))
    }

    private func arguments(_ createdAt: Timestamp, _ id: String) -> StatementArguments {
        StatementArguments(values.map { $0.value as any DatabaseValueConvertible } + [createdAt.microseconds, id])
    }
}

extension StoredForm {
    /// The whole form as the text of a column. JSON has no null characters in it.
    var storedText: String { String(decoding: storedBytes, as: UTF8.self) }
}
