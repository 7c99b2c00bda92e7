import Logging
import ParlantCore

/// Has a model write the reply, in one request: free text, or the choice of canned responses, by the composition mode
/// (`domain.md` 1.6).
struct ModelComposer: MessageComposer {
    private let settings: EngineSettings
    private let logger: Logger
    private let ranking: CandidateRanking

    init(settings: EngineSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        ranking = CandidateRanking(logger: logger)
    }

    func compose(_ composition: Composition, in context: TurnContext, to output: any ReplyOutput) async throws {
        guard !context.interaction.messages.isEmpty || !composition.matches.isEmpty else { return }
        let mode = composition.mode(for: context.agent)
        let candidates = try await candidates(composition, mode, context)
        func note(_ reason: String) { context.recorder.note { $0.wording.reason = reason } }
        if mode == .strict, candidates.items.isEmpty {
            note("no canned response could be said")
            return try await output.say(noMatch)
        }
        let request = ReplyRequest(
            mode: mode, candidates: candidates.items, composition: composition,
            promptMessages: settings.promptMessages)
        if context.agent.outputMode == .stream, mode == .fluid || mode == .free, context.models.canStream {
            note("the model's own words, said as they were written")
            return try await output.stream { receive in
                try await Self.stream(request.streamed(in: context), context.models, receive)
            }
        }
        var answer = try await context.models.generate(request.schematic(in: context), for: .message).content
        if let draft = ReplyChoice.message(in: answer) {
            let verdict = try await TurnHooks(context).run(.draftGenerated, draft)
            let text = verdict.text ?? draft
            if verdict.decision == .bail {
                // Strict mode says no draft, whoever wants it.
                note("a hook wanted the draft as it is")
                return try await output.say(mode == .strict ? noMatch : Reply(text: text, isWritten: true))
            }
            answer = ReplyChoice.replacing(draft: text, in: answer)
        }
        note(ReplyChoice.reason(for: answer, mode))
        switch mode {
        case .strict:
            for reply in ReplyChoice.strict(answer, candidates, noMatch: settings.phrases.noMatch) {
                try await output.say(reply)
            }
        case .composited: try await output.say(ReplyChoice.written(answer))
        case .fluid, .free: try await output.say(ReplyChoice.fluid(answer, candidates))
        }
    }

    private var noMatch: Reply { Reply(text: settings.phrases.noMatch) }

    /// What the model may choose from, or takes its words from.
    private func candidates(
        _ composition: Composition, _ mode: CompositionMode, _ context: TurnContext
    ) async throws -> CannedCandidates {
        guard mode != .free else {
            context.recorder.note { $0.wording.mode = mode }
            return CannedCandidates(items: [], fields: [:])
        }
        var candidates = CannedCandidates.collect(composition, in: context, canFill: mode != .composited, logger)
        let messages =
            context.interaction.unansweredCustomerMessages
            + composition.matches.compactMap(\.guideline.content.action)
        let all = candidates.items
        candidates.items = try await ranking.select(all, for: messages, context.models)
        context.recorder.note { [candidates] report in
            report.wording.mode = mode
            report.wording.candidates = all
            report.wording.unusable = candidates.unusable
            guard all.count > candidates.items.count else { return }
            let shown = Set(candidates.items.map(\.response.id))
            report.wording.tooUnlike = all.map(\.response.id).filter { !shown.contains($0) }
        }
        return candidates
    }

    private static func stream(
        _ request: GenerationRequest, _ models: TurnModels, _ receive: @escaping PieceReceiver
    ) async throws {
        let answer = try await models.stream(request, for: .message, receive)
        guard answer.content.string?.contains(where: { !$0.isWhitespace }) ?? false else {
            throw ReplyChoice.emptyMessage
        }
    }
}
