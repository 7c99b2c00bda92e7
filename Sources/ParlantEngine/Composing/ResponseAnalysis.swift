import Logging
import ParlantCore

/// Decides which guidelines a reply really followed, so that those are remembered which were. What code can decide is
/// decided in code; a small model is asked about the rest, where the settings want it.
struct ResponseAnalysis: Sendable {
    let settings: EngineSettings
    let logger: Logger

    /// Guidelines that count as followed, in the order of the matches.
    ///
    /// Those without an action and those that are not tracked never count. After the no-match message none does. One
    /// whose own canned response was said does. About the others a model is asked, by ``EngineSettings/responseAnalysis``;
    /// where none is, and where it fails, they count.
    func followed(_ matches: [GuidelineMatch], _ replies: [Reply], in context: TurnContext) async -> [GuidelineID] {
        guard !replies.isEmpty, !replies.allSatisfy(isNoMatch) else { return [] }
        let tracked = matches.map(\.guideline).filter { $0.track && $0.content.action != nil }
        let open = open(tracked, replies, context)
        guard isWorthACall(open), context.models.canWrite else { return tracked.map(\.id) }
        let missed: Set<GuidelineID>
        do {
            missed = try await self.missed(open, replies, context)
        } catch is BudgetExhausted {
            missed = []
        } catch {
            // The reply is said; that it counts as the guidelines wanted it is what happens without this step, too.
            logger.warning("response analysis failed", metadata: ["error": "\(error)"])
            missed = []
        }
        return tracked.map(\.id).filter { !missed.contains($0) }
    }

    /// The next message waits for it, and without an answer all counts as followed.
    private static let timeLimit: Duration = .seconds(10)

    /// Guidelines about which only reading can tell (`domain.md` 1.2, step 7).
    private func open(_ tracked: [Guideline], _ replies: [Reply], _ context: TurnContext) -> [Guideline] {
        let said = Set(replies.flatMap(\.cannedResponses).map(\.id))
        return tracked.filter { guideline in
            guideline.criticality > .low && !guideline.isContinuous && guideline.journeyState == nil
                && !context.session.agentState.appliedGuidelines.contains(guideline.id)
                && said.isDisjoint(with: guideline.cannedResponses)
        }
    }

    private func isWorthACall(_ open: [Guideline]) -> Bool {
        switch settings.responseAnalysis {
        case .never: false
        case .always: !open.isEmpty
        case .whereItMatters: open.contains { $0.criticality == .high || $0.needsCustomer }
        }
    }

    private func isNoMatch(_ reply: Reply) -> Bool {
        !reply.isWritten && reply.cannedResponses.isEmpty && reply.text == settings.phrases.noMatch
    }

    private func missed(
        _ open: [Guideline], _ replies: [Reply], _ context: TurnContext
    ) async throws -> Set<GuidelineID> {
        let answer = try await context.models.generate(request(open, replies, context), for: .responseAnalysis).content
        let followed = Set((answer["followed"]?.array ?? []).compactMap(\.integer))
        return Set(open.enumerated().filter { !followed.contains(Int64($0.offset + 1)) }.map(\.element.id))
    }

    private func request(_ open: [Guideline], _ replies: [Reply], _ context: TurnContext) -> GenerationRequest {
        var system = PromptBuilder()
        system.section(
            "Task",
            [
                PromptBuilder.identity(of: context.agent),
                "Tell which of the guidelines the agent's last message followed. One whose action needs something of the "
                    + "customer is followed only when the customer has given it. Answer with their numbers.",
            ])
        var prompt = PromptBuilder()
        prompt.section(
            "Guidelines",
            open.enumerated().map { index, guideline in
                let condition = guideline.content.condition.map { "When \($0): " } ?? ""
                return "\(index + 1). \(condition)\(guideline.content.action ?? "")"
            })
        prompt.conversation(context.interaction, limit: settings.promptMessages)
        prompt.section("The agent's last message", replies.map(\.text))
        return GenerationRequest(
            system: system.text, prompt: prompt.text, schemaName: "followed_guidelines",
            schema: [
                "type": "object",
                "properties": ["followed": ["type": "array", "items": ["type": "integer"]]],
                "required": ["followed"], "additionalProperties": false,
            ], maxTokens: 256, size: .mini, timeLimit: Self.timeLimit)
    }
}
