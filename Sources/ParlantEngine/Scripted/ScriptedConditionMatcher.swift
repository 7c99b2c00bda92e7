import ParlantCore

/// Judges conditions as the script of the turn says.
struct ScriptedConditionMatcher: ConditionMatcher {
    let director: any TurnDirector
    let words: OfflineConditionMatcher

    /// Ways of journeys are not judged here: ``TurnScript/ways`` says which are gone.
    func match(
        _ guidelines: [Guideline], _ questions: [JudgedCondition], in context: TurnContext
    ) async throws -> Verdicts {
        let script = director.script(for: context.session.id)
        if script.matchesByWords { return try await words.match(guidelines, questions, in: context) }
        let matches = guidelines.filter { script.matches.contains($0.id) }
            .map { GuidelineMatch(guideline: $0, rationale: "the test says so") }
        return Verdicts(matches: matches)
    }

    /// A test says which ways are gone.
    func presumes(in context: TurnContext) -> Bool { director.script(for: context.session.id).matchesByWords }
}
