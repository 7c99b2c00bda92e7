import Logging
import ParlantCore

/// What became of the end of a turn.
enum TurnEnding: Sendable {
    /// It is in the log, or stays for the next start.
    case settled
    /// The store does not answer: it has to be tried again.
    case unstored
}

/// Ending or taking up turns that nobody runs any more.
extension TurnRunner {
    /// Looks at what an interrupted turn left behind, puts what is missing of its calls into the log, and ends it unless
    /// it is to be run again.
    ///
    /// - Parameter calls: What this process knows of its calls; nil: what was written down is all that is known.
    /// - Returns: What it goes on with; nil when it is over.
    /// - Throws: what the store throws; then it is as open as before.
    func pickUp(
        _ request: TurnRequest, _ calls: [OpenCall]?, _ logger: Logger
    ) async throws -> (turn: OpenTurn, remains: TurnRemains)? {
        let open = try await log.store.openTurns(of: request.session)
        guard var turn = open.first(where: { $0.traceID == request.traceID }) else { return nil }
        if let calls { turn.calls = calls }
        let snapshot = agents.snapshot(of: try await log.store.read(request.session).agentID)
        let query = EventQuery(
            minOffset: turn.causeOffset ?? 0, traceID: turn.causeOffset == nil ? turn.traceID : nil)
        let events = try await log.store.events(of: turn.session, matching: query)
        let remains = TurnRemains(
            of: turn, events.filter { $0.traceID == turn.traceID }, snapshot?.tools ?? [:])
        let step = RecoveryStep(
            for: turn, among: open, events, snapshot?.agent.doubleText ?? .interrupt, limit: settings.turnBegins)
        switch step {
        case .resume where request.isRefused && !remains.hasBegun: fallthrough
        case .close: try await log.store.close(turn.traceID, of: turn.session)
        case .conclude(let statuses):
            let names = statuses.compactMap { EventData.status(of: $0)?.rawValue }.joined(separator: ", ")
            logger.notice("an interrupted turn is ended", metadata: ["statuses": "\(names)"])
            try await settle(remains, of: turn)
            try await conclude(turn.session, turn.traceID, statuses)
        case .resume:
            logger.notice("an interrupted turn goes on", metadata: ["resumptions": "\(turn.attempts + 1)"])
            try await settle(remains, of: turn)
            turn.attempts += 1
            try await log.store.update(turn, under: log.lease)
            return (turn, remains)
        }
        return nil
    }

    /// Puts into the log what is known of a turn's calls, and ends the messages that nobody will add to. Doing it again
    /// with what remains then does nothing.
    private func settle(_ remains: TurnRemains, of turn: OpenTurn) async throws {
        for message in remains.growing {
            let data = EventData.appending(nil, to: message.data)
            _ = try await log.update(message.id, of: turn.session, EventChange(data: data))
        }
        guard !remains.unwritten.isEmpty else { return }
        let calls = remains.unwritten.map(\.eventJSON)
        _ = try await log.append(
            EventDraft(
                source: .aiAgent, kind: .tool, traceID: turn.traceID, data: ["tool_calls": .array(calls)]),
            to: turn.session)
    }

    /// Ends a turn with these statuses; without any, nobody has seen it.
    private func conclude(_ session: SessionID, _ traceID: TraceID, _ statuses: [JSONValue]) async throws {
        guard !statuses.isEmpty else { return try await log.store.close(traceID, of: session) }
        for (place, status) in statuses.enumerated() {
            let draft = EventDraft(source: .aiAgent, kind: .status, traceID: traceID, data: status)
            _ = try await log.append(draft, to: session, place == statuses.count - 1 ? .closes : nil)
        }
    }

    /// Ends a turn that could not even begin to speak.
    ///
    /// - Parameters:
    ///   - error: What stopped it; nil: nobody answers in this session.
    ///   - isStopping: Whether the server stops. What was accepted and has not begun then stays for the next start.
    func leave(
        _ request: TurnRequest, _ remains: TurnRemains, after error: (any Error)?, isStopping: Bool, _ logger: Logger
    ) async -> TurnEnding {
        let isCancelled = error is CancellationError || Task.isCancelled
        if let error, !isCancelled { return TurnEnding(after: error) }
        if error != nil, isStopping { return .settled }
        let end = [EventData.status(.cancelled), EventData.status(.ready, Self.completed([], []))]
        return await Task {
            do {
                try await conclude(request.session, request.traceID, remains.hasBegun ? end : [])
                return .settled
            } catch {
                logger.warning("the end of a turn could not be stored", metadata: ["error": "\(error)"])
                return TurnEnding(after: error)
            }
        }.value
    }

    /// Closes a request that will not run, and tells whoever made it. What was accepted from somebody who does not wait
    /// stays open when the server stops, and is answered by the next one; so does what was taken up.
    func refuse(_ request: TurnRequest, _ error: EngineError) async {
        if !request.isResumed, error.code != .shuttingDown || request.onRefused != nil {
            do {
                try await log.store.close(request.traceID, of: request.session)
            } catch {
                logger.warning(
                    "a request for a turn could not be closed; the next start looks at it again",
                    metadata: ["session": "\(request.session)", "error": "\(error)"])
            }
        }
        request.onRefused?(error)
    }
}

extension StoreError {
    /// Whether the session is gone, and with it whoever could wait.
    var isSessionGone: Bool { code == .notFound && entity == "session" }
    /// Whether it says that the customer is not there, or not any more.
    var isCustomerGone: Bool { code == .notFound && entity == "customer" }
}

extension TurnEnding {
    /// What an error says about trying again.
    init(after error: any Error) {
        self = (error as? StoreError)?.code == .unavailable ? .unstored : .settled
    }
}
