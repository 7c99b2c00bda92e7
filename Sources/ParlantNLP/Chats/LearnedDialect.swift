import Synchronization

/// How an endpoint wants to be asked, learned from its refusals once and shared by all requests.
final class LearnedDialect<Dialect: Sendable>: Sendable {
    /// What a request was made in.
    struct Version: Sendable {
        let dialect: Dialect
        fileprivate let changes: Int
    }

    /// Changes at most in the life of a service: as many as a dialect can become plainer. Bounds what a server with
    /// contradictory refusals can cost.
    private let limit = 8
    private let state: Mutex<Version>
    private let plainer: @Sendable (Dialect, String) -> Dialect?

    /// - Parameters:
    ///   - dialect: The best that there is.
    ///   - plainer: The plainer dialect that a refusal asks for; nil when the refusal is about something else.
    init(_ dialect: Dialect, plainer: @escaping @Sendable (Dialect, String) -> Dialect?) {
        state = Mutex(Version(dialect: dialect, changes: 0))
        self.plainer = plainer
    }

    var current: Version { state.withLock { $0 } }

    /// Learns from a refusal of a request that was made in `used`.
    ///
    /// - Parameter text: What was refused, in lower case.
    /// - Returns: Whether another attempt would be made differently. True without a change when another request has
    ///   learned meanwhile.
    func learn(from text: String, used: Version) -> Bool {
        state.withLock { state in
            guard state.changes == used.changes else { return true }
            guard state.changes < limit, let next = plainer(state.dialect, text) else { return false }
            state = Version(dialect: next, changes: state.changes + 1)
            return true
        }
    }
}
