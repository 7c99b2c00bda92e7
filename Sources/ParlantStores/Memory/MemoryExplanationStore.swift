import OrderedCollections
public import ParlantCore
import Synchronization

/// Explanations in memory, gone with the process. The newest are kept, up to a limit.
public final class MemoryExplanationStore: ExplanationStore {
    private struct Turn: Hashable {
        var session: SessionID
        var traceID: TraceID
    }

    private struct State {
        var explanations: [Turn: Explanation] = [:]
        var turns: [SessionID: OrderedSet<TraceID>] = [:]
        /// Oldest first.
        var order: OrderedSet<Turn> = []
    }

    private let state = Mutex(State())
    private let limit: Int

    /// A store without explanations.
    ///
    /// - Parameter limit: Most explanations that are kept; one takes some kilobytes.
    public init(limit: Int = 10_000) { self.limit = max(1, limit) }

    /// - Complexity: O(1), and O(limit) once per 1,000 explanations beyond the limit.
    public func save(_ explanation: Explanation) async throws {
        let turn = Turn(session: explanation.session, traceID: explanation.traceID)
        state.withLock { state in
            state.explanations[turn] = explanation
            state.turns[turn.session, default: []].append(turn.traceID)
            state.order.append(turn)
            // In bulk, because removing from the front moves all that follow.
            let surplus = state.order.count - limit
            guard surplus > min(limit / 10, 1000) else { return }
            for old in state.order.prefix(surplus) { Self.forget(old, &state) }
            state.order.removeFirst(surplus)
        }
    }

    public func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        state.withLock { $0.explanations[Turn(session: session, traceID: traceID)] }
    }

    /// - Complexity: O(explanations of the session + limit).
    public func deleteAll(of session: SessionID) async throws {
        state.withLock { state in
            guard let traces = state.turns.removeValue(forKey: session) else { return }
            for trace in traces { state.explanations[Turn(session: session, traceID: trace)] = nil }
            state.order.removeAll { $0.session == session }
        }
    }

    private static func forget(_ turn: Turn, _ state: inout State) {
        state.explanations[turn] = nil
        state.turns[turn.session]?.remove(turn.traceID)
        if state.turns[turn.session]?.isEmpty == true { state.turns[turn.session] = nil }
    }
}
