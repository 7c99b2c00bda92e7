import Logging
import ParlantCore

/// Turns of sessions that several nodes share.
extension EventEngine {
    /// Sees to turns whose node has died, until the task is cancelled: a turn is taken up when the lease of its session
    /// has ended, at the latest a third of a lease's time after that. Returns at once where no node shares the sessions.
    ///
    /// Call it after ``recover()``, which is the first look.
    public func watchOverTurns() async throws {
        guard let leased else { return }
        var pause = leased.duration / 3
        while true {
            try await clock.sleep(for: pause)
            do {
                let (turns, next) = try await leased.abandoned()
                for turn in turns {
                    try await memories?.heard(turn)
                    recover(turn)
                }
                pause = next
            } catch let error as StoreError {
                pause = leased.duration / 3
                runner.logger.debug("open turns could not be looked for", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Whether another node runs the session's turns now.
    func runsElsewhere(_ session: SessionID) async throws -> Bool { try await leased?.isElsewhere(session) ?? false }

    /// Somebody has asked for a turn at another node. While a turn of the session runs here, this node decides what
    /// becomes of it; else the other one has taken the lease.
    func consider(_ traceID: TraceID, of session: SessionID) {
        guard leased != nil, scheduler.traces(of: session) != nil else { return }
        Task { [self] in
            do {
                guard let turn = try await log.store.openTurns(of: session).first(where: { $0.traceID == traceID })
                else { return }
                try await request(turn)
            } catch {
                // Whoever gives the lease back looks again.
                runner.logger.debug("a turn of another server was not looked at", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Events of the session were deleted at another node. Cancels what answers one of them.
    func truncated(_ session: SessionID) {
        log.waiters.deletedEvents(of: session)
        guard scheduler.traces(of: session) != nil else { return }
        Task { [self] in
            do {
                try await cancelClosedTurns(of: session)
            } catch {
                runner.logger.warning(
                    "turns whose messages another server deleted may go on",
                    metadata: ["session": "\(session)", "error": "\(error)"])
            }
        }
    }
}

extension TurnRunner {
    /// Runs a turn under its session's lease; without leases as it is.
    func run(_ request: TurnRequest, gate: TurnGate, under leased: LeasedTurns?) async {
        guard let leased else { return await run(request, gate: gate) }
        let session = request.session
        let follower = LeasedTurns.Follower(onLoss: gate.abandon, onRecall: gate.end)
        let outcome = await leased.run(request.traceID, of: session, follower) { lease in
            var runner = self
            runner.log.lease = lease
            await runner.run(request, gate: gate)
        }
        if let error = outcome.error {
            logger.warning(
                "a turn could not begin; it is looked at again",
                metadata: ["session": "\(session)", "trace": "\(request.traceID)", "error": "\(error)"])
            request.onRefused?(.turnFailed)
        }
        for turn in outcome.others { gate.recover(turn) }
    }
}
