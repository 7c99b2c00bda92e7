package import ParlantCore

extension CustomerQuery {
    /// The page that the query asks for, out of all customers there are but the guest.
    ///
    /// - Complexity: O(customers × log of those that match).
    package func page(of customers: some Sequence<Customer>, _ guest: Customer) -> Page<Customer> {
        var rows = customers.filter(matches).map { (cursor: order.cursor($0), customer: $0) }
        let isAscending = page.direction == .ascending
        if let last = cursorBehindGuest { rows.removeAll { isAscending ? $0.cursor <= last : $0.cursor >= last } }
        rows.sort { isAscending ? $0.cursor < $1.cursor : $0.cursor > $1.cursor }
        let following = ((beginsWithGuest ? [guest] : []) + rows.map(\.customer)).dropFirst(offset)
        let items = Array(following.prefix(page.limit ?? .max))
        let hasMore = following.count > items.count
        return Page(
            items: items, totalCount: following.count, hasMore: hasMore,
            nextCursor: hasMore ? items.last.map(order.cursor) : nil)
    }
}
