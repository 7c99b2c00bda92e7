public import ParlantCore

/// Keeps, of many conditions, those that could hold at a point of a conversation, so that a model judges fewer.
///
/// A condition is left out only when three things come together: it speaks of a topic (``ConditionSubject``), nothing
/// that was said is similar to it, and much else is. So these always stay: guidelines of high criticality, those that
/// were followed before and may have to be followed again, conditions on tone and course of the conversation, and
/// everything when the customer's words say too little ("yes, do it") or resemble nothing. What shares words with a
/// fact that is known of the customer stays, too. Pure; built once for each generation of an agent.
///
/// Figures of the labelled set and how they were taken are in `Benchmarks/README.md`.
public struct CandidateNarrowing: Sendable {
    /// How much is kept. Chosen with all-MiniLM-L6-v2 on three of the five labelled agents.
    public struct Bounds: Sendable, Equatable {
        /// Topics whose cosine is this much below the best one, or less, are kept.
        public var margin = 0.2
        /// Added to ``margin`` for each doubling of the topics beyond ``usualTopics``: among many the best one is
        /// nearer by chance.
        public var marginPerDoubling = 0.02
        /// From how many topics on ``marginPerDoubling`` counts.
        public var usualTopics = 35
        /// Topics that are kept at least, by similarity.
        public var fewest = 8
        /// Part of the topics that is kept at most, by similarity.
        public var largestShare = 0.5
        /// Topics that are kept besides because they share the most words with what was said.
        public var byWords = 3
        /// Topics that are kept besides for each fact that is known, because they share the most words with it.
        public var byFact = 3
        /// A best cosine below this says that the vectors do not understand the messages; then all are kept.
        public var leastSimilarity = 0.25
        /// Customers who say fewer words that count than this mean something that was said before; then all are kept.
        public var leastWords = 2

        public init() {}
    }

    private struct Topic: Sendable {
        var id: GuidelineID
        /// Its texts in ``CandidateNarrowing/texts``.
        var texts: Range<Int>
    }

    /// What has to be turned into vectors once: for each topic its condition, the same with the action, the examples.
    public let texts: [String]
    /// Guidelines that are never left out.
    public let unconditional: Set<GuidelineID>
    private let bounds: Bounds
    private let topics: [Topic]
    private let words: WordIndex

    /// Prepares the guidelines of an agent whose condition a model judges. O(total length).
    public init(_ guidelines: [Guideline], bounds: Bounds = .init()) {
        var texts: [String] = []
        var topics: [Topic] = []
        var unconditional: Set<GuidelineID> = []
        for guideline in guidelines {
            guard guideline.matcher == .condition, guideline.criticality != .high,
                let condition = guideline.content.condition, ConditionSubject(condition) == .topic
            else {
                unconditional.insert(guideline.id)
                continue
            }
            let start = texts.count
            texts.append(condition)
            if let action = guideline.content.action { texts.append("\(condition). \(action)") }
            texts += guideline.examples
            topics.append(Topic(id: guideline.id, texts: start..<texts.count))
        }
        self.texts = texts
        self.unconditional = unconditional
        self.bounds = bounds
        self.topics = topics
        words = WordIndex(topics.map { Array(texts[$0.texts]) })
    }

    /// The texts that the conditions are compared with: what the customer said since the last reply, with the message
    /// that it answers and without, and its newest message. Empty when the customer said nothing.
    public static func queries(_ interaction: Interaction) -> [String] {
        let unanswered = interaction.unansweredCustomerMessages
        guard let newest = unanswered.last else { return [] }
        let said = unanswered.joined(separator: " ")
        let before = interaction.messages.dropLast(unanswered.count).last.map { [$0.text + " " + said] } ?? []
        var seen: Set<String> = []
        return (before + [said, newest]).map { String($0.suffix(EmbeddingConditionScorer.readLimit)) }
            .filter { seen.insert($0).inserted }
    }

    /// The guidelines that could hold.
    ///
    /// - Parameters:
    ///   - conditions: The vectors of ``texts``, in order.
    ///   - said: The vectors of ``queries(_:)``, in order.
    ///   - applied: Guidelines that were followed before.
    ///   - facts: What is known besides what was said, such as `plan: gold`: a condition may be about it.
    /// - Returns: Nil when nothing can be told, so that all have to be judged.
    /// - Complexity: O(texts × queries × dimensions).
    public func candidates(
        in interaction: Interaction, conditions: [UnitVector], said: [UnitVector],
        applied: some Collection<GuidelineID> = EmptyCollection(), facts: [String] = []
    ) -> Set<GuidelineID>? {
        let messages = interaction.unansweredCustomerMessages
        guard !topics.isEmpty, !said.isEmpty, conditions.count == texts.count,
            Self.saysEnough(messages, bounds.leastWords)
        else { return nil }
        let scores = topics.map { topic in
            topic.texts.reduce(-1) { best, text in
                said.reduce(best) { max($0, conditions[text].cosine($1)) }
            }
        }
        let ranked = topics.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
        let best = scores[ranked[0]]
        guard best >= bounds.leastSimilarity else { return nil }
        let most = max(bounds.fewest, Int((bounds.largestShare * Double(topics.count)).rounded(.up)))
        var kept = unconditional.union(applied)
        for (rank, position) in ranked.prefix(most).enumerated()
        where rank < bounds.fewest || scores[position] >= best - margin {
            kept.insert(topics[position].id)
        }
        kept.formUnion(nearestByWords(messages, most: bounds.byWords))
        for fact in facts { kept.formUnion(nearestByWords([fact], most: bounds.byFact)) }
        return kept
    }

    private static func saysEnough(_ messages: [String], _ least: Int) -> Bool {
        WordNormalizer.words(messages.joined(separator: " ")).count { !StopWords.common.contains($0.stem) } >= least
    }

    private var margin: Double {
        var margin = bounds.margin
        var count = bounds.usualTopics * 2
        while bounds.usualTopics > 0, count <= topics.count {
            margin += bounds.marginPerDoubling
            count *= 2
        }
        return margin
    }

    private func nearestByWords(_ texts: [String], most: Int) -> [GuidelineID] {
        let scores = words.matches(texts).map(\.score)
        return topics.indices.filter { scores[$0] > 0 }.sorted { (scores[$0], $1) > (scores[$1], $0) }
            .prefix(most).map { topics[$0].id }
    }
}
