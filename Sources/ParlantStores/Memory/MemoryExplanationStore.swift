import OrderedCollections
public import ParlantCore
import Synchronization

/// Explanations in memory, gone with the process. The newest are kept, up to a number and a size.
public final class MemoryExplanationStore: ExplanationStore {
    struct Turn: Hashable {
        var session: SessionID
        var traceID: TraceID
    }

    struct State {
        var explanations: [Turn: Explanation] = [:]
        var turns: [SessionID: OrderedSet<TraceID>] = [:]
        /// Oldest first.
        var order: OrderedSet<Turn> = []
        /// Of all contents.
        var bytes = 0
    }

    let state = Mutex(State())
    let limit: Int
    private let byteLimit: Int

    /// A store without explanations.
    ///
    /// - Parameters:
    ///   - limit: Most explanations that are kept.
    ///   - bytes: Most bytes of their contents together; one takes some kilobytes.
    public init(limit: Int = 10_000, bytes: Int = 64 << 20) {
        self.limit = max(1, limit)
        byteLimit = max(0, bytes)
    }

    /// - Complexity: O(1), and O(limit) once per 1,000 explanations beyond a limit.
    public func save(_ explanation: Explanation) async throws {
        let turn = Turn(session: explanation.session, traceID: explanation.traceID)
        state.withLock { state in
            let replaced = state.explanations.updateValue(explanation, forKey: turn)
            state.bytes += explanation.content.count - (replaced?.content.count ?? 0)
            state.turns[turn.session, default: []].append(turn.traceID)
            state.order.append(turn)
            trim(&state)
        }
    }

    /// Forgets the oldest ones in bulk, because removing from the front moves all that follow.
    private func trim(_ state: inout State) {
        let isCrowded = state.order.count > limit + min(limit / 10, 1000)
        guard isCrowded || state.bytes > byteLimit else { return }
        let bytes = state.bytes > byteLimit ? byteLimit / 10 * 9 : byteLimit
        var count = 0
        while count < state.order.count, state.order.count - count > limit || state.bytes > bytes {
            Self.forget(state.order[count], &state)
            count += 1
        }
        state.order.removeFirst(count)
    }

    public func find(_ traceID: TraceID, of session: SessionID) async throws -> Explanation? {
        state.withLock { $0.explanations[Turn(session: session, traceID: traceID)] }
    }

    public func traces(of session: SessionID) async throws -> [TraceID] {
        state.withLock { Array($0.turns[session] ?? []) }
    }

    /// - Complexity: O(explanations of the session + limit).
    public func deleteAll(of session: SessionID) async throws {
        state.withLock { state in
            guard let traces = state.turns.removeValue(forKey: session) else { return }
            for trace in traces {
                let old = state.explanations.removeValue(forKey: Turn(session: session, traceID: trace))
                state.bytes -= old?.content.count ?? 0
            }
            state.order.removeAll { $0.session == session }
        }
    }

    private static func forget(_ turn: Turn, _ state: inout State) {
        state.bytes -= state.explanations.removeValue(forKey: turn)?.content.count ?? 0
        state.turns[turn.session]?.remove(turn.traceID)
        if state.turns[turn.session]?.isEmpty == true { state.turns[turn.session] = nil }
    }
}
