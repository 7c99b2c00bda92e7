/// Which part of a list is wanted.
public struct PageRequest: Sendable {
    /// Direction by time of creation, then id.
    public enum Direction: String, Sendable, CaseIterable { case ascending = "asc", descending = "desc" }

    /// At most this many items, 1 to 100; nil: all that follow the cursor.
    public var limit: Int?
    /// Where the previous page ended; nil: from the beginning.
    public var cursor: PageCursor?
    public var direction: Direction

    public init(limit: Int? = nil, cursor: PageCursor? = nil, direction: Direction = .ascending) {
        self.limit = limit
        self.cursor = cursor
        self.direction = direction
    }
}

/// A place in a list: the last item of a page. Keeps working when that item is deleted.
public struct PageCursor: Sendable, Hashable, Comparable {
    /// The moment by which the list is sorted: of creation, unless it says otherwise.
    public var createdAt: Timestamp
    public var id: String

    public init(createdAt: Timestamp, id: String) {
        self.createdAt = createdAt
        self.id = id
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.createdAt == right.createdAt && left.id.hasSameBytes(as: right.id)
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.createdAt, ByteText(left.id)) < (right.createdAt, ByteText(right.id))
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(createdAt)
        id.hashBytes(into: &hasher)
    }
}

/// A part of a list.
public struct Page<Item: Sendable>: Sendable {
    public var items: [Item]
    /// Number of items that follow the request's cursor, this page included.
    public var totalCount: Int
    /// Whether items follow this page.
    public var hasMore: Bool
    /// Where the next page begins; nil when there is none.
    public var nextCursor: PageCursor?

    public init(items: [Item], totalCount: Int, hasMore: Bool, nextCursor: PageCursor?) {
        self.items = items
        self.totalCount = totalCount
        self.hasMore = hasMore
        self.nextCursor = nextCursor
    }
}
