/// Who waits for which moment, and when somebody must look. Knows no clock: moments come in, waiters go out.
///
/// An alarm is a promise of the owner to call ``ring(_:at:)`` at that moment. It is never taken back, so a waiter that is
/// removed leaves nothing with the owner; and a new one is asked for only when all others would be late.
struct WakeupQueue<Waiter> {
    private struct Entry: Comparable {
        var moment: Duration
        var number: Int

        static func < (left: Entry, right: Entry) -> Bool { left.moment < right.moment }
    }

    private var waiters: [Int: Waiter] = [:]
    /// A binary heap, the earliest first; an entry whose waiter was removed stays until it is first, or until there are
    /// too many of them.
    private var heap: [Entry] = []
    /// Alarms that were asked for, the earliest last.
    private var alarms: [Duration] = []
    private var lastNumber = 0

    /// Number of those who wait.
    var count: Int { waiters.count }

    /// Entries that take up memory: at most twice as many as wait, and some.
    var entryCount: Int { heap.count }

    /// A number for the next waiter, never given twice.
    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Lets somebody wait for a moment. Costs O(log n).
    ///
    /// - Returns: The alarm to set; nil: an earlier one is set already.
    mutating func add(_ waiter: Waiter, _ number: Int, until moment: Duration) -> Duration? {
        waiters[number] = waiter
        push(Entry(moment: moment, number: number))
        return nextAlarm()
    }

    /// Takes out somebody who waits no longer; nil when there is no such number. Costs O(1) on average.
    mutating func remove(_ number: Int) -> Waiter? {
        guard let waiter = waiters.removeValue(forKey: number) else { return nil }
        if heap.count > 2 * waiters.count + 64 {
            heap.removeAll { waiters[$0.number] == nil }
            // What is sorted is a heap.
            heap.sort()
        }
        return waiter
    }

    /// Takes out all whose moment has come. Call it for each alarm.
    ///
    /// - Returns: Them, the earliest first, and the next alarm to set, as from ``add(_:_:until:)``.
    mutating func ring(_ alarm: Duration, at now: Duration) -> (due: [Waiter], next: Duration?) {
        if let index = alarms.lastIndex(of: alarm) { alarms.remove(at: index) }
        var due: [Waiter] = []
        while let first = heap.first {
            let isGone = waiters[first.number] == nil
            guard isGone || first.moment <= now else { break }
            removeFirst()
            if let waiter = waiters.removeValue(forKey: first.number) { due.append(waiter) }
        }
        return (due, nextAlarm())
    }

    private mutating func nextAlarm() -> Duration? {
        guard let first = heap.first, alarms.last.map({ first.moment < $0 }) ?? true else { return nil }
        alarms.append(first.moment)
        return first.moment
    }

    // MARK: Heap

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
