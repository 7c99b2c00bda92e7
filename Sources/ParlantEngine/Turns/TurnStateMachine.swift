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

    /// A request that waits for its turn. One that is kept gives way to no other.
    private struct Waiting {
        var request: Request
        var isKept = false
    }

    /// Ending: all is said, and only what the turn remembers is still to be stored.
    private enum Phase { case preparing, writing, ending, cancelling }

    private enum State {
        case idle
        /// Nothing runs, but the next turn is promised; see ``TurnStateMachine/reserve()``.
        case reserved(waiting: [Waiting])
        case running(TurnNumber, Phase, waiting: [Waiting])
        /// No new turn; the running one goes on.
        case draining(TurnNumber)
        case closed
    }

    private var state = State.idle
    private var lastNumber = 0
    /// The newest message for which a turn was asked.
    private var newestCause = -1
    /// Whether the place behind a turn that ends is kept for a request.
    private var isPromised = false

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
    /// A turn that has said all it will leaves its place: the request then waits for the end of what is left of it.
    ///
    /// - Returns: Whether the place was free. Then ``request(_:_:isReserved:isKept:cause:)`` or ``release()`` must follow.
    mutating func reserve() -> Bool {
        switch state {
        case .idle: state = .reserved(waiting: [])
        case .running(_, .ending, let waiting) where waiting.isEmpty && !isPromised: isPromised = true
        default: return false
        }
        return true
    }

    /// Gives a kept place back.
    mutating func release() -> [Action] {
        isPromised = false
        guard case .reserved(let waiting) = state else { return [] }
        return startNext(waiting)
    }

    /// Somebody wants a turn.
    ///
    /// - Parameters:
    ///   - isReserved: Whether the place was kept for this request.
    ///   - isKept: Whether it waits for its turn whatever comes later.
    ///   - cause: Offset of the message that wants an answer. Two that are posted at once can come here in the other
    ///     order: where one turn answers all before it, the older one is refused.
    mutating func request(
        _ request: Request, _ doubleText: DoubleText = .interrupt, isReserved: Bool = false, isKept: Bool = false,
        cause: Int? = nil
    ) -> [Action] {
        let new = Waiting(request: request, isKept: isKept)
        if let cause {
            if cause < newestCause, doubleText == .interrupt || doubleText == .merge { return [.refuse(request)] }
            newestCause = max(newestCause, cause)
        }
        switch state {
        case .idle: return start(request, waiting: [])
        case .reserved(let waiting):
            if isReserved { return start(request, waiting: waiting) }
            let (queue, refused) = Self.queue(new, behind: waiting, doubleText)
            state = .reserved(waiting: queue)
            return refused
        case .running(let number, let phase, let waiting):
            if isReserved {
                isPromised = false
                state = .running(number, phase, waiting: waiting + [new])
                return []
            }
            let (queue, refused) = Self.queue(new, behind: waiting, doubleText)
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
        _ new: Waiting, behind waiting: [Waiting], _ doubleText: DoubleText
    ) -> (waiting: [Waiting], refused: [Action]) {
        switch doubleText {
        // The turn of the newest answers all that came before it.
        case .interrupt, .merge: (waiting.filter(\.isKept) + [new], refusals(of: waiting.filter { !$0.isKept }))
        case .enqueue: (waiting + [new], [])
        case .reject: (waiting, refusals(of: [new]))
        }
    }

    private static func refusals(of waiting: [Waiting]) -> [Action] { waiting.map { .refuse($0.request) } }

    /// The turn wants to begin its answer. True: from now on a new request does not cancel it. False: it was
    /// cancelled before, and must not say anything.
    mutating func beginWriting(_ number: TurnNumber) -> Bool {
        switch state {
        case .running(number, .preparing, let waiting):
            state = .running(number, .writing, waiting: waiting)
            return true
        case .running(number, .writing, _), .running(number, .ending, _), .draining(number): return true
        default: return false
        }
    }

    /// The turn has said all that it will, and is about to say that it is ready.
    mutating func beginEnding(_ number: TurnNumber) {
        guard case .running(number, let phase, let waiting) = state, phase != .cancelling else { return }
        state = .running(number, .ending, waiting: waiting)
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
            return Self.refusals(of: waiting)
        case .running(let number, _, let waiting):
            state = .running(number, .cancelling, waiting: [])
            return [.cancel(number)] + Self.refusals(of: waiting)
        }
    }

    /// Ends the running turn, if `endsRunning`, and those that wait of which `goes` is true. The others stay as they are.
    mutating func cancel(running endsRunning: Bool, waiting goes: (Request) -> Bool) -> [Action] {
        switch state {
        case .idle, .draining, .closed: return []
        case .reserved(let waiting):
            state = .reserved(waiting: waiting.filter { !goes($0.request) })
            return Self.refusals(of: waiting.filter { goes($0.request) })
        case .running(let number, let phase, let waiting):
            state = .running(number, endsRunning ? .cancelling : phase, waiting: waiting.filter { !goes($0.request) })
            return (endsRunning ? [.cancel(number)] : []) + Self.refusals(of: waiting.filter { goes($0.request) })
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
            return Self.refusals(of: waiting) + [.discard]
        case .draining: return []
        case .running(let number, _, let waiting):
            state = .draining(number)
            return Self.refusals(of: waiting)
        }
    }

    private mutating func startNext(_ waiting: [Waiting]) -> [Action] {
        guard let next = waiting.first else {
            // Whoever was promised the place comes next.
            state = isPromised ? .reserved(waiting: []) : .idle
            defer { isPromised = false }
            return isPromised ? [] : [.discard]
        }
        return start(next.request, waiting: Array(waiting.dropFirst()))
    }

    private mutating func start(_ request: Request, waiting: [Waiting]) -> [Action] {
        lastNumber += 1
        state = .running(lastNumber, .preparing, waiting: waiting)
        return [.start(lastNumber, request)]
    }
}
