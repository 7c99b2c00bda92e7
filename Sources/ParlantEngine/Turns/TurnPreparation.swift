import Logging
import ParlantCore

/// What the rounds of matching and tool calls of one turn have found.
struct Preparation: Sendable {
    /// What applies, relationships respected, in the order of importance.
    var matches: [GuidelineMatch] = []
    /// What the relationships made of everything that was matched and of the active journeys: the last word on each.
    var resolutions: [ResolutionRecord] = []
    /// Where the session is in its journeys.
    var journeys: JourneyNavigator
    /// Ways that a test told journeys to go, and that could not be gone.
    var waysLeft: [JourneyWay] = []
    /// Tool calls of all rounds, in the order in which they ran.
    var runs: [ToolRun] = []
    /// What retrievers brought for the reply.
    var retrieved: [Retrieved] = []
    /// Passages of documents for the reply, best first.
    var passages: [FoundPassage] = []
    /// What was decided about the tools that were offered, round after round.
    var verdicts: [ToolVerdict] = []
    /// Consequential calls that would repeat what an earlier turn did, and that the customer is asked about.
    var withheld: [ToolCall] = []
    /// What has to be asked for; the foremost only.
    var problems: [ParameterProblem] = []

    /// What the last decision about guidelines and journeys was made of.
    fileprivate var basis: Basis

    fileprivate struct Basis {
        var judged: [GuidelineMatch] = []
        var guidelines: [Guideline] = []
        var step: JourneyStep
    }

    fileprivate init(_ step: JourneyStep) {
        journeys = step.navigator
        basis = Basis(step: step)
    }

    /// Replaces what was said earlier in the turn about the same guidelines and journeys.
    fileprivate mutating func note(_ records: [ResolutionRecord]) {
        let entities = Set(records.map(\.entity))
        resolutions = records + resolutions.filter { !entities.contains($0.entity) }
    }
}

/// Finding out what applies and what has to be done, before anything is said (`domain.md` 1.2, step 5).
extension TurnRunner {
    /// Matches, then calls tools, then judges anew what the tools may have changed; at most as many rounds as the agent
    /// allows.
    ///
    /// Before a tool runs whose effect cannot be undone, the turn begins to count as one that answers: a newer message
    /// does not cancel it any more, and what was done is told.
    func prepare(
        _ context: inout TurnContext, _ gate: TurnGate, _ emitter: TurnEmitter, _ logger: Logger
    ) async throws -> Preparation {
        context.recorder.enter(.matching)
        var step = JourneyStep(context, script: strategies.director?.script(for: context.session.id), logger)
        var found = Preparation(step)
        try await emitter.emitStatus(.processing, ["stage": "Interpreting"])
        let guidelines = context.candidateGuidelines(step.navigator)
        context.recorder.note { $0.considered = guidelines }
        var judged = try await step.judge(guidelines, by: strategies.matcher, in: context)
        context.recorder.note { $0.matching.hasJudged = true }
        // What ran before the turn was interrupted counts as run in its first round.
        var earlier = context.remains.runs
        found.runs = earlier
        context.recorder.note { [earlier] in $0.runs = earlier }
        if let mode = HandOff.mode(after: earlier, []), mode != context.session.mode {
            try await emitter.updateSession(SessionChange(mode: mode))
        }
        for _ in 0..<context.agent.maxEngineIterations {
            guard try await TurnHooks(context).allow(.preparationIterationStart) else { break }
            resolve(judged, &step, &found, as: guidelines, in: context, logger)
            try await addVariables(of: step.navigator.active, to: &context)
            context.recorder.enter(.tools)
            let plan = try await strategies.caller.plan(found.matches, after: found.runs, in: context)
            found.problems = plan.problems
            found.verdicts += plan.verdicts
            found.withheld = plan.withheld
            context.recorder.note { [verdicts = found.verdicts] in $0.verdicts = verdicts }
            var ran: [ToolRun] = []
            swap(&ran, &earlier)
            if !plan.calls.isEmpty {
                try await emitter.emitStatus(.processing, ["stage": "Considering tools"])
                if plan.calls.contains(where: { context.snapshot.tools[$0.tool]?.consequential ?? false }) {
                    try gate.beginWriting()
                }
                let new = try await strategies.caller.run(plan, in: context, emitter.journal)
                context.recorder.note { [runs = found.runs + new] in $0.runs = runs }
                try await report(new, after: found.runs, emitter, logger)
                try Task.checkCancellation()
                found.runs += new
                ran += new
                context.toolCalls = found.runs.map(\.eventJSON)
                try await emitter.emitStatus(.processing, ["stage": "Interpreting"])
            }
            context.recorder.enter(.matching)
            let hasMoved = step.toolsRan(found.runs, plan)
            let executed = Set(ran.filter(\.hasExecuted).map(\.call.tool))
            let open = context.snapshot.guidelines(reevaluatedAfter: executed, among: guidelines)
            if !open.isEmpty || step.navigator.needsVerdict {
                judged.removeAll { match in open.contains { $0.id == match.guideline.id } }
                judged += try await step.judge(open, by: strategies.matcher, in: context)
            }
            guard try await TurnHooks(context).allow(.preparationIterationEnd), !ran.isEmpty || hasMoved else {
                break
            }
        }
        let brought =
            TransientGuidelines.matches(of: found.runs)
            + TransientGuidelines.questions(about: found.withheld, beside: found.matches)
        found.basis = .init(judged: judged + brought, guidelines: guidelines, step: step)
        decide(&found, in: context, logger)
        try await addVariables(of: found.journeys.active, to: &context)
        found.problems = (found.problems + Self.refused(found.runs)).foremost
        context.recorder.note { [found] report in report.missing = found.problems }
        for match in found.matches {
            logger.debug(
                "guideline matched",
                metadata: ["guideline": "\(match.guideline.id)", "rationale": "\(match.rationale)"])
        }
        for record in found.resolutions where record.kind != .none {
            let reasons = record.decisions.map(\.reason).joined(separator: "; ")
            logger.debug(
                "relationships decided",
                metadata: ["entity": "\(record.entity)", "applies": "\(record.applies)", "reason": "\(reasons)"])
        }
        return found
    }

    /// Lets rules that retrievers brought take part in what applies: priorities and relationships are decided once more.
    func add(_ retrieved: [Retrieved], to found: inout Preparation, in context: TurnContext, _ logger: Logger) {
        found.retrieved = retrieved
        let rules = TransientGuidelines.matches(of: retrieved)
        guard !rules.isEmpty else { return }
        found.basis.judged += rules
        decide(&found, in: context, logger)
    }

    /// Makes the last decision of the turn so far, out of all that is known.
    private func decide(_ found: inout Preparation, in context: TurnContext, _ logger: Logger) {
        var step = found.basis.step
        resolve(found.basis.judged, &step, &found, as: found.basis.guidelines, in: context, logger)
        found.basis.step = step
        (found.journeys, found.waysLeft) = (step.navigator, step.waysLeft)
        context.recorder.note { [found] report in
            (report.journeys, report.moves) = (found.journeys.places, found.journeys.moves)
            report.waysLeft = found.waysLeft
        }
    }

    /// Lets the relationships decide about all that was judged so far, and the journeys that gave way rest.
    private func resolve(
        _ judged: [GuidelineMatch], _ step: inout JourneyStep, _ found: inout Preparation, as guidelines: [Guideline],
        in context: TurnContext, _ logger: Logger
    ) {
        var resolution: RelationalResolution
        repeat {
            resolution = strategies.resolver.resolve(
                step.matches(with: judged, as: guidelines), journeys: step.navigator.activeJourneys,
                in: context.snapshot)
            found.note(resolution.records)
            step.rest(allBut: Set(resolution.journeys.map(\.id)))
            // A journey rests with one that it goes through; then what depends on it is decided anew.
        } while resolution.journeys.contains { !step.navigator.active.contains($0.id) }
        if !resolution.isStable {
            logger.warning(
                "relationships still changed something when the rounds were used up; fewer of them would be clearer",
                metadata: ["rounds": "\(RelationalResolution.maxRounds)"])
        }
        found.matches = GuidelineMatcher.sorted(resolution.matches, as: guidelines, resolution.matches)
        context.recorder.note { [found] report in
            (report.judged, report.matches, report.resolutions) = (judged, found.matches, found.resolutions)
        }
    }

    /// Arguments that the checks of tools refused, unless the tool ran after all.
    private static func refused(_ runs: [ToolRun]) -> [ParameterProblem] {
        let executed = Set(runs.filter(\.hasExecuted).map(\.call.tool))
        return runs.flatMap { run -> [ParameterProblem] in
            guard case .invalid(let problems) = run.outcome, !executed.contains(run.call.tool) else { return [] }
            return problems
        }
    }

    /// Stores what outlives the reply, and switches the mode.
    private func report(
        _ ran: [ToolRun], after runs: [ToolRun], _ emitter: TurnEmitter, _ logger: Logger
    ) async throws {
        for run in ran {
            if case .defect(let text) = run.outcome {
                logger.error("tool failed", metadata: ["tool": "\(run.call.tool)", "error": "\(text)"])
            }
        }
        let lasting = ran.filter(\.isLasting)
        if !lasting.isEmpty { try await emitter.toolCalls(lasting.map(\.eventJSON)) }
        if let mode = HandOff.mode(after: ran, runs) { try await emitter.updateSession(SessionChange(mode: mode)) }
    }
}

extension TurnContext {
    /// The guidelines that this turn looks at. Those of journeys are judged with the others, because a journey may begin
    /// in this turn, and drop out when it does not. What begins a journey is asked while it is not under way.
    func candidateGuidelines(_ journeys: JourneyNavigator) -> [Guideline] {
        let begun = snapshot.journeys.filter { !journeys.canBegin($0.id) }
        let idle = Set(begun.flatMap(\.conditions))
            .subtracting(snapshot.journeys.filter { journeys.canBegin($0.id) }.flatMap(\.conditions))
        return snapshot.guidelines.filter(\.enabled) + snapshot.triggers.filter { !idle.contains($0.id) }
    }
}

extension AgentSnapshot {
    /// Those of `guidelines` that are judged anew once one of the tools has run (`reevaluate_after`).
    func guidelines(reevaluatedAfter tools: Set<ToolID>, among guidelines: [Guideline]) -> [Guideline] {
        let sources = relationships.compactMap { relationship -> Relationship.End? in
            guard relationship.kind == .reevaluation, case .tool(let tool) = relationship.target, tools.contains(tool)
            else { return nil }
            return relationship.source
        }
        guard !sources.isEmpty else { return [] }
        return guidelines.filter { guideline in
            sources.contains(.guideline(guideline.id)) || guideline.tags.contains { sources.contains(.tag($0)) }
        }
    }
}
