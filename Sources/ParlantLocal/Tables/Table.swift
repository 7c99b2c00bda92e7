import ParlantCore
import ParlantStores
import Synchronization

/// Rows of one kind, all of them in memory, with what lists need.
///
/// Readers see what was published. The writer sees what is staged too, through ``row(_:)`` and ``stagedRows``.
final class Table<Row: TableRow>: Section {
    private struct Published {
        var rows: [ByteText: Row] = [:]
        var order = CreationIndex()
        var byTrait: [RowTrait: CreationIndex] = [:]
    }

    private struct Staged {
        /// Nil: removed.
        var rows: [ByteText: Row?] = [:]
        var latest: Timestamp?
    }

    let name: String
    private let published = Mutex(Published())
    private let staged = Mutex(Staged())
    private let changed: (@Sendable (_ old: Row?, _ new: Row?) -> Void)?
    /// Counts the changes that were published.
    private let revisions = Atomic<Int>(0)

    /// An empty table.
    ///
    /// - Parameters:
    ///   - name: Of the section, and of the file without its ending.
    ///   - changed: Hears of each change before anybody sees it, on the thread that publishes.
    init(_ name: String, changed: (@Sendable (_ old: Row?, _ new: Row?) -> Void)? = nil) {
        self.name = name
        self.changed = changed
    }

    // MARK: For readers

    /// Grows whenever something was published.
    var revision: Int { revisions.load(ordering: .acquiring) }

    func published(_ id: String) -> Row? { published.withLock { $0.rows[ByteText(id)] } }

    var count: Int { published.withLock { $0.rows.count } }

    /// A page of the rows that have all traits and match.
    ///
    /// - Complexity: O(page) without traits, else O(rows that have the rarest of them).
    func page(
        _ request: PageRequest, after cursor: PageCursor?, first: Row? = nil, traits: [RowTrait],
        _ matches: (Row) -> Bool
    ) -> Page<Row> {
        published.withLock { state in
            let index = traits.isEmpty ? state.order : Self.rarest(traits, state)
            return index.following(cursor, request.direction).page(
                limit: request.limit, first: first, countsAll: traits.isEmpty,
                cursor: { PageCursor(createdAt: $0.createdAt, id: $0.rowID) }, read: { state.rows[ByteText($0)] },
                matches: matches)
        }
    }

    /// Rows that have all traits and match, in order of creation.
    func rows(_ traits: [RowTrait] = [], _ matches: (Row) -> Bool = { _ in true }) -> [Row] {
        published.withLock { state in
            let index = traits.isEmpty ? state.order : Self.rarest(traits, state)
            return index.entries.compactMap { state.rows[ByteText($0.id)] }.filter(matches)
        }
    }

    private static func rarest(_ traits: [RowTrait], _ state: borrowing Published) -> CreationIndex {
        var rarest = CreationIndex()
        for (number, trait) in traits.enumerated() {
            guard let index = state.byTrait[trait] else { return CreationIndex() }
            if number == 0 || index.entries.count < rarest.entries.count { rarest = index }
        }
        return rarest
    }

    // MARK: For the writer

    /// The row, staged or published.
    func row(_ id: String) -> Row? {
        if let row = staged.withLock({ $0.rows[ByteText(id)] }) { return row }
        return published(id)
    }

    /// What was staged, by id; nil: removed. At most a few for each write of a group.
    var stagedRows: [ByteText: Row?] { staged.withLock { $0.rows } }

    /// The moment for what is created now: later than any before, so that sorting by moment is the order of creation.
    func nextMoment(_ now: Timestamp) -> Timestamp {
        staged.withLock { state in
            let published = published.withLock { $0.order.entries.last?.createdAt }
            let last = [state.latest, published].compactMap(\.self).max()
            var moment = now
            if let last, moment <= last { moment = last.next }
            state.latest = moment
            return moment
        }
    }

    /// The change that keeps a row, whether or not there is one with its id.
    func put(_ row: Row) -> some Change { Put(table: self, row: row) }

    /// The change that removes a row.
    func remove(_ id: String) -> some Change { Remove(table: self, id: id) }

    func publish() {
        let rows = staged.withLock { state in
            defer { state.rows.removeAll(keepingCapacity: true) }
            return state.rows
        }
        guard !rows.isEmpty else { return }
        published.withLock { state in
            for (id, row) in rows { set(row, id.text, &state) }
        }
        revisions.add(1, ordering: .releasing)
    }

    func discard() { staged.withLock { $0.rows.removeAll(keepingCapacity: true) } }

    func replay(_ change: FieldReader) throws(StoredFormError) {
        if change.has("put") {
            load(try Row(storedForm: try change.json("put")))
        } else {
            let id = try change.string("remove")
            published.withLock { set(nil, id, &$0) }
            revisions.add(1, ordering: .releasing)
        }
    }

    /// Keeps a row that is on the disk already.
    func load(_ row: Row) {
        published.withLock { set(row, row.rowID, &$0) }
        revisions.add(1, ordering: .releasing)
    }

    private func set(_ row: Row?, _ id: String, _ state: inout Published) {
        let key = ByteText(id)
        let old = row.map { state.rows.updateValue($0, forKey: key) } ?? state.rows.removeValue(forKey: key)
        changed?(old, row)
        let (before, after) = (Set(old?.traits ?? []), Set(row?.traits ?? []))
        let hasMoved = old?.createdAt != row?.createdAt
        if let old {
            if hasMoved { state.order.remove(id, at: old.createdAt) }
            for trait in before where hasMoved || !after.contains(trait) {
                state.byTrait[trait]?.remove(id, at: old.createdAt)
                if state.byTrait[trait]?.entries.isEmpty == true { state.byTrait[trait] = nil }
            }
        }
        if let row {
            if hasMoved { state.order.insert(id, at: row.createdAt) }
            for trait in after where hasMoved || !before.contains(trait) {
                state.byTrait[trait, default: CreationIndex()].insert(id, at: row.createdAt)
            }
        }
    }

    private struct Put: Change {
        let table: Table
        let row: Row

        func stage() { table.staged.withLock { $0.rows[ByteText(row.rowID)] = .some(row) } }

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.key("in")
            writer.string(table.name)
            writer.key("put")
            writer.object(row.storedForm)
            writer.endObject()
        }
    }

    private struct Remove: Change {
        let table: Table
        let id: String

        func stage() { table.staged.withLock { $0.rows[ByteText(id)] = .some(nil) } }

        func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.key("in")
            writer.string(table.name)
            writer.key("remove")
            writer.string(id)
            writer.endObject()
        }
    }
}
