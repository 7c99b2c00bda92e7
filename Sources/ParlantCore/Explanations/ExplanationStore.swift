/// Keeps the explanations of turns. Every implementation passes `ExplanationStoreConformance`.
///
/// A store may forget the oldest ones when there are too many. Whoever deletes a session calls ``deleteAll(of:)``.
public protocol ExplanationStore: Sendable {
    /// Keeps an explanation; one of the same turn is replaced.
    func save(_ explanation: Explanation) async throws
    /// The explanation of a turn; nil when there is none, or none any more.
    func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation?
    /// The turns of a session that have an explanation, oldest first.
    ///
    /// - Complexity: O(explanations of the session), without their contents.
    func traces(of session: SessionID) async throws -> [TraceID]
    /// Removes all explanations of a session. None is fine.
    func deleteAll(of session: SessionID) async throws
}
