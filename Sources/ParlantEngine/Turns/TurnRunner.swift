import Logging
import ParlantCore

/// Runs one turn: load, match, call tools, compose, emit, ready (`domain.md` 1.2).
struct TurnRunner: Sendable {
    let log: SessionLog
    let customers: any CustomerStore
    let tags: any TagStore
    let agents: any AgentCatalog
    let variables: CustomerVariables
    let keyValues: any KeyValueStore
    let strategies: Strategies
    let settings: EngineSettings
    let clock: any TimeSource
    let logger: Logger
    var observer: (any TurnObserver)?

    /// Performs the turn and returns when all that it had to say is in the log, also after cancellation or failure.
    func run(_ request: TurnRequest, gate: TurnGate) async {
        var logger = logger
        logger[metadataKey: "session"] = "\(request.session)"
        logger[metadataKey: "trace"] = "\(request.traceID)"
        var emitter: TurnEmitter?
        var report = TurnReport(session: request.session, traceID: request.traceID)
        do {
            if let context = try await load(request, emitter: &emitter, logger) {
                report.agent = context.agent.id
                try await perform(context, gate, emitter, &report, logger)
            } else {
                report.ending = .unanswered("the session is in manual mode, or its agent is not defined")
            }
        } catch let error as StoreError where error.code == .notFound && error.entity == "session" {
            emitter?.close()
            report.ending = .cancelled
            logger.debug("the session was deleted during its turn")
        } catch {
            let isCancelled = error is CancellationError || Task.isCancelled
            report.ending = isCancelled ? .cancelled : .failed("\(error)")
            await fail(error, emitter, logger)
        }
        observer?.turnEnded(report)
    }

    func fail(_ error: any Error, _ emitter: TurnEmitter?, _ logger: Logger) async {
        let completed = EventData.status(.ready, Self.completed([], []))
        let ending: [JSONValue]
        if error is CancellationError || Task.isCancelled {
            logger.debug("turn cancelled")
            ending = [EventData.status(.cancelled), completed]
        } else {
            logger.error("turn failed", metadata: ["error": "\(error)"])
            let text = (error as? NLPError)?.message ?? (error as? StoreError)?.message ?? "the turn failed"
            ending = [EventData.status(.error, ["exception": .string(text)]), completed]
        }
        do {
            try await emitter?.finish(ending)
        } catch {
            logger.warning("the end of a turn could not be stored", metadata: ["error": "\(error)"])
        }
    }

    private func load(
        _ request: TurnRequest, emitter: inout TurnEmitter?, _ logger: Logger
    ) async throws -> TurnContext? {
        let session = try await log.store.read(request.session)
        guard session.mode == .auto else {
            request.onRefused?(.manual)
            return nil
        }
        guard let snapshot = agents.snapshot(of: session.agentID) else {
            logger.warning("nobody answers: the agent is not defined", metadata: ["agent": "\(session.agentID)"])
            request.onRefused?(.unknownAgent(session.agentID))
            return nil
        }
        let turn = TurnEmitter(
            log: log, customers: customers, variables: variables, keyValues: keyValues, session: session,
            agent: snapshot.agent, traceID: request.traceID)
        emitter = turn
        let first = try await turn.status(.acknowledged)
        return try await context(of: session, snapshot, turn, until: request.causeOffset ?? first.offset)
    }

    /// Loads what a turn works on: the newest events up to an offset, and those that came since.
    func context(
        of session: Session, _ snapshot: AgentSnapshot, _ emitter: TurnEmitter, until offset: Int
    ) async throws -> TurnContext {
        let customer = try await customer(session.customerID)
        let first = max(0, offset - settings.historyEvents)
        let events = try await log.store.events(of: session.id, matching: EventQuery(minOffset: first))
        let (interaction, question) = Interaction.read(events)
        return TurnContext(
            snapshot: snapshot, customer: customer, customerTags: try await names(of: customer), session: session,
            interaction: interaction, variables: try await variables.values(for: customer, of: snapshot.agent),
            pendingQuestion: question, traceID: emitter.traceID, effects: emitter,
            today: String(clock.now.description.prefix(10)))
    }

    /// Somebody whom no store knows is served under their id, as the reference signs their messages.
    private func customer(_ id: CustomerID) async throws -> Customer {
        do {
            return try await customers.read(id)
        } catch let error as StoreError where error.code == .notFound {
            return Customer(id: id, createdAt: clock.now, name: id.rawValue)
        }
    }

    private func names(of customer: Customer) async throws -> [Tag] {
        var tags: [Tag] = []
        for id in customer.tags {
            do {
                tags.append(try await self.tags.read(id))
            } catch let error as StoreError where error.code == .notFound {
                continue
            }
        }
        return tags
    }

    private func perform(
        _ context: TurnContext, _ gate: TurnGate, _ emitter: TurnEmitter?, _ report: inout TurnReport,
        _ logger: Logger
    ) async throws {
        guard let emitter else { return }
        var context = context
        try await emitter.emitStatus(.processing, ["stage": "Interpreting"])
        let matches = try await strategies.matcher.match(in: context)
        report.matches = matches
        for match in matches {
            logger.debug(
                "guideline matched",
                metadata: ["guideline": "\(match.guideline.id)", "rationale": "\(match.rationale)"])
        }
        let (runs, problems) = try await callTools(for: matches, context, emitter, logger)
        context.toolCalls = runs.map(\.eventJSON)
        (report.runs, report.missing) = (runs, problems)
        await notify(.onSelected, matches, context, logger)
        try await emitter.emitStatus(.typing, [:])
        let composition = Composition(
            matches: matches, runs: runs, problems: problems,
            fields: await fields(of: matches, context, logger))
        let reply = try await strategies.composer.compose(composition, in: context)
        try gate.beginWriting()
        if let reply {
            try await emitter.message(reply)
            report.reply = reply.text
            await notify(.onMessage, matches, context, logger)
        }
        let labels = matches.flatMap(\.guideline.labels)
        if !labels.isEmpty { try await emitter.updateSession(SessionChange(addLabels: labels)) }
        try await emitter.finish(
            (reply == nil ? [] : [EventData.status(.ready)])
                + [EventData.status(.ready, Self.completed(matches, problems))])
    }

    private func callTools(
        for matches: [GuidelineMatch], _ context: TurnContext, _ emitter: TurnEmitter, _ logger: Logger
    ) async throws -> (runs: [ToolRun], problems: [ParameterProblem]) {
        let candidates = try await strategies.caller.candidates(for: matches, in: context)
        guard !candidates.isEmpty else { return ([], []) }
        var runs: [ToolRun] = []
        var problems: [ParameterProblem] = []
        for _ in 0..<context.agent.maxEngineIterations {
            let plan = try await strategies.caller.inference.plan(
                candidates, matches: matches, results: runs, in: context)
            problems = plan.problems
            guard !plan.calls.isEmpty else { break }
            try await emitter.emitStatus(.processing, ["stage": "Considering tools"])
            let round = try await strategies.caller.run(plan.calls, in: context)
            try await report(round, emitter, logger)
            runs += round
            try await emitter.emitStatus(.processing, ["stage": "Interpreting"])
        }
        for case .invalid(let found) in runs.map(\.outcome) { problems += found }
        return (runs, Self.foremost(problems))
    }

    /// Stores what outlives the reply, and switches the mode: once any tool hands over, no other can undo it.
    private func report(_ runs: [ToolRun], _ emitter: TurnEmitter, _ logger: Logger) async throws {
        for run in runs {
            if case .defect(let text) = run.outcome {
                logger.error("tool failed", metadata: ["tool": "\(run.call.tool)", "error": "\(text)"])
            }
        }
        let lasting = runs.filter { $0.result?.lifespan != .response && $0.isReported }
        if !lasting.isEmpty { try await emitter.toolCalls(lasting.map(\.eventJSON)) }
        let modes = runs.compactMap { $0.result?.mode }
        if let mode = modes.contains(.manual) ? .manual : modes.last {
            try await emitter.updateSession(SessionChange(mode: mode))
        }
    }

    private func fields(
        of matches: [GuidelineMatch], _ context: TurnContext, _ logger: Logger
    ) async -> JSONObject {
        var fields: JSONObject = [:]
        for match in matches where match.guideline.handlers.contains(.cannedResponseFields) {
            do {
                let more = try await context.snapshot.handlers.cannedResponseFields(
                    of: match.guideline, in: context.handlerContext)
                fields.merge(more) { first, _ in first }
            } catch {
                logger.error(
                    "canned_response_fields failed",
                    metadata: ["guideline": "\(match.guideline.id)", "error": "\(error)"])
            }
        }
        return fields
    }

    private func notify(
        _ handler: GuidelineHandler, _ matches: [GuidelineMatch], _ context: TurnContext, _ logger: Logger
    ) async {
        for match in matches where match.guideline.handlers.contains(handler) {
            do {
                try await context.snapshot.handlers.notify(handler, of: match, in: context.handlerContext)
            } catch {
                logger.error(
                    "\(handler.rawValue) failed",
                    metadata: ["guideline": "\(match.guideline.id)", "error": "\(error)"])
            }
        }
    }

    /// Of several problems, those that are asked for first: the lowest precedence, visible ones only (`domain.md` 1.2).
    static func foremost(_ problems: [ParameterProblem]) -> [ParameterProblem] {
        let visible = problems.filter { !$0.parameter.hidden }
        guard let first = visible.map(\.parameter.precedence).min() else { return [] }
        return visible.filter { $0.parameter.precedence == first }
    }

    static func completed(_ matches: [GuidelineMatch], _ problems: [ParameterProblem]) -> JSONObject {
        var details: JSONObject = [
            "stage": "completed",
            "matched_guidelines": .array(matches.map { ["id": .string($0.guideline.id.rawValue)] }),
            "matched_journeys": [], "matched_journey_states": [],
        ]
        if !problems.isEmpty { details["missing_parameters"] = .array(problems.map(PendingQuestion.json)) }
        return details
    }
}

extension ToolRun {
    /// Whether the call becomes part of the session: a failure is for this reply only (`lua-authoring-surface.md` 8).
    fileprivate var isReported: Bool { result != nil }
}
