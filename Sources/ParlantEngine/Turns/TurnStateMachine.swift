/// When turns of one session begin, are cancelled, and follow each other. Pure: the shell does what the action says.
///
/// At most one turn runs. A request that comes before the running turn begins to write its answer cancels that turn and
/// takes its place; one that comes while it writes waits for its end. Of several that wait, the newest stays.
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

    private enum State {
        case idle
        case preparing(TurnNumber)
        case writing(TurnNumber, next: Request?)
        case cancelling(TurnNumber, next: Request?)
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
        case .idle, .closed: false
        case .preparing, .writing, .cancelling, .draining: true
        }
    }

    /// Somebody wants a turn.
    mutating func request(_ request: Request) -> [Action] {
        switch state {
        case .idle:
            lastNumber += 1
            state = .preparing(lastNumber)
            return [.start(lastNumber, request)]
        case .preparing(let number):
            state = .cancelling(number, next: request)
            return [.cancel(number)]
        case .writing(let number, let waiting):
            state = .writing(number, next: request)
            return waiting.map { [.refuse($0)] } ?? []
        case .cancelling(let number, let waiting):
            state = .cancelling(number, next: request)
            return waiting.map { [.refuse($0)] } ?? []
        case .draining, .closed:
            return [.refuse(request)]
        }
    }

    /// The turn wants to begin its answer. True: from now on a new request does not cancel it. False: it was
    /// cancelled before, and must not say anything.
    mutating func beginWriting(_ number: TurnNumber) -> Bool {
        switch state {
        case .preparing(number):
            state = .writing(number, next: nil)
            return true
        case .writing(number, _), .draining(number): return true
        default: return false
        }
    }

    /// The turn is over, and all it had to say is in the log.
    mutating func ended(_ number: TurnNumber) -> [Action] {
        switch state {
        case .preparing(number):
            state = .idle
            return [.discard]
        case .writing(number, let next), .cancelling(number, let next):
            guard let next else {
                state = .idle
                return [.discard]
            }
            lastNumber += 1
            state = .preparing(lastNumber)
            return [.start(lastNumber, next)]
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
        case .preparing(let number):
            state = .cancelling(number, next: nil)
            return [.cancel(number)]
        case .writing(let number, let next), .cancelling(let number, let next):
            state = .cancelling(number, next: nil)
            return [.cancel(number)] + (next.map { [.refuse($0)] } ?? [])
        }
    }

    /// Refuses what waits and what comes; the running turn goes on to its end.
    mutating func drain() -> [Action] {
        switch state {
        case .idle, .closed:
            state = .closed
            return [.discard]
        case .preparing(let number), .draining(let number):
            state = .draining(number)
            return []
        case .writing(let number, let next), .cancelling(let number, let next):
            state = .draining(number)
            return next.map { [.refuse($0)] } ?? []
        }
    }
}
