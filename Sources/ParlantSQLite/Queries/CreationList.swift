import GRDB
import ParlantCore

/// The SQL of one page of a list: rows of a table by moment of creation or of change, with filters.
///
/// Every filter has an index that is sorted as the list is. The first one leads, so that a page costs what it shows,
/// and the others are looked up row by row.
struct CreationList: Sendable {
    /// A table with columns of its own and `created_at` and `id` of the rows that have what it says.
    struct Filter: Sendable {
        var table: String
        var values: [(column: String, value: String)]
    }

    /// The rows that are listed: `id`, `created_at`, `form`, and the moment they are sorted by.
    var table: String
    /// Columns of the table itself that must be equal.
    var columns: [(column: String, value: String)] = []
    var filters: [Filter] = []
    /// The column that the list is sorted by. The table and the first filter's have an index for it.
    var moment = "created_at"

    /// A page.
    struct Rows {
        /// Forms in order.
        var forms: [String]
        /// Number of rows that follow, these included; without counting, the number of these.
        var total: Int
        /// Whether rows follow these.
        var hasMore: Bool
    }

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - cursor: Rows after this one; nil: from the beginning.
    ///   - limit: Most rows; nil: all.
    ///   - offset: Rows after the cursor that are left out.
    ///   - countsAll: Whether the rows that follow the page are counted.
    /// - Complexity: O(rows of the page and left out) to find them, and O(rows that match) to count them when there are
    ///   more.
    func page(
        _ database: Database, after cursor: PageCursor?, _ direction: PageRequest.Direction, limit: Int?,
        offset: Int = 0, countsAll: Bool = true
    ) throws -> Rows {
        let list = statement(after: cursor, direction, limit: limit.map { $0 + 1 }, offset: offset)
        var forms = try String.fetchAll(
            database.cachedStatement(sql: list.sql), arguments: StatementArguments(list.arguments))
        guard let limit, forms.count > limit else { return Rows(forms: forms, total: forms.count, hasMore: false) }
        forms.removeLast()
        guard countsAll else { return Rows(forms: forms, total: forms.count, hasMore: true) }
        let (_, condition, arguments) = matching(after: cursor, direction)
        let count = try database.cachedStatement(sql: "SELECT count(*) FROM \(condition)")
        let total = try Int.fetchOne(count, arguments: StatementArguments(arguments)) ?? 0
        return Rows(forms: forms, total: total - offset, hasMore: true)
    }

    /// The forms of rows after this one in order of creation, not counted.
    func forms(_ database: Database, after cursor: PageCursor?, limit: Int) throws -> [String] {
        let list = statement(after: cursor, .ascending, limit: limit)
        return try String.fetchAll(
            database.cachedStatement(sql: list.sql), arguments: StatementArguments(list.arguments))
    }

    /// The statement that reads a page.
    func statement(
        after cursor: PageCursor?, _ direction: PageRequest.Direction, limit: Int?, offset: Int = 0
    ) -> (sql: String, arguments: [any DatabaseValueConvertible & Sendable]) {
        let (lead, condition, arguments) = matching(after: cursor, direction)
        let order = direction == .ascending ? "ASC" : "DESC"
        let sql =
            "SELECT item.form FROM \(condition) ORDER BY \(lead).\(moment) \(order), \(lead).id \(order)"
            + " LIMIT ? OFFSET ?"
        return (sql, arguments + [limit ?? -1, offset])
    }

    private func matching(
        after cursor: PageCursor?, _ direction: PageRequest.Direction
    ) -> (lead: String, condition: String, arguments: [any DatabaseValueConvertible & Sendable]) {
        var arguments: [any DatabaseValueConvertible & Sendable] = []
        var conditions: [String] = []
        var source = "\(table) AS item"
        var lead = "item"
        if let first = filters.first {
            lead = "lead"
            // CROSS JOIN: SQLite keeps this order of tables.
            source = "\(first.table) AS lead CROSS JOIN \(table) AS item ON item.id = lead.id"
            for (column, value) in first.values {
                conditions.append("lead.\(column) = ?")
                arguments.append(value)
            }
        }
        for filter in filters.dropFirst() {
            let equal = filter.values.map { "more.\($0.column) = ? AND " }.joined()
            conditions.append(
                "EXISTS (SELECT 1 FROM \(filter.table) AS more WHERE \(equal)"
                    + "more.created_at = item.created_at AND more.id = item.id)")
            arguments += filter.values.map { $0.value }
        }
        for (column, value) in columns {
            conditions.append("item.\(column) = ?")
            arguments.append(value)
        }
        if let cursor {
            conditions.append(
                "(\(lead).\(moment), \(lead).id) \(direction == .ascending ? ">" : "<") (?, ?)")
            arguments += [cursor.createdAt.microseconds, StoredText.encode(cursor.id)]
        }
        let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        return (lead, source + condition, arguments)
    }
}

extension Page {
    /// A page of what was read; `total` rows follow the request's cursor.
    init(_ items: [Item], total: Int, cursor: (Item) -> PageCursor) {
        self.init(items, total: total, hasMore: total > items.count, cursor)
    }

    /// A page of what was read.
    init(_ items: [Item], total: Int, hasMore: Bool, _ cursor: (Item) -> PageCursor) {
        self.init(
            items: items, totalCount: total, hasMore: hasMore, nextCursor: hasMore ? items.last.map(cursor) : nil)
    }
}
