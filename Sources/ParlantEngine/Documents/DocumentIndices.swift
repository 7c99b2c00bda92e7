import OrderedCollections
import ParlantCore
import Synchronization

/// Keeps the passages of those owners who were asked about last, up to a number of bytes.
///
/// The store has the last word in each search: what is kept serves only as long as the owner's documents are the very
/// same. So nothing is ever found that was deleted, changed or erased, whoever did it, be it another server.
final class DocumentIndices: Sendable {
    private struct State {
        /// The one that was used longest ago comes first.
        var kept: OrderedDictionary<KnowledgeOwner, OwnerPassages> = [:]
        var bytes = 0
        /// How often an owner was forgotten: who reads documents meanwhile must not keep them.
        var forgettings = 0

        mutating func remove(_ owner: KnowledgeOwner) -> OwnerPassages? {
            guard let removed = kept.removeValue(forKey: owner) else { return nil }
            bytes -= removed.bytes
            return removed
        }

        mutating func keep(_ passages: OwnerPassages, for owner: KnowledgeOwner, upTo limit: Int) {
            _ = remove(owner)
            kept[owner] = passages
            bytes += passages.bytes
            while bytes > limit, let oldest = kept.keys.first { _ = remove(oldest) }
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
        state.withLock { if $0.forgettings == before { $0.keep(passages, for: owner, upTo: byteLimit) } }
        return passages
    }

    /// The owner's documents in order of creation.
    ///
    /// - Throws: What the store throws.
    func documents(of owner: KnowledgeOwner) async throws -> [Document] {
        // The tag says whose they are, and the owner is looked at all the same.
        try await store.list(anyOf: [owner.tag]).map(\.entity).filter { $0.owner == owner }
    }

    /// Adds vectors by the text of their passages, where the owner's passages are still kept.
    func add(_ vectors: [String: [UnitVector]], to owner: KnowledgeOwner) {
        state.withLock { state in
            guard var passages = state.kept[owner] else { return }
            passages.add(vectors)
            state.keep(passages, for: owner, upTo: byteLimit)
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
