import Logging
import ParlantCore

/// Writes replies without a model: canned responses of tool results, of matched guidelines and of the agent, and the
/// fixed phrases of the settings. It never invents text.
struct OfflineComposer: MessageComposer {
    let phrases: EngineSettings.Phrases
    let logger: Logger

    func compose(_ composition: Composition, in context: TurnContext, to output: any ReplyOutput) async throws {
        if let reply = try reply(composition, context) { try await output.say(reply) }
    }

    /// What is missing is asked for first; then what failed is said; then the best response of the first source that
    /// has one; then the no-match message. Before anybody has said anything, silence unless a guideline applies.
    private func reply(_ composition: Composition, _ context: TurnContext) throws -> Reply? {
        let collected = CannedCandidates.collect(composition, in: context, canFill: false, logger)
        let candidates = collected.items
        context.recorder.note { report in
            report.wording.mode = composition.mode(for: context.agent)
            (report.wording.candidates, report.wording.unusable) = (candidates, collected.unusable)
        }
        func note(_ reason: String) { context.recorder.note { $0.wording.reason = reason } }
        let isGreeting = context.interaction.messages.isEmpty
        if isGreeting, composition.matches.isEmpty { return nil }
        let usable = candidates.filter { !$0.addressesProblem }
        if let phrase = problemPhrase(composition, usable) {
            note("something is missing or has failed, and that is said first")
            if let candidate = candidates.first(where: \.addressesProblem) { return reply(candidate) }
            return try fixed(phrase, composition, context)
        }
        if let best = best(usable.filter { $0.origin == .tool }) {
            note("it comes with what a tool or retriever brought")
            return reply(best)
        }
        if let best = best(usable.filter { $0.origin == .guideline }) {
            note("it belongs to the foremost guideline that has one")
            return reply(best)
        }
        if let best = bestOfAgent(usable.filter { $0.origin == .agent }, context) {
            note("of the agent's responses it is most like what was said")
            return reply(best)
        }
        guard !isGreeting else { return nil }
        note("no canned response could be said")
        return Reply(text: phrases.noMatch)
    }

    private func problemPhrase(_ composition: Composition, _ usable: [CannedCandidate]) -> String? {
        if composition.problems.contains(where: { $0.reason != nil }) { return phrases.invalidParameters }
        if !composition.problems.isEmpty { return phrases.missingParameters }
        // A journey that took the way of failure has words of its own for it.
        let states = composition.matches.map(\.guideline).filter { $0.journeyState != nil }
        let ofStates = Set(states.flatMap(\.cannedResponses))
        if usable.contains(where: { ofStates.contains($0.response.id) }) { return nil }
        if !composition.failureReasons.isEmpty { return phrases.toolFailure }
        if composition.hasDefect { return phrases.toolDefect }
        return nil
    }

    private func fixed(
        _ phrase: String, _ composition: Composition, _ context: TurnContext
    ) throws -> Reply {
        let template = try CannedResponseTemplate(phrase)
        do {
            return Reply(text: try template.render(composition.allFields(in: context)))
        } catch {
            // What the phrase speaks of may be hidden from customers.
            return Reply(text: phrases.noMatch)
        }
    }

    /// Of one source: the response that uses most of what tools brought, then the first.
    private func best(_ candidates: [CannedCandidate]) -> CannedCandidate? {
        let most = candidates.map(\.toolFieldsUsed).max()
        return candidates.first { $0.toolFieldsUsed == most }
    }

    /// A response of the agent itself must say something about what was asked: a field of this turn's tools, or the
    /// customer's own words.
    private func bestOfAgent(_ candidates: [CannedCandidate], _ context: TurnContext) -> CannedCandidate? {
        let withFields = candidates.filter { $0.toolFieldsUsed > 0 }
        if let best = best(withFields) { return best }
        let messages = context.interaction.unansweredCustomerMessages
        let scores = CannedResponseScorer(candidates.map(\.response)).matches(messages: messages).map(\.score)
        let ranked = zip(candidates, scores).filter { $0.1 >= ConditionScorer.threshold }
        return ranked.max { $0.1 < $1.1 }?.0
    }

    private func reply(_ candidate: CannedCandidate) -> Reply {
        Reply(
            text: candidate.text, cannedResponses: [(candidate.response.id, candidate.text)],
            metadata: candidate.response.metadata)
    }
}
