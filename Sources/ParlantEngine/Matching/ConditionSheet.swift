import ParlantCore

/// The conditions of one generation of an agent as a model reads them: each with a number that never changes, so that
/// requests begin with the same bytes. Built once for each generation. Pure.
struct ConditionSheet: Sendable {
    /// One condition, ready to be written.
    struct Entry: Sendable, Equatable {
        var id: GuidelineID
        var number: Int
        /// `3. The customer asks about opening hours`
        var line: String
        /// How it is judged as long as it was not followed, and from then on. Found once, because it reads the action.
        var kinds: Kinds

        /// Roughly: four bytes are a token.
        var tokens: Int { line.utf8.count / 4 + 1 }
    }

    /// How a condition is judged.
    struct Kinds: Sendable, Equatable {
        var fresh: MatchingKind
        var followed: MatchingKind
    }

    /// Which of the conditions could hold; nil when they are so few that all are judged.
    let narrowing: CandidateNarrowing?
    /// The conditions that stand before the conversation, in the parts in which they are judged. The same in each turn.
    let parts: [[Entry]]
    /// The number after the last one of the sheet.
    let nextNumber: Int
    private let entries: [GuidelineID: Entry]

    /// Numbers what a model judges of the agent, triggers of journeys included, in the order of definition.
    init(_ snapshot: AgentSnapshot, _ policy: MatchingPolicy) {
        let judged = (snapshot.guidelines + snapshot.triggers).filter { $0.enabled && $0.matcher == .condition }
        var seen: Set<GuidelineID> = []
        let guidelines = judged.filter { seen.insert($0.id).inserted }
        let entries = guidelines.enumerated().map { Self.entry(of: $1, number: $0 + 1, policy) }
        let narrowing = policy.narrowsFrom.flatMap { least in
            guidelines.count >= least ? CandidateNarrowing(guidelines, bounds: policy.narrowing) : nil
        }
        // What begins a journey is not asked while it is under way, so it would not stay the same.
        let triggers = Set(snapshot.triggers.map(\.id))
        let stable = zip(guidelines, entries).filter { guideline, _ in
            policy.hasStablePrefix && !triggers.contains(guideline.id)
                && narrowing?.unconditional.contains(guideline.id) ?? true
        }
        let low = policy.judgesLowCriticalityTogether ? [] : stable.filter { $0.0.criticality == .low }.map(\.1)
        let lowIDs = Set(low.map(\.id))
        parts = [stable.map(\.1).filter { !lowIDs.contains($0.id) }, low]
            .flatMap { Self.split($0, tokens: policy.batchTokens) }
        self.narrowing = narrowing
        self.entries = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0) })
        nextNumber = entries.count + 1
    }

    /// The entry of a guideline; nil when it is not the agent's.
    func entry(of id: GuidelineID) -> Entry? { entries[id] }

    static func entry(of guideline: Guideline, number: Int, _ policy: MatchingPolicy) -> Entry {
        var line = "\(number). \(guideline.content.condition ?? "")"
        if let description = guideline.content.description { line += " (\(description))" }
        if !guideline.examples.isEmpty {
            line += " For example: " + guideline.examples.map { "\"\($0)\"" }.joined(separator: ", ")
        }
        let kinds = Kinds(
            fresh: MatchingKind(of: guideline, wasFollowed: false, by: policy),
            followed: MatchingKind(of: guideline, wasFollowed: true, by: policy))
        return Entry(id: guideline.id, number: number, line: line, kinds: kinds)
    }

    /// As few parts of at most `tokens` as the order allows; one that is longer by itself is a part of its own.
    static func split(_ entries: [Entry], tokens: Int) -> [[Entry]] {
        var parts: [[Entry]] = []
        var room = 0
        for entry in entries {
            if parts.isEmpty || entry.tokens > room {
                parts.append([])
                room = tokens
            }
            parts[parts.count - 1].append(entry)
            room -= entry.tokens
        }
        return parts
    }
}
