import Logging
import ParlantCore

/// Runs one turn: load, match, call tools, compose, emit, ready (`domain.md` 1.2).
struct TurnRunner: Sendable {
    var log: SessionLog
    let customers: any CustomerStore
    let tags: any TagStore
    let agents: any AgentCatalog
    let variables: CustomerVariables
    let keyValues: any KeyValueStore
    /// Nil where nothing is remembered.
    let memories: MemoryShelf?
    /// Documents of customers and agents; nil where there are none.
    let documents: DocumentSearch?
    let nlp: any NLPService
    let strategies: Strategies
    let budgets: BudgetKeeper
    let settings: EngineSettings
    let clock: any TimeSource
    /// Where explanations of turns are kept; nil: nowhere.
    let explanations: (any ExplanationStore)?
    let logger: Logger
    var observer: (any TurnObserver)?

    /// Performs the turn and returns when all that it had to say is in the log, also after cancellation or failure.
    ///
    /// Where the store stops answering in its middle, the turn waits for it, and is then taken up as after a crash.
    /// Whatever cancels it ends the waiting, and so does a stop; then it stays open for the next start.
    func run(_ request: TurnRequest, gate: TurnGate) async {
        var logger = logger
        logger[metadataKey: "session"] = "\(request.session)"
        logger[metadataKey: "trace"] = "\(request.traceID)"
        var request = request
        var pause = Self.firstPause
        var calls: [OpenCall]?
        while await attempt(request, gate, &calls, logger) == .unstored {
            gate.beginEnding()
            guard await gate.pause(for: pause, clock) else { return }
            pause = min(pause * 2, Self.longestPause)
            (request.isResumed, request.isRefused) = (true, request.isRefused || request.onRefused != nil)
            request.onRefused = nil
        }
    }

    /// Pauses between attempts to end a turn whose store does not answer; each is twice as long as the one before.
    private static let (firstPause, longestPause) = (Duration.seconds(1), Duration.seconds(30))

    /// - Parameter calls: What this process knows of the turn's calls, more perhaps than it could write down.
    private func attempt(
        _ request: TurnRequest, _ gate: TurnGate, _ calls: inout [OpenCall]?, _ logger: Logger
    ) async -> TurnEnding {
        var turn = OpenTurn(
            session: request.session, traceID: request.traceID, causeOffset: request.causeOffset, openedAt: clock.now)
        var remains = TurnRemains()
        if request.isResumed {
            do {
                // In a task of its own: what is known of calls is written down also when the turn is cancelled.
                guard
                    let found = try await Task(operation: { [calls] in try await pickUp(request, calls, logger) }).value
                else {
                    return .settled
                }
                (turn, remains) = found
            } catch let error as StoreError where error.isSessionGone {
                return .settled
            } catch {
                logger.warning("an interrupted turn could not be taken up", metadata: ["error": "\(error)"])
                return TurnEnding(after: error)
            }
        }
        let journal = TurnJournal(turn, store: log.store, under: log.lease)
        let ending = await perform(journal, remains, request, gate, logger)
        calls = await journal.calls
        return ending
    }

    private func perform(
        _ journal: TurnJournal, _ remains: TurnRemains, _ request: TurnRequest, _ gate: TurnGate, _ logger: Logger
    ) async -> TurnEnding {
        var ending = TurnEnding.settled
        var emitter: TurnEmitter?
        var context: TurnContext?
        let recorder = recorder(of: request.session, request.traceID, logger)
        recorder.note { report in
            report.cause = request.causeOffset.map { .message(offset: $0) } ?? .request
            report.doubleText = request.doubleText
        }
        do {
            context = try await load(request, journal, remains, recorder, emitter: &emitter, logger)
            if let context {
                guard try await TurnHooks(context).allow(.acknowledged), try await TurnHooks(context).allow(.preparing)
                else {
                    throw TurnDropped(step: .preparing)
                }
                try await perform(context, gate, emitter, logger)
            } else {
                recorder.note {
                    $0.ending = .unanswered("the session is in manual mode, or its agent is not defined")
                }
                ending = await leave(request, remains, after: nil, isStopping: gate.isStopping, logger)
            }
        } catch is TurnDropped {
            gate.beginEnding()
            ending = await end(emitter, [EventData.status(.ready, Self.completed([], []))], logger)
        } catch let error as StoreError where error.isSessionGone {
            emitter?.close()
            recorder.note { $0.ending = .cancelled }
            logger.debug("the session was deleted during its turn")
        } catch let error as StoreError where error.code == .leaseLost {
            emitter?.close()
            recorder.note { $0.ending = .cancelled }
            logger.notice("a turn ends here, because another server runs it now")
        } catch {
            if !(error is CancellationError || Task.isCancelled), let context {
                // What a hook wants does not matter any more: the turn has failed.
                _ = try? await TurnHooks(context).allow(.error, error: "\(error)")
            }
            gate.beginEnding()
            ending = await fail(error, emitter, recorder, logger)
            if emitter == nil {
                ending = await leave(request, remains, after: error, isStopping: gate.isStopping, logger)
            }
        }
        if emitter?.hasAppended != true { request.onRefused?(.turnFailed) }
        observer?.turnEnded(recorder.report)
        return ending
    }

    /// The record of a turn that begins now.
    func recorder(of session: SessionID, _ traceID: TraceID, _ logger: Logger) -> TurnRecorder {
        TurnRecorder(
            session: session, traceID: traceID,
            models: TurnModels(nlp: nlp, clock: clock, budget: budgets.turn(in: session)), store: explanations,
            clock: clock, logger: logger)
    }

    /// Ends a turn that broke or was cancelled.
    @discardableResult
    func fail(
        _ error: any Error, _ emitter: TurnEmitter?, _ recorder: TurnRecorder, _ logger: Logger
    ) async -> TurnEnding {
        let completed = EventData.status(.ready, Self.completed([], []))
        let ending: [JSONValue]
        if error is CancellationError || Task.isCancelled {
            logger.debug("turn cancelled")
            recorder.note { $0.ending = .cancelled }
            ending = [EventData.status(.cancelled), completed]
        } else {
            logger.error("turn failed", metadata: ["error": "\(error)"])
            recorder.note { $0.ending = .failed("\(error)") }
            let text =
                (error as? NLPError)?.message ?? (error as? StoreError)?.message
                ?? (error as? BudgetExhausted)?.description ?? "the turn failed"
            ending = [EventData.status(.error, ["exception": .string(text)]), completed]
        }
        return await end(emitter, ending, logger)
    }

    private func end(_ emitter: TurnEmitter?, _ statuses: [JSONValue], _ logger: Logger) async -> TurnEnding {
        do {
            try await emitter?.finish(statuses)
            return .settled
        } catch {
            logger.warning("the end of a turn could not be stored", metadata: ["error": "\(error)"])
            return TurnEnding(after: error)
        }
    }

    private func perform(
        _ context: TurnContext, _ gate: TurnGate, _ emitter: TurnEmitter?, _ logger: Logger
    ) async throws {
        guard let emitter else { return }
        var context = context
        let pacing = pacing(context, emitter, logger)
        let retrieval = context.snapshot.retrievers.isEmpty ? nil : RetrieverTask(context, logger)
        defer { retrieval?.cancel() }
        let search = strategies.canWrite ? documents.flatMap { DocumentTask(context, $0, logger) } : nil
        defer { search?.cancel() }
        var isTyping = false
        do {
            var found = try await prepare(&context, gate, emitter, logger)
            context.matchedGuidelines = found.matches
            let matched = Set(found.matches.map(\.guideline.id))
            if let retrieval {
                let retrieved = try await retrieval.finish(context) { [journeys = found.journeys] scope in
                    if case .guideline(let id) = scope { return matched.contains(id) }
                    return journeys.covers(scope)
                }
                add(retrieved, to: &found, in: context, logger)
                context.matchedGuidelines = found.matches
            }
            if let search {
                found.passages = try await search.finish()
                context.recorder.note { [passages = found.passages] in $0.knowledge.passages = passages }
            }
            isTyping = true
            try await conclude(found, context, pacing, gate, emitter, logger)
        } catch let stop as BudgetExhausted {
            try await conclude(stop, context, isTyping: isTyping, pacing, gate, emitter, logger)
        } catch {
            // Nothing may appear after the status that ends the turn.
            await pacing?.end()
            throw error
        }
    }

    /// What the customer sees until the reply; nil for an agent that keeps no pace.
    private func pacing(_ context: TurnContext, _ emitter: TurnEmitter, _ logger: Logger) -> PacingTask? {
        let pacing = strategies.pacing(of: context.agent)
        guard pacing != .none else { return nil }
        let machine = PacingMachine(
            strategies.delays(of: context.agent, in: emitter.traceID),
            wantsPreamble: context.remains.preamble == nil
                && PreambleRule.applies(pacing, to: context.interaction))
        let writer = PreambleWriter(logger: logger)
        return PacingTask(machine, emitter, TurnHooks(context), clock: clock, logger: logger) {
            await writer.words(in: context)
        }
    }
}
