public import ParlantCore

/// What other nodes did: an append wakes readers here as it does there.
extension EventEngine: ChangeFollower {
    public var isWaiting: Bool { log.waiters.count > 0 || runningTurns > 0 }

    public func follow(_ change: RemoteChange) {
        switch change {
        case .appended(let event, let session): log.waiters.appended(event, to: session)
        case .updated(let event, let session): log.waiters.changed(event, of: session)
        case .asked(let traceID, let session): consider(traceID, of: session)
        case .truncated(let session): truncated(session)
        case .deleted(let session):
            scheduler.cancel(session)
            log.waiters.deleted(session)
            memories?.forget(session)
            runner.budgets.forget(session)
            runner.strategies.matcher.conditions.forget(session)
        case .anything: log.waiters.wakeAll()
        case .entities: break
        }
    }
}
