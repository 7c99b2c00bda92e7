import ParlantCore

/// What one request asks a model about conditions.
struct MatchingBatch: Sendable, Equatable {
    /// Conditions before the conversation; not all of them have to be judged.
    var stable: [ConditionSheet.Entry] = []
    /// Conditions behind the conversation.
    var further: [ConditionSheet.Entry] = []
    /// What journeys ask, by number.
    var questions: [NumberedQuestion] = []
    /// Numbers of guidelines that are judged.
    var judged: Set<Int> = []

    struct NumberedQuestion: Sendable, Equatable {
        var number: Int
        var question: JudgedCondition
    }

    /// Cuts what has to be judged into as few requests as the policy allows. Pure; O(conditions of the agent).
    ///
    /// - Parameters:
    ///   - entries: Conditions of guidelines that are judged, each once.
    ///   - low: Guidelines that are judged in requests of their own.
    static func cut(
        _ entries: [ConditionSheet.Entry], _ questions: [JudgedCondition], from sheet: ConditionSheet,
        _ policy: MatchingPolicy, apart low: Set<GuidelineID> = []
    ) -> [MatchingBatch] {
        var open = Dictionary(entries.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var batches: [MatchingBatch] = []
        for part in sheet.parts {
            let judged = part.filter { open[$0.number] != nil }
            // For a few of many it is shorter to name them than to send all again.
            guard !judged.isEmpty, judged.count * 4 > part.count else { continue }
            batches.append(MatchingBatch(stable: part, judged: Set(judged.map(\.number))))
            for entry in judged { open[entry.number] = nil }
        }
        let left = entries.filter { open[$0.number] != nil }
        func isApart(_ entry: ConditionSheet.Entry) -> Bool { low.contains(entry.id) }
        for group in [left.filter { !isApart($0) }, left.filter(isApart)] {
            var parts = ConditionSheet.split(group, tokens: policy.batchTokens)[...]
            // The first ones join a request that has room for them, and is of their kind.
            if let first = parts.first,
                let host = batches.indices.first(where: { batches[$0].hasRoom(for: first, policy) }),
                isApart(first[0]) == batches[host].stable.contains(where: isApart)
            {
                batches[host].further += first
                batches[host].judged.formUnion(first.map(\.number))
                parts = parts.dropFirst()
            }
            batches += parts.map { MatchingBatch(further: $0, judged: Set($0.map(\.number))) }
        }
        guard !questions.isEmpty else { return batches }
        if batches.isEmpty { batches = [MatchingBatch()] }
        let first = ((batches[0].stable + batches[0].further).map(\.number).max() ?? 0) + 1
        batches[0].questions = questions.enumerated().map { NumberedQuestion(number: first + $0, question: $1) }
        return batches
    }

    private func hasRoom(for entries: [ConditionSheet.Entry], _ policy: MatchingPolicy) -> Bool {
        (stable + further + entries).reduce(0) { $0 + $1.tokens } <= policy.batchTokens
    }
}
