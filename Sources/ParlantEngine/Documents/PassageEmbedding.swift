import Logging
import OrderedCollections
import ParlantCore
import Synchronization

/// Makes the vectors of passages beside the turns, one owner after the other, so that no turn waits for them.
///
/// When the embedder fails, or a budget is used up, nothing is asked for a while; until then, and until the vectors are
/// there, words decide.
final class PassageEmbedding: Sendable {
    /// Texts in one request, unless one passage has more: some servers take no more.
    private static let batch = 64

    private struct State {
        var waiting: OrderedSet<KnowledgeOwner> = []
        var work: Task<Void, Never>?
        /// Until when nothing is asked.
        var restsUntil: Duration?
        var isClosed = false
    }

    private let models: @Sendable (KnowledgeOwner) -> TurnModels
    private let indices: DocumentIndices
    private let pause: Duration
    private let clock: any TimeSource
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter models: The models for the documents of an owner, with the accounts that they are charged to.
    init(
        _ indices: DocumentIndices, pauseAfterFailure: Duration, clock: any TimeSource, logger: Logger,
        models: @escaping @Sendable (KnowledgeOwner) -> TurnModels
    ) {
        self.models = models
        self.indices = indices
        pause = pauseAfterFailure
        self.clock = clock
        self.logger = logger
    }

    /// Has vectors made of all passages of an owner that have none. Returns at once; more than once is fine, and nothing
    /// happens without an embedder, nor for an owner whose vectors are too many to be kept.
    func request(_ owner: KnowledgeOwner) {
        state.withLock { state in
            guard !state.isClosed, (state.restsUntil ?? clock.uptime) <= clock.uptime else { return }
            state.waiting.append(owner)
            guard state.work == nil else { return }
            state.work = Task { await work() }
        }
    }

    /// Returns when nothing is left to do.
    func settle() async {
        while let work = state.withLock({ $0.work }) { await work.value }
    }

    /// Ends what runs, and begins nothing any more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = []
            state.work?.cancel()
        }
    }

    private func work() async {
        while let owner = next() {
            do {
                try await embed(owner)
            } catch is CancellationError {
                continue
            } catch let stop as BudgetExhausted where stop.limit.scope == .customer {
                logger.notice("documents of a customer are searched by words", metadata: ["reason": "\(stop)"])
            } catch {
                state.withLock { state in
                    state.restsUntil = clock.uptime + pause
                    state.waiting = []
                }
                logger.warning(
                    "documents are searched by words: no vectors could be made of them",
                    metadata: ["error": "\(error)", "next_attempt_in": "\(pause)"])
            }
        }
    }

    /// The owner whose turn it is; nil when there is none, and then the work has ended.
    private func next() -> KnowledgeOwner? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.work = nil
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    private func embed(_ owner: KnowledgeOwner) async throws {
        let models = models(owner)
        guard models.canEmbed, try await indices.passages(of: owner) != nil,
            let kept = indices.kept(of: owner), indices.wantsVectors(kept)
        else { return }
        let index = kept.index
        var open = index.passages.indices.filter { !index.hasVectors(at: $0) }[...]
        while !open.isEmpty {
            try Task.checkCancellation()
            var (texts, passages): ([String], [Int]) = ([], [])
            while let first = open.first, passages.isEmpty || texts.count + index.windows[first].count <= Self.batch {
                texts += index.windows[first]
                passages.append(first)
                open.removeFirst()
            }
            let vectors = try await models.embed(texts)
            guard vectors.count == texts.count, Set(vectors.map(\.count)).count <= 1 else {
                throw NLPError(.malformed, "the embedder returned vectors of different lengths; check its model")
            }
            var rest = vectors[...]
            var made: [String: [UnitVector]] = [:]
            for passage in passages {
                let count = index.windows[passage].count
                made[index.passages[passage].text] = rest.prefix(count).map(UnitVector.init)
                rest = rest.dropFirst(count)
            }
            guard indices.add(made, to: owner) else { return }
        }
    }
}
