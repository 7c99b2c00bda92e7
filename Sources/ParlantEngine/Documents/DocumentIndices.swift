import OrderedCollections
import ParlantCore
import Synchronization

/// Keeps the passages of those owners who were asked about last, up to a number of bytes.
///
/// Nobody pushes out the others and then themselves: who has too much text is not kept, and who has too much for
/// vectors of all of it is kept without any, and found by words.
///
/// The store has the last word in each search: what is kept serves only as long as the owner's documents are the very
/// same. So nothing is ever found that was deleted, changed or erased, whoever did it, be it another server.
final class DocumentIndices: Sendable {
    private struct State {
        /// The one that was used longest ago comes first.
        var kept: OrderedDictionary<KnowledgeOwner, OwnerPassages> = [:]
        var bytes = 0
        /// Bytes of one vector, as the embedder made them last; 0 before that.
        var vectorBytes = 0
        /// How often an owner was forgotten: who reads documents meanwhile must not keep them.
        var forgettings = 0

        mutating func remove(_ owner: KnowledgeOwner) -> OwnerPassages? {
            guard let removed = kept.removeValue(forKey: owner) else { return nil }
            bytes -= removed.bytes
            return removed
        }

        mutating func keep(_ passages: OwnerPassages, for owner: KnowledgeOwner, upTo limit: Int) {
            _ = remove(owner)
            guard passages.bytes <= limit else { return }
            kept[owner] = passages
            bytes += passages.bytes
            while bytes > limit, let oldest = kept.keys.first { _ = remove(oldest) }
        }

        /// Whether passages may be kept with all their vectors.
        func hasRoom(for passages: OwnerPassages, _ limit: Int) -> Bool {
            passages.bytes + passages.missingVectors * vectorBytes <= limit
        }
    }

    private let store: any EntityStore<Document>
    private let byteLimit: Int
    private let state = Mutex(State())

    /// - Parameter byteLimit: What is kept at most. An owner who has more alone is indexed in each search.
    init(_ store: any EntityStore<Document>, byteLimit: Int) {
        self.store = store
        self.byteLimit = byteLimit
    }

    /// The owner's passages as the documents are now; nil when there are no documents.
    ///
    /// - Throws: What the store throws.
    /// - Complexity: One list of the store, O(length of the owner's documents).
    func passages(of owner: KnowledgeOwner) async throws -> OwnerPassages? {
        let before = state.withLock { $0.forgettings }
        let documents = try await documents(of: owner)
        guard !documents.isEmpty else {
            state.withLock { _ = $0.remove(owner) }
            return nil
        }
        let known = state.withLock { $0.kept[owner] }
        let passages =
            if let known, known.documents == documents { known } else { OwnerPassages(documents, after: known) }
        return state.withLock { [passages] state in
            var passages = passages
            if !state.hasRoom(for: passages, byteLimit) { passages.removeVectors() }
            if state.forgettings == before { state.keep(passages, for: owner, upTo: byteLimit) }
            return passages
        }
    }

    /// The owner's documents in order of creation.
    ///
    /// - Throws: What the store throws.
    func documents(of owner: KnowledgeOwner) async throws -> [Document] {
        // The tag says whose they are, and the owner is looked at all the same.
        try await store.list(anyOf: [owner.tag]).map(\.entity).filter { $0.owner == owner }
    }

    /// Whether vectors of these passages are missing, and all of them may be kept.
    func wantsVectors(_ passages: OwnerPassages) -> Bool {
        passages.missingVectors > 0 && state.withLock { $0.hasRoom(for: passages, byteLimit) }
    }

    /// Adds vectors by the text of their passages, where the owner's passages are still kept.
    ///
    /// - Returns: Whether more are of use. They are not when the passages are no longer kept, nor when vectors of all
    ///   of them would be too much; then none of them has any.
    func add(_ vectors: [String: [UnitVector]], to owner: KnowledgeOwner) -> Bool {
        state.withLock { state in
            if let vector = vectors.values.first?.first { state.vectorBytes = vector.bytes }
            guard var passages = state.kept[owner] else { return false }
            passages.add(vectors)
            let hasRoom = state.hasRoom(for: passages, byteLimit)
            if !hasRoom { passages.removeVectors() }
            state.keep(passages, for: owner, upTo: byteLimit)
            return hasRoom
        }
    }

    /// What is kept of an owner; nil when nothing is.
    func kept(of owner: KnowledgeOwner) -> OwnerPassages? { state.withLock { $0.kept[owner] } }

    /// Bytes that are kept, roughly.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Drops what is kept of an owner.
    func forget(_ owner: KnowledgeOwner) {
        state.withLock { state in
            _ = state.remove(owner)
            state.forgettings += 1
        }
    }
}
