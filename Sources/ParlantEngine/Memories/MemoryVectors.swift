import OrderedCollections
import ParlantCore
import Synchronization

/// Vectors of memories, so that each is embedded once in the life of a server. What is said is embedded in each turn.
final class MemoryVectors: Sendable {
    /// Customers whose vectors are kept; the one who was there longest ago is forgotten first.
    static let mostCustomers = 256
    /// Memories that one turn has embedded at most; those behind them are compared by words this time.
    static let mostNew = ConditionVectors.mostTexts

    private let state = Mutex<OrderedDictionary<CustomerID, [String: UnitVector]>>([:])

    /// The best cosine of each text with anything that was said; nil for texts without a vector yet.
    ///
    /// - Throws: ``NLPError``, ``BudgetExhausted``, `CancellationError`.
    func cosines(
        of texts: [String], with said: [String], customer: CustomerID, _ models: TurnModels
    ) async throws -> [Double?] {
        var known = state.withLock { $0[customer] ?? [:] }
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
            state[customer] = nil
            state[customer] = known
            if state.count > Self.mostCustomers { state.removeFirst() }
        }
        return texts.map { text in known[text].flatMap { vector in spoken.map { vector.cosine($0) }.max() } }
    }

    /// Forgets a customer who was deleted.
    func forget(_ customer: CustomerID) { state.withLock { $0[customer] = nil } }
}
