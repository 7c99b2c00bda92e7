import ParlantCore

/// The documents of one owner, split and indexed. A value: it stays as it is while a search uses it.
struct OwnerPassages: Sendable {
    let documents: [Document]
    private(set) var index: PassageIndex
    /// For each passage the position of its document.
    private let sources: [Int]
    /// Bytes that it takes without vectors, and that its vectors take, roughly.
    private let plainBytes: Int
    private var vectorBytes = 0
    /// How many vectors are missing.
    private(set) var missingVectors: Int

    /// Bytes that it takes, roughly.
    var bytes: Int { plainBytes + vectorBytes }

    /// Splits and indexes documents. O(total length).
    ///
    /// - Parameter earlier: What the same owner had; passages that are there still keep their vectors.
    init(_ documents: [Document], after earlier: OwnerPassages? = nil) {
        let splitter = PassageSplitter()
        var passages: [Passage] = []
        var sources: [Int] = []
        for (position, document) in documents.enumerated() {
            let parts = splitter.passages(title: document.title, content: document.content.texts)
            passages += parts
            sources += parts.map { _ in position }
        }
        self.documents = documents
        self.sources = sources
        index = PassageIndex(passages)
        missingVectors = index.vectorCount
        // The documents, the passages, their windows, which overlap, and a share for the words.
        plainBytes = passages.reduce(documents.reduce(0) { $0 + $1.bytes }) { $0 + $1.text.utf8.count * 5 + 200 }
        if let earlier { takeVectors(of: earlier) }
    }

    private mutating func takeVectors(of earlier: OwnerPassages) {
        var known: [String: [UnitVector]] = [:]
        for (position, passage) in earlier.index.passages.enumerated() where earlier.index.hasVectors(at: position) {
            known[passage.text] = earlier.index.vectors(at: position)
        }
        add(known)
    }

    /// Takes vectors of passages by their text; those of a text that is not there are left.
    mutating func add(_ vectors: [String: [UnitVector]]) {
        guard !vectors.isEmpty else { return }
        for position in missing {
            guard let found = vectors[index.passages[position].text] else { continue }
            index.add(found, at: position)
            guard index.hasVectors(at: position) else { continue }
            vectorBytes += found.reduce(0) { $0 + $1.bytes }
            missingVectors -= found.count
        }
    }

    /// Forgets all vectors.
    mutating func removeVectors() {
        index.removeVectors()
        vectorBytes = 0
        missingVectors = index.vectorCount
    }

    /// Positions of passages without vectors, in order.
    var missing: [Int] { index.passages.indices.filter { !index.hasVectors(at: $0) } }

    /// Whether any passage has vectors.
    var hasVectors: Bool { index.passages.indices.contains { index.hasVectors(at: $0) } }

    /// The passages that answer a question, best first; see ``PassageIndex/search(_:vector:limit:)``.
    func search(_ question: String, vector: UnitVector?, limit: Int) -> [FoundPassage] {
        index.search(question, vector: vector, limit: limit).map { hit in
            let (passage, document) = (index.passages[hit.position], documents[sources[hit.position]])
            return FoundPassage(
                document: document.id, owner: document.owner, title: document.title, number: passage.number,
                text: passage.text, metadata: document.metadata, score: hit.score)
        }
    }
}

extension UnitVector {
    /// Bytes that it takes, roughly.
    var bytes: Int { dimensions * 4 + 16 }
}

extension Document {
    /// Bytes of its title and its texts.
    fileprivate var bytes: Int { content.texts.reduce(title.utf8.count) { $0 + $1.utf8.count } }
}
