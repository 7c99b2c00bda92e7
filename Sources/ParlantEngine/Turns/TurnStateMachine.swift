import ParlantCore

/// When turns of one session begin, are cancelled, and follow each other. Pure: the shell does what the action says.
///
/// At most one turn runs. What happens to a request that comes while one runs is the agent's choice
/// (``DoubleText``); a turn that has begun to write its answer is never cancelled by a request.
struct TurnStateMachine<Request> {
    /// Tells turns of one session apart.
    typealias TurnNumber = Int

    enum Action {
        case nothing
        /// Start this turn.
        case start(TurnNumber, Request)
        /// Ask the running turn to end; it reports ``TurnStateMachine/ended(_:)`` when it has.
        case cancel(TurnNumber)
        /// Tell whoever made this request that it will not run.
        case refuse(Request)
        /// Nothing runs and nothing waits: the machine may be dropped.
        case discard
    }

    private enum Phase { case preparing, writing, cancelling }

    private enum State {
        case idle
        /// Nothing runs, but the next turn is promised; see ``TurnStateMachine/reserve()``.
        case reserved(waiting: [Request])
        case running(TurnNumber, Phase, waiting: [Request])
        /// No new turn; the running one goes on.
        case draining(TurnNumber)
        case closed
    }

    private var state = State.idle
    private var lastNumber = 0

    init() {}

    /// Whether a turn runs.
    var isRunning: Bool {
        switch state {
        case .idle, .reserved, .closed: false
        case .running, .draining: true
        }
    }

    /// Number of requests that wait for the running turn.
    var waitingCount: Int {
        switch state {
        case .reserved(let waiting), .running(_, _, let waiting): waiting.count
        case .idle, .draining, .closed: 0
        }
    }

    /// Keeps the place for a request that is about to come, so that of several who want one only one gets it.
    ///
    /// - Returns: Whether the place was free. Then ``request(_:_:isReserved:)`` or ``release()`` must follow.
    mutating func reserve() -> Bool {
        guard case .idle = state else { return false }
        state = .reserved(waiting: [])
        return true
    }

    /// Gives a kept place back.
    mutating func release() -> [Action] {
        guard case .reserved(let waiting) = state else { return [] }
        return startNext(waiting)
    }

    /// Somebody wants a turn.
    ///
    /// - Parameter isReserved: Whether the place was kept for this request.
    mutating func request(
        _ request: Request, _ doubleText: DoubleText = .interrupt, isReserved: Bool = false
    ) -> [Action] {
        switch state {
        case .idle: return start(request, waiting: [])
        case .reserved(let waiting):
            if isReserved { return start(request, waiting: waiting) }
            let (queue, refused) = Self.queue(request, behind: waiting, doubleText)
            state = .reserved(waiting: queue)
            return refused
        case .running(let number, let phase, let waiting):
            let (queue, refused) = Self.queue(request, behind: waiting, doubleText)
            guard doubleText == .interrupt, phase == .preparing else {
                state = .running(number, phase, waiting: queue)
                return refused
            }
            state = .running(number, .cancelling, waiting: queue)
            return [.cancel(number)] + refused
        case .draining, .closed: return [.refuse(request)]
        }
    }

    private static func queue(
        _ request: Request, behind waiting: [Request], _ doubleText: DoubleText
    ) -> (waiting: [Request], refused: [Action]) {
        switch doubleText {
        // The turn of the newest answers all that came before it.
        case .interrupt, .merge: ([request], waiting.map { .refuse($0) })
        case .enqueue: (waiting + [request], [])
        case .reject: (waiting, [.refuse(request)])
        }
    }

    /// The turn wants to begin its answer. True: from now on a new request does not cancel it. False: it was
    /// cancelled before, and must not say anything.
    mutating func beginWriting(_ number: TurnNumber) -> Bool {
        switch state {
        case .running(number, .preparing, let waiting):
            state = .running(number, .writing, waiting: waiting)
            return true
        case .running(number, .writing, _), .draining(number): return true
        default: return false
        }
    }

    /// The turn is over, and all it had to say is in the log.
    mutating func ended(_ number: TurnNumber) -> [Action] {
        switch state {
        case .running(number, _, let waiting): return startNext(waiting)
        case .draining(number):
            state = .closed
            return [.discard]
        default: return []
        }
    }

    /// Ends the running turn and whatever waits; the session is free for a new request afterwards.
    mutating func cancel() -> [Action] {
        switch state {
        case .idle, .draining, .closed: return []
        case .reserved(let waiting):
            state = .reserved(waiting: [])
            return waiting.map { .refuse($0) }
        case .running(let number, _, let waiting):
            state = .running(number, .cancelling, waiting: [])
            return [.cancel(number)] + waiting.map { .refuse($0) }
        }
    }

    /// Refuses what waits and what comes; the running turn goes on to its end.
    mutating func drain() -> [Action] {
        switch state {
        case .idle, .closed:
            state = .closed
            return [.discard]
        case .reserved(let waiting):
            state = .closed
            return waiting.map { .refuse($0) } + [.discard]
        case .draining: return []
        case .running(let number, _, let waiting):
            state = .draining(number)
            return waiting.map { .refuse($0) }
        }
    }

    private mutating func startNext(_ waiting: [Request]) -> [Action] {
        guard let next = waiting.first else {
            state = .idle
            return [.discard]
        }
        return start(next, waiting: Array(waiting.dropFirst()))
    }

    private mutating func start(_ request: Request, waiting: [Request]) -> [Action] {
        lastNumber += 1
        state = .running(lastNumber, .preparing, waiting: waiting)
        return [.start(lastNumber, request)]
    }
}
