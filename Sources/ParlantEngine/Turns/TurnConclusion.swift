import Logging
import ParlantCore

/// Saying what there is to say, and ending the turn (`domain.md` 1.2, step 7).
extension TurnRunner {
    /// Writes the reply, sends it, remembers what was followed, and ends with ready.
    ///
    /// - Parameter pacing: What the customer sees until the reply; it has ended when this returns.
    func conclude(
        _ found: Preparation, _ context: TurnContext, _ pacing: PacingTask?, _ gate: TurnGate,
        _ emitter: TurnEmitter, _ logger: Logger
    ) async throws {
        context.recorder.enter(.composing)
        let hooks = TurnHooks(context)
        let mayWrite = try await hooks.allow(.generatingMessages)
        await notify(.onSelected, found, context, logger)
        if mayWrite { try await emitter.emitStatus(.typing, [:]) }
        pacing?.composing()
        memories?.accesses.note(context.memories.map(\.memory))
        let composition = Composition(
            matches: found.matches, runs: found.runs, retrieved: found.retrieved, passages: found.passages,
            problems: found.problems,
            fields: await fields(of: found.matches, context, logger),
            preamble: pacing?.preamble ?? context.remains.preamble)
        let output = output(of: context, hooks, pacing, gate, emitter)
        if mayWrite {
            do {
                try await strategies.composer.compose(composition, in: context, to: output)
            } catch let stop as BudgetExhausted {
                // What was said by then is the reply.
                if output.replies.isEmpty { throw stop }
            }
        }
        context.recorder.enter(.finishing)
        try gate.beginWriting()
        await pacing?.end()
        let replies = output.replies
        gate.beginEnding()
        // What follows matters for the turns to come alone, and may take a while.
        if !replies.isEmpty { _ = try await emitter.status(.ready) }
        try await remember(found, replies, context, emitter, logger)
        if !replies.isEmpty {
            _ = try await hooks.run(.messagesEmitted, output.text)
            await notify(.onMessage, found, context, logger)
        }
        try await emitter.finish([
            EventData.status(.ready, Self.completed(found.matches, found.problems, found.journeys))
        ])
    }

    /// Ends a turn that may ask no model any more and has said nothing yet: with the message of the budgets and ready.
    /// What it found out is not remembered, because the customer has seen nothing of it.
    ///
    /// - Parameter isTyping: Whether the customer sees the agent typing already.
    func conclude(
        _ stop: BudgetExhausted, _ context: TurnContext, isTyping: Bool, _ pacing: PacingTask?, _ gate: TurnGate,
        _ emitter: TurnEmitter, _ logger: Logger
    ) async throws {
        logger.notice("a turn ends early", metadata: ["reason": "\(stop)"])
        do {
            let hooks = TurnHooks(context)
            let output = output(of: context, hooks, pacing, gate, emitter)
            context.recorder.enter(.composing)
            if !isTyping { try await emitter.emitStatus(.typing, [:]) }
            try await output.say(Reply(text: budgets.budgets.message))
            context.recorder.enter(.finishing)
            try gate.beginWriting()
            await pacing?.end()
            gate.beginEnding()
            if !output.replies.isEmpty { _ = try await hooks.run(.messagesEmitted, output.text) }
            try await emitter.finish([EventData.status(.ready, Self.completed([], []))])
        } catch {
            await pacing?.end()
            throw error
        }
    }

    private func output(
        of context: TurnContext, _ hooks: TurnHooks, _ pacing: PacingTask?, _ gate: TurnGate, _ emitter: TurnEmitter
    ) -> TurnOutput {
        TurnOutput(
            emitter, hooks: hooks, pacing: pacing, delays: strategies.delays(of: context.agent, in: emitter.traceID),
            clock: clock, latch: gate.beginWriting)
    }

    /// Saves what the next turn has to know, in one write, and only when something changed.
    private func remember(
        _ found: Preparation, _ replies: [Reply], _ context: TurnContext, _ emitter: TurnEmitter, _ logger: Logger
    ) async throws {
        let analysis = ResponseAnalysis(settings: settings, logger: logger)
        var state = context.session.agentState
        state.appliedGuidelines.append(contentsOf: await analysis.followed(found.matches, replies, in: context))
        state.journeys = found.journeys.places
        let labels = found.matches.flatMap(\.guideline.labels)
        let hasChanged = state != context.session.agentState
        guard hasChanged || !labels.isEmpty else { return }
        try await emitter.updateSession(
            SessionChange(addLabels: labels, agentState: hasChanged ? state : nil))
    }

    private func fields(
        of matches: [GuidelineMatch], _ context: TurnContext, _ logger: Logger
    ) async -> JSONObject {
        var fields: JSONObject = [:]
        for match in matches where match.guideline.handlers.contains(.cannedResponseFields) {
            do {
                let more = try await context.snapshot.handlers.cannedResponseFields(
                    of: match.guideline.handlerOwner, in: context.handlerContext)
                fields.merge(more) { first, _ in first }
            } catch {
                logger.error(
                    "canned_response_fields failed",
                    metadata: ["guideline": "\(match.guideline.id)", "error": "\(error)"])
            }
        }
        return fields
    }

    /// Calls the functions of everything that applies: of guidelines and states, then of active journeys.
    private func notify(
        _ handler: GuidelineHandler, _ found: Preparation, _ context: TurnContext, _ logger: Logger
    ) async {
        let active = found.journeys.active
        let journeys = context.snapshot.journeys.filter { active.contains($0.id) && $0.handlers.contains(handler) }
        let callees: [(owner: HandlerOwner, match: GuidelineMatch?)] =
            found.matches.filter { $0.guideline.handlers.contains(handler) }.map { ($0.guideline.handlerOwner, $0) }
            + journeys.map { (.journey($0.id), nil) }
        for (owner, match) in callees {
            do {
                try await context.snapshot.handlers.notify(
                    handler, of: owner, match: match, in: context.handlerContext)
            } catch {
                logger.error(
                    "\(handler.rawValue) failed", metadata: ["owner": "\(owner)", "error": "\(error)"])
            }
        }
    }

    /// What the last status of a turn shows (`wire-api.md` 7).
    static func completed(
        _ matches: [GuidelineMatch], _ problems: [ParameterProblem], _ journeys: JourneyNavigator = .init([])
    ) -> JSONObject {
        func list(_ ids: some Sequence<String>) -> JSONValue { .array(ids.map { ["id": .string($0)] }) }
        var details: JSONObject = [
            "stage": "completed",
            // Guidelines that a tool's open question may ask for again are found by these ids, so states are among them.
            "matched_guidelines": list(
                matches.map(\.guideline.id).filter { !TransientGuidelines.contains($0) }.map(\.rawValue)),
            "matched_journeys": list(journeys.active.map(\.rawValue)),
            "matched_journey_states": list(journeys.matches.map(\.guideline.id.rawValue)),
        ]
        if !problems.isEmpty { details["missing_parameters"] = .array(problems.map(PendingQuestion.json)) }
        return details
    }
}
