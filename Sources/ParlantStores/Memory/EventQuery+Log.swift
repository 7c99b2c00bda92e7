public import ParlantCore

extension EventQuery {
    /// Events that match, of a log in which each event stands at its offset, and nothing where one was deleted.
    ///
    /// - Complexity: O(events that are looked at until there are enough).
    public func events(in log: [Event?]) -> [Event] {
        let slice = log[min(max(0, minOffset), log.count)...]
        let isFiltered = !kinds.isEmpty || source != nil || traceID != nil
        let limit = limit ?? slice.count
        func found(_ candidates: some Sequence<Event?>) -> [Event] {
            var found: [Event] = []
            if !isFiltered { found.reserveCapacity(min(limit, slice.count)) }
            for case let event? in candidates where !isFiltered || matches(event) {
                guard found.count < limit else { break }
                found.append(event)
            }
            return found
        }
        return takesLast ? found(slice.reversed()).reversed() : found(slice)
    }
}
