/// What a customer sees while a reply is not there yet: quick first words, then signs that the work goes on. Pure: the
/// shell does what the actions say, and stops the machine by no longer asking it.
struct PacingMachine: Sendable {
    enum Timer: Sendable, Equatable { case preamble, indicator, thinking }

    /// Signs of work, as status events show them.
    enum Sign: Sendable, Equatable { case typing, interpreting, thinking }

    enum Input: Sendable, Equatable {
        /// The turn begins.
        case begin
        /// A time that the machine asked for is over.
        case elapsed(Timer)
        /// The first words are found; nil: there are none.
        case worded(String?)
        /// From now on the reply is written, and the customer sees the agent type.
        case composing
    }

    enum Action: Sendable, Equatable {
        /// Find the first words, and report ``Input/worded(_:)``.
        case findWords
        /// Report ``Input/elapsed(_:)`` after this time.
        case wait(Duration, Timer)
        /// Send the first words.
        case say(String)
        case show(Sign)
    }

    private enum State: Equatable {
        case new
        /// The first words come when they are found and their time has come.
        case preparing(words: String?, isDue: Bool)
        /// The first words stand there; soon the customer sees that the work goes on.
        case said
        case working
        case over
    }

    private let delays: PacingDelays
    private let wantsPreamble: Bool
    private var state = State.new
    private var isComposing = false

    init(_ delays: PacingDelays, wantsPreamble: Bool) {
        self.delays = delays
        self.wantsPreamble = wantsPreamble
    }

    mutating func handle(_ input: Input) -> [Action] {
        switch (state, input) {
        case (_, .composing):
            isComposing = true
            return []
        case (.new, .begin): return begin()
        case (.preparing(let words, _), .elapsed(.preamble)): return prepare(words, isDue: true)
        case (.preparing, .worded(nil)): return work()
        case (.preparing(_, let isDue), .worded(let words)): return prepare(words, isDue: isDue)
        case (.said, .elapsed(.indicator)): return [.show(isComposing ? .typing : .interpreting)] + work()
        case (.working, .elapsed(.thinking)):
            state = .over
            return isComposing ? [] : [.show(.thinking)]
        default: return []
        }
    }

    private mutating func begin() -> [Action] {
        guard wantsPreamble else { return work() }
        let isDue = delays.preamble == .zero
        state = .preparing(words: nil, isDue: isDue)
        return [.findWords] + (isDue ? [] : [.wait(delays.preamble, .preamble)])
    }

    private mutating func prepare(_ words: String?, isDue: Bool) -> [Action] {
        guard let words, isDue else {
            state = .preparing(words: words, isDue: isDue)
            return []
        }
        guard delays.indicator > .zero else {
            state = .over
            return [.say(words)]
        }
        state = .said
        return [.say(words), .wait(delays.indicator, .indicator)]
    }

    private mutating func work() -> [Action] {
        guard delays.thinking > .zero else {
            state = .over
            return []
        }
        state = .working
        return [.wait(delays.thinking, .thinking)]
    }
}
