package import ParlantCore

/// Ids in order of creation, for paging.
///
/// Times are made strictly increasing here, so that sorting by time and id is the order of creation even when the
/// clock stands still or goes back. Adding is O(1), finding a place O(log n), removing O(n) in moved bytes.
package struct CreationIndex: Sendable {
    package private(set) var entries: [PageCursor] = []
    private var last = Timestamp(microseconds: .min)

    /// An index without entries.
    package init() {}

    /// The moment to give to what is created now; later than any before, up to the last one that there is.
    mutating func nextMoment(_ now: Timestamp) -> Timestamp {
        last = last.microseconds != .min && now <= last ? last.next : now
        return last
    }

    /// Adds what has the moment of the latest ``nextMoment(_:)``.
    mutating func append(_ id: String, at moment: Timestamp) {
        entries.append(PageCursor(createdAt: moment, id: id))
    }

    /// Adds what was created earlier, elsewhere.
    package mutating func insert(_ id: String, at moment: Timestamp) {
        last = max(last, moment)
        let entry = PageCursor(createdAt: moment, id: id)
        entries.insert(entry, at: firstIndex { $0 < entry })
    }

    package mutating func remove(_ id: String, at moment: Timestamp) {
        let entry = PageCursor(createdAt: moment, id: id)
        let index = firstIndex { $0 < entry }
        if index < entries.count, entries[index] == entry { entries.remove(at: index) }
    }

    /// The entries that follow the cursor, in the direction asked for.
    package func following(_ cursor: PageCursor?, _ direction: PageRequest.Direction) -> CreationOrder {
        switch direction {
        case .ascending:
            let start = cursor.map { cursor in firstIndex { $0 <= cursor } } ?? 0
            return CreationOrder(entries: entries[start...], isReversed: false)
        case .descending:
            let end = cursor.map { cursor in firstIndex { $0 < cursor } } ?? entries.count
            return CreationOrder(entries: entries[..<end], isReversed: true)
        }
    }

    /// Index of the first entry for which `isBefore` does not hold; it holds for a prefix.
    private func firstIndex(_ isBefore: (PageCursor) -> Bool) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A run of entries, forwards or backwards, without a copy.
package struct CreationOrder: RandomAccessCollection {
    let entries: ArraySlice<PageCursor>
    let isReversed: Bool

    package var startIndex: Int { 0 }
    package var endIndex: Int { entries.count }

    package subscript(position: Int) -> PageCursor {
        isReversed ? entries[entries.endIndex - 1 - position] : entries[entries.startIndex + position]
    }
}

extension CreationOrder {
    /// One page of the items that `read` finds and `matches` accepts.
    ///
    /// With `countsAll` (nothing is filtered) this costs O(page); otherwise O(entries), because the total is wanted.
    /// - Parameter first: What precedes everything, the guest.
    package func page<Item: Sendable>(
        limit: Int?, first: Item? = nil, countsAll: Bool, cursor: (Item) -> PageCursor,
        read: (String) -> Item?, matches: (Item) -> Bool
    ) -> Page<Item> {
        let limit = limit ?? .max
        var items: [Item] = []
        var total = 0
        if let first {
            total = 1
            if limit > 0 { items.append(first) }
        }
        if countsAll {
            total += count
            for entry in prefix(Swift.max(0, limit - items.count)) {
                if let item = read(entry.id) { items.append(item) }
            }
        } else {
            for entry in self {
                guard let item = read(entry.id), matches(item) else { continue }
                total += 1
                if items.count < limit { items.append(item) }
            }
        }
        let hasMore = total > items.count
        return Page(
            items: items, totalCount: total, hasMore: hasMore, nextCursor: hasMore ? items.last.map(cursor) : nil)
    }
}
