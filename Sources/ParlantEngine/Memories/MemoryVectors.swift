import OrderedCollections
import ParlantCore
import Synchronization

/// Vectors of memories, so that each is embedded once in the life of a server. What is said is embedded in each turn.
final class MemoryVectors: Sendable {
    /// Whose vectors they are: an agent remembers of each customer something else.
    struct Holder: Hashable, Sendable {
        var customer: CustomerID
        var agent: AgentID
    }

    private struct State {
        var kept: OrderedDictionary<Holder, [String: UnitVector]> = [:]
        /// How often somebody was forgotten: who has vectors made meanwhile must not keep them.
        var forgettings = 0
    }

    /// Holders whose vectors are kept; the one who was there longest ago is forgotten first.
    static let mostHolders = 256
    /// Memories that one turn has embedded at most; those behind them are compared by words this time.
    static let mostNew = ConditionVectors.mostTexts

    private let state = Mutex(State())

    /// The best cosine of each text with anything that was said; nil for texts without a vector yet.
    ///
    /// - Parameter texts: All that the holder remembers: vectors of other texts are forgotten.
    ///
    /// - Throws: ``NLPError``, ``BudgetExhausted``, `CancellationError`.
    func cosines(
        of texts: [String], with said: [String], of holder: Holder, _ models: TurnModels
    ) async throws -> [Double?] {
        var (known, before) = state.withLock { ($0.kept[holder] ?? [:], $0.forgettings) }
        let missing = OrderedSet(texts.filter { known[$0] == nil }).prefix(Self.mostNew - min(said.count, Self.mostNew))
        let wanted = said + missing
        let vectors = try await models.embed(wanted)
        guard vectors.count == wanted.count, Set(vectors.map(\.count)).count == 1 else {
            throw NLPError(.malformed, "the embedder returned vectors of different lengths; check its model")
        }
        let spoken = vectors.prefix(said.count).map { UnitVector($0) }
        for (text, vector) in zip(missing, vectors.dropFirst(said.count)) { known[text] = UnitVector(vector) }
        let current = Set(texts)
        known = known.filter { current.contains($0.key) }
        state.withLock { [known] state in
            guard state.forgettings == before else { return }
            state.kept[holder] = nil
            state.kept[holder] = known
            if state.kept.count > Self.mostHolders { state.kept.removeFirst() }
        }
        return texts.map { text in known[text].flatMap { vector in spoken.map { vector.cosine($0) }.max() } }
    }

    /// Forgets a customer who was deleted.
    func forget(_ customer: CustomerID) { forget { $0.customer == customer } }

    /// Forgets an agent that was deleted.
    func forget(_ agent: AgentID) { forget { $0.agent == agent } }

    private func forget(where isForgotten: (Holder) -> Bool) {
        state.withLock { state in
            state.kept.removeAll { isForgotten($0.key) }
            state.forgettings += 1
        }
    }
}
