import ParlantCore

/// Judges conditions as the script of the turn says.
struct ScriptedConditionMatcher: ConditionMatcher {
    let director: any TurnDirector
    let words: OfflineConditionMatcher

    func match(_ guidelines: [Guideline], in context: TurnContext) async throws -> [GuidelineMatch] {
        let script = director.script(for: context.session.id)
        if script.matchesByWords { return try await words.match(guidelines, in: context) }
        return guidelines.filter { script.matches.contains($0.id) }
            .map { GuidelineMatch(guideline: $0, rationale: "the test says so") }
    }
}
