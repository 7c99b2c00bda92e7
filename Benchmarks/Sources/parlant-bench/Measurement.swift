import CAllocationCounter

/// What one call of something costs.
struct Cost {
    /// Median over the batches of the time of a batch divided by its calls.
    var nanoseconds: Double
    /// Blocks asked of malloc, by all threads, per call.
    var allocations: Double
}

/// Runs `body`, which does something `calls` times, in batches, on the caller's actor.
///
/// The first tenth of the batches warms caches and is not counted.
nonisolated(nonsending) func cost(
    batches: Int, calls: Int, _ body: nonisolated(nonsending) (_ calls: Int) async throws -> Void
) async throws -> Cost {
    let clock = ContinuousClock()
    for _ in 0..<batches / 10 { try await body(calls) }
    var times: [Duration] = []
    times.reserveCapacity(batches)
    let allocationsBefore = allocation_count()
    for _ in 0..<batches {
        let begin = clock.now
        try await body(calls)
        times.append(clock.now - begin)
    }
    let allocations = allocation_count() - allocationsBefore
    times.sort()
    return Cost(
        nanoseconds: times[batches / 2].nanoseconds / Double(calls),
        allocations: Double(allocations) / Double(batches * calls))
}

extension Duration {
    var nanoseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    }
}
