import CAllocationCounter

/// Counts things whose number of allocations is known, so that a counter that is not linked in is noticed.
struct AllocationCheck {
    private final class Box {
        var number: Int
        init(_ number: Int) { self.number = number }
    }

    func run() async throws {
        let count = 1000
        let boxes = try await cost(batches: 1, calls: count) { calls in
            var kept: [Box] = []
            kept.reserveCapacity(calls)
            for number in 0..<calls { kept.append(Box(number)) }
            guard kept.count == calls else { throw BenchmarkError("boxes were lost") }
        }
        let nothing = try await cost(batches: 1, calls: count) { _ in }
        print("one class instance: \(boxes.allocations) allocations; nothing: \(nothing.allocations)")
        guard (1.0..<1.1).contains(boxes.allocations), nothing.allocations < 0.01 else {
            throw BenchmarkError("the allocation counter does not see Swift's allocations")
        }
    }
}

/// A benchmark could not measure what it should.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
