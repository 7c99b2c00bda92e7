/// Finds the passages that answer a question, among those of one owner. Built once for the documents as they are; pure.
///
/// With vectors the nearest passages win, and shared words add to that: a name or a number in the question is better
/// found by words, a thing said in other words better by vectors. What is not relevant enough is not returned, so that
/// talk about something else brings nothing. Figures of the labelled set are in `Benchmarks/README.md`.
public struct PassageIndex: Sendable {
    /// From where on a passage counts as relevant, and how words and vectors come together. Chosen with
    /// all-MiniLM-L6-v2 on the first of the two labelled sets of questions.
    public struct Bounds: Sendable, Equatable {
        /// The relevance by words alone below which a passage is left out, where there are no vectors.
        public var leastRelevance = 0.3
        /// The least score where there are vectors: the cosine, and what words add to it.
        public var leastSimilarity = 0.3
        /// What words add to a cosine at most.
        public var wordShare = 0.2

        public init() {}
    }

    /// A passage that was found.
    public struct Hit: Sendable, Equatable {
        /// Its position in ``PassageIndex/passages``.
        public var position: Int
        /// How well it answers, above 0: with vectors the cosine and what words add to it, otherwise the part of the
        /// question's words that it has, 1 at most. Scores of searches with and without vectors do not compare.
        public var score: Double

        public init(position: Int, score: Double) {
            self.position = position
            self.score = score
        }
    }

    public let passages: [Passage]
    /// For each passage the texts that are turned into vectors: some sentences each, the last one of a text again in
    /// the next. A vector of a whole passage would be one of many things at once, and near to none of them.
    public let windows: [[String]]
    public let bounds: Bounds
    private let words: WordRanking
    /// For each passage the vectors of its windows; empty until they are there.
    private var vectors: [[UnitVector]]

    /// Words of a window at most, unless a sentence is longer.
    private static let windowWords = 40

    /// Indexes the words of passages. O(total length).
    public init(_ passages: [Passage], bounds: Bounds = .init()) {
        self.passages = passages
        self.bounds = bounds
        windows = passages.map { Self.windows(of: $0.text) }
        words = WordRanking(passages.map { ($0.title, $0.text) })
        vectors = passages.map { _ in [] }
    }

    /// Whether a passage has vectors.
    public func hasVectors(at position: Int) -> Bool { !vectors[position].isEmpty }

    /// The vectors of a passage's ``windows``, in order; empty until they are there.
    func vectors(at position: Int) -> [UnitVector] { vectors[position] }

    /// Takes the vectors of a passage's ``windows``, in order; another number of them changes nothing.
    public mutating func add(_ vectors: [UnitVector], at position: Int) {
        guard vectors.count == windows[position].count else { return }
        self.vectors[position] = vectors
    }

    /// How many vectors all passages have when they are there.
    var vectorCount: Int { windows.reduce(0) { $0 + $1.count } }

    /// Forgets all vectors.
    mutating func removeVectors() { vectors = passages.map { _ in [] } }

    /// The passages that answer a question, best first, those of equal score in their order.
    ///
    /// - Parameters:
    ///   - question: What was asked, in the words of who asks.
    ///   - vector: The question as a vector; nil: words decide. They decide, too, about passages without vectors, which
    ///     then count as if their vectors were just near enough.
    ///   - limit: How many are returned at most.
    /// - Complexity: O(windows × dimensions + uses of the question's words × log).
    public func search(_ question: String, vector: UnitVector? = nil, limit: Int) -> [Hit] {
        let relevant = words.search(question)
        guard let vector else {
            return relevant.prefix(max(limit, 0)).filter { $0.relevance >= bounds.leastRelevance }
                .map { Hit(position: $0.text, score: min($0.relevance, 1)) }
        }
        var relevance = [Double](repeating: 0, count: passages.count)
        for score in relevant { relevance[score.text] = score.relevance }
        var hits: [Hit] = []
        for (position, vectors) in vectors.enumerated() {
            let added = bounds.wordShare * min(relevance[position], 1)
            let score: Double
            if vectors.isEmpty {
                guard relevance[position] >= bounds.leastRelevance else { continue }
                score = bounds.leastSimilarity + added
            } else {
                score = vectors.reduce(-1) { max($0, $1.cosine(vector)) } + added
            }
            if score >= bounds.leastSimilarity { hits.append(Hit(position: position, score: score)) }
        }
        hits.sort { ($0.score, $1.position) > ($1.score, $0.position) }
        return Array(hits.prefix(max(limit, 0)))
    }

    /// Neighbouring sentences together, as many as fit, each window from the last sentence of the one before.
    static func windows(of text: String) -> [String] {
        let pieces = TextBoundaries.pieces(text)
        var windows: [String] = []
        var start = 0
        while start < pieces.count {
            var end = start
            var size = 0
            while end < pieces.count, end == start || size + pieces[end].size <= windowWords {
                size += pieces[end].size
                end += 1
            }
            windows.append(pieces[start..<end].map(\.text).joined(separator: " "))
            guard end < pieces.count else { break }
            start = max(end - 1, start + 1)
        }
        return windows
    }
}
