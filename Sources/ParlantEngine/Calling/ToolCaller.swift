import Logging
import ParlantCore

/// What somebody who judges says about the candidates that code did not decide about.
struct ToolJudgement: Sendable {
    var proposals: [ProposedCall] = []
    /// About those that are not proposed.
    var verdicts: [ToolVerdict] = []

    mutating func add(_ other: ToolJudgement) {
        proposals += other.proposals
        verdicts += other.verdicts
    }
}

/// Judges the candidates that code does not decide about.
protocol ArgumentInference: Sendable {
    /// Proposes calls for what the triage left open; what it says nothing about is not needed.
    ///
    /// - Parameter runs: What ran before in this turn.
    /// - Throws: ``NLPError``, `CancellationError`.
    func judge(
        _ triage: ToolTriage, matches: [GuidelineMatch], runs: [ToolRun], _ earlier: EarlierCalls,
        in context: TurnContext
    ) async throws -> ToolJudgement
}

/// Calls tools on behalf of matched guidelines: plans, and runs all calls of a round side by side.
struct ToolCaller: Sendable {
    let inference: any ArgumentInference
    let logger: Logger

    /// Decides what runs in this round. Costs nothing where no guideline offers a tool, and no model call where code
    /// decides.
    ///
    /// - Parameter runs: What ran before in this turn.
    /// - Throws: what the inference throws.
    func plan(_ matches: [GuidelineMatch], after runs: [ToolRun], in context: TurnContext) async throws -> ToolPlan {
        let offered = ToolCandidate.offered(by: matches, among: context.snapshot.tools)
        if offered.isEmpty { return ToolPlan() }
        var triage = ToolTriage(offered, after: runs, context.snapshot.relationships)
        let (choices, broken) = try await choices(of: triage.open.joined().map(\.tool), in: context)
        triage = triage.without(Set(broken.map(\.tool))).with(choices)
        let earlier = EarlierCalls(context.interaction, untold: context.untoldCalls, context.snapshot.tools)
        var admission = CallAdmission(triage, after: runs, earlier)
        if !triage.open.isEmpty {
            let judgement = try await inference.judge(
                triage, matches: matches, runs: runs, earlier, in: context)
            for proposal in judgement.proposals { admission.admit(proposal) }
            for verdict in judgement.verdicts { admission.note(verdict) }
        }
        for verdict in broken { admission.note(verdict) }
        return admission.concluded(offered)
    }

    /// Choices of the tools' parameters, asked for side by side. A tool whose function fails cannot be called safely and
    /// is left out.
    private func choices(
        of tools: [Tool], in context: TurnContext
    ) async throws -> (choices: [ToolID: [String: [JSONValue]]], broken: [ToolVerdict]) {
        try await withThrowingTaskGroup(of: (ToolID, [String: [JSONValue]]?).self) { group in
            var all: [ToolID: [String: [JSONValue]]] = [:]
            for tool in tools {
                guard tool.parameters.contains(where: { $0.choices == .code }) else {
                    all[tool.id] = Self.fixedChoices(of: tool)
                    continue
                }
                group.addTask { (tool.id, try await choicesByCode(of: tool, in: context)) }
            }
            var broken: [ToolVerdict] = []
            for try await (tool, choices) in group {
                all[tool] = choices
                if choices == nil {
                    broken.append(ToolVerdict(tool, .cannotRun, "a function that lists choices failed"))
                }
            }
            return (all, broken)
        }
    }

    private static func fixedChoices(of tool: Tool) -> [String: [JSONValue]] {
        tool.parameters.reduce(into: [:]) { choices, parameter in
            if case .fixed(let values) = parameter.choices { choices[parameter.name] = values }
        }
    }

    /// Nil when a function failed, which is in the log then.
    private func choicesByCode(of tool: Tool, in context: TurnContext) async throws -> [String: [JSONValue]]? {
        var choices = Self.fixedChoices(of: tool)
        for parameter in tool.parameters where parameter.choices == .code {
            do {
                choices[parameter.name] = try await context.snapshot.handlers.choices(
                    of: parameter, of: tool, in: context.handlerContext)
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.error(
                    "choices failed; the tool is left out",
                    metadata: ["tool": "\(tool.id)", "parameter": "\(parameter.name)", "error": "\(error)"])
                return nil
            }
        }
        return choices
    }

    /// Runs the calls side by side; outcomes in the order of `calls`. A tool that fails or takes too long fails alone.
    ///
    /// When the turn is cancelled meanwhile, tools without consequences are given up, and left out of what is returned;
    /// the others go on to their end, so that whoever comes next knows what was done.
    ///
    /// - Parameter journal: Where calls that cannot be undone are written down before they run, and how they ended.
    /// - Throws: what the store throws when they cannot be written down; then nothing ran.
    func run(
        _ plan: ToolPlan, in context: TurnContext, _ journal: TurnJournal? = nil
    ) async throws -> [ToolRun] {
        let tools = context.snapshot.tools
        let lasting = plan.calls.filter { tools[$0.tool]?.consequential ?? false }
        var place = lasting.isEmpty ? 0 : try await journal?.begin(lasting) ?? 0
        return await withTaskGroup(of: (Int, ToolRun)?.self) { group in
            for (index, call) in plan.calls.enumerated() {
                guard let tool = context.snapshot.tools[call.tool] else { continue }
                let (owners, rivals) = plan.candidates[call.tool] ?? ([], [])
                let line = place
                if tool.consequential { place += 1 }
                group.addTask {
                    let begin = context.clock.uptime
                    guard let outcome = await outcome(of: call, tool, in: context) else { return nil }
                    let run = ToolRun(
                        call: call, outcome: outcome, duration: context.clock.uptime - begin, owners: owners,
                        rivals: rivals, isConsequential: tool.consequential)
                    if tool.consequential { await note(run, at: line, in: journal) }
                    return (index, run)
                }
            }
            var runs: [(Int, ToolRun)] = []
            for await run in group { if let run { runs.append(run) } }
            return runs.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Writes down how the call ended. The turn goes on where that fails: it still can tell.
    private func note(_ run: ToolRun, at place: Int, in journal: TurnJournal?) async {
        do {
            try await journal?.end(place, run)
        } catch {
            logger.warning(
                "how a tool ended could not be written down",
                metadata: ["tool": "\(run.call.tool)", "error": "\(error)"])
        }
    }

    /// How the call ended; nil when it was given up with the turn.
    private func outcome(of call: ToolCall, _ tool: Tool, in context: TurnContext) async -> ToolOutcome? {
        func run() async throws -> ToolOutcome {
            try await context.snapshot.handlers.run(tool, arguments: call.arguments, in: context.handlerContext)
        }
        do {
            guard tool.consequential else { return try await run() }
            // A task of its own is not cancelled with the turn.
            return try await Task { try await run() }.value
        } catch {
            if Task.isCancelled, !tool.consequential { return nil }
            return .defect("\(tool.id) was given up: \(error)")
        }
    }
}
