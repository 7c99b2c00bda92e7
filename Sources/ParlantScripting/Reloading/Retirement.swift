/// A call was ended because its generation had been replaced for too long.
struct GenerationRetired: Error, Sendable, Equatable, CustomStringConvertible {
    var bundle: String
    var generation: Int

    var description: String {
        "cancelled: generation \(generation) of '\(bundle)' was replaced by a reload, and its time to end calls is over"
    }
}

/// Ends the calls of one generation when it has to go.
final class Retirement: Sendable {
    private let error: GenerationRetired
    private let isOver = OneShot()

    init(bundle: String, generation: Int) { error = GenerationRetired(bundle: bundle, generation: generation) }

    /// Ends all waits, now and later. Calls that compute end at their next wait, or with their limits.
    func end() { isOver.fire() }

    /// - Throws: ``GenerationRetired`` after ``end()``.
    func check() throws {
        if isOver.hasHappened { throw error }
    }

    /// Waits for ``end()``.
    ///
    /// - Throws: ``GenerationRetired`` then; `CancellationError` as soon as the task is cancelled.
    func wait() async throws {
        try await isOver.wait()
        throw error
    }
}
