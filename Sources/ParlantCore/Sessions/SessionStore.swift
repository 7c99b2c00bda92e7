/// Which sessions a list shows; all that is given must hold.
public struct SessionQuery: Sendable {
    public var agentID: AgentID?
    public var customerID: CustomerID?
    /// Labels that must all be there.
    public var labels: [String]
    public var page: PageRequest

    public init(
        agentID: AgentID? = nil, customerID: CustomerID? = nil, labels: [String] = [], page: PageRequest = .init()
    ) {
        self.agentID = agentID
        self.customerID = customerID
        self.labels = labels
        self.page = page
    }

    /// Whether the session has the agent, the customer and all labels asked for.
    public func matches(_ session: Session) -> Bool {
        (agentID == nil || agentID == session.agentID) && (customerID == nil || customerID == session.customerID)
            && labels.allSatisfy { session.labels.contains(exactly: $0) }
    }
}

/// Keeps sessions and their events. Every implementation passes `SessionStoreConformance`.
///
/// A session's events are a log with dense offsets that grows at its end; an event in it may be changed in place, and
/// the log's end be deleted, which leaves the offsets used. Calls on different sessions do not wait for each
/// other. What is acknowledged is as durable as the store ever makes it.
public protocol SessionStore: Sendable {
    /// Creates a session without events. Neither agent nor customer is checked here.
    func create(_ draft: SessionDraft) async throws -> Session
    /// - Throws: ``StoreError`` `notFound`.
    func read(_ id: SessionID) async throws -> Session
    /// A page of sessions by time of creation, then id.
    func list(_ query: SessionQuery) async throws -> Page<Session>
    /// Changes what `change` names, atomically, and returns the session as it is now.
    ///
    /// - Throws: ``StoreError`` `notFound`; `tooLarge` when the session would exceed the change's limits, and then nothing
    ///   is changed.
    func update(_ id: SessionID, _ change: SessionChange) async throws -> Session
    /// Removes the session and all its events.
    ///
    /// - Throws: ``StoreError`` `notFound`.
    func delete(_ id: SessionID) async throws

    /// Appends one event: its offset is that of the last one plus one, from 0, whichever task appended that one.
    ///
    /// - Parameter mark: What the event means for the turn of its trace.
    /// - Throws: ``StoreError`` `notFound`, also when the event was deleted before its append could be acknowledged;
    ///   `leaseLost` when another node has taken over the session's turn; then nothing was stored.
    /// - Complexity: O(size of the draft), whatever the length of the log.
    func append(_ draft: EventDraft, to id: SessionID, _ mark: TurnMark?) async throws -> Event
    /// Events that match and are not deleted, by offset.
    ///
    /// - Throws: ``StoreError`` `notFound` when there is no such session.
    /// - Complexity: O(events from `minOffset` on); without filters O(`limit`).
    func events(of id: SessionID, matching query: EventQuery) async throws -> [Event]
    /// One event of this session.
    ///
    /// - Throws: ``StoreError`` `notFound` when there is no such session or no such event in it, or no longer.
    func event(_ event: EventID, of id: SessionID) async throws -> Event
    /// Changes what `change` names, atomically, counts the revision up, and returns the event as it is now.
    ///
    /// - Throws: ``StoreError`` `notFound` as ``event(_:of:)`` does.
    func update(_ event: EventID, of id: SessionID, _ change: EventChange) async throws -> Event
    /// Deletes the events from an offset on, all at once. They are gone from every reading, their content is
    /// forgotten, and their offsets are never used again: the next event takes the one after the last ever used.
    /// Nothing there is fine.
    ///
    /// - Throws: ``StoreError`` `notFound` when there is no such session.
    func deleteEvents(of id: SessionID, from minOffset: Int) async throws

    /// Opens a turn that no event asks for. One that is open already is left as it is.
    ///
    /// - Throws: ``StoreError`` `notFound` when there is no such session.
    func open(_ turn: OpenTurn) async throws
    /// Replaces the attempts and the calls of an open turn.
    ///
    /// - Parameter lease: Where several nodes share the store: they are replaced only while this lease is held, and
    ///   that is acknowledged only if it still is afterwards. So whoever takes the session over after an
    ///   acknowledgement finds what was written, and a node that is late replaces nothing of what another has written.
    /// - Throws: ``StoreError`` `notFound` when it is not open, or no longer; `leaseLost` when another node has taken
    ///   over the session's turn.
    func update(_ turn: OpenTurn, under lease: TurnLease?) async throws
    /// Closes a turn. None open is fine, and so is no such session.
    func close(_ traceID: TraceID, of id: SessionID) async throws
    /// The open turns of one session, or of all, by the moment at which they were opened, then by the offset of the
    /// event that asked. They go with their session and with that event.
    ///
    /// - Complexity: O(open turns), however many sessions and events there are.
    func openTurns(of id: SessionID?) async throws -> [OpenTurn]
}

extension SessionStore {
    /// Appends one event that says nothing about a turn.
    public func append(_ draft: EventDraft, to id: SessionID) async throws -> Event {
        try await append(draft, to: id, nil)
    }
}
