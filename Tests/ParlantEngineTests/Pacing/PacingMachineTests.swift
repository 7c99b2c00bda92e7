import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("What a customer sees until the reply is there")
struct PacingMachineTests {
    private static let delays = PacingDelays(.standard, variation: 0)

    private func machine(_ wantsPreamble: Bool = true, _ delays: PacingDelays = Self.delays) -> PacingMachine {
        PacingMachine(delays, wantsPreamble: wantsPreamble)
    }

    @Test("first words come when they are found and their time has come, whichever is first")
    func bothOrders() {
        var early = machine()
        #expect(early.handle(.begin) == [.findWords, .wait(.milliseconds(1500), .preamble)])
        #expect(early.handle(.worded("Sure.")) == [])
        #expect(early.handle(.elapsed(.preamble)) == [.say("Sure."), .wait(.seconds(1), .indicator)])
        var late = machine()
        _ = late.handle(.begin)
        #expect(late.handle(.elapsed(.preamble)) == [])
        #expect(late.handle(.worded("Sure.")) == [.say("Sure."), .wait(.seconds(1), .indicator)])
    }

    @Test("after first words the customer sees that work goes on, then that it takes longer")
    func signs() {
        var machine = machine()
        _ = [.begin, .worded("Sure."), .elapsed(.preamble)].map { machine.handle($0) }
        #expect(
            machine.handle(.elapsed(.indicator))
                == [.show(.interpreting), .wait(.milliseconds(3500), .thinking)])
        #expect(machine.handle(.elapsed(.thinking)) == [.show(.thinking)])
        #expect(machine.handle(.elapsed(.thinking)) == [])
    }

    @Test("once the reply is written, typing is what is shown, and thinking no more")
    func composing() {
        var machine = machine()
        _ = [.begin, .worded("Sure."), .elapsed(.preamble), .composing].map { machine.handle($0) }
        #expect(machine.handle(.elapsed(.indicator)).first == .show(.typing))
        #expect(machine.handle(.elapsed(.thinking)) == [])
    }

    @Test("without first words only the sign that it takes longer is left")
    func noWords() {
        var without = machine(false)
        #expect(without.handle(.begin) == [.wait(.milliseconds(3500), .thinking)])
        #expect(without.handle(.elapsed(.thinking)) == [.show(.thinking)])
        var failed = machine()
        _ = failed.handle(.begin)
        #expect(failed.handle(.worded(nil)) == [.wait(.milliseconds(3500), .thinking)])
        #expect(failed.handle(.elapsed(.preamble)) == [], "a time-out of the words that never came decides nothing")
    }

    @Test("a voice says its first words as soon as it has them, and shows nothing")
    func voice() {
        var machine = machine(true, PacingDelays(.voice, variation: 0.5))
        #expect(machine.handle(.begin) == [.findWords])
        #expect(machine.handle(.worded("Sure.")) == [.say("Sure.")])
        #expect(machine.handle(.elapsed(.thinking)) == [])
    }

    @Test("every input in every state: first words are said at most once, and never after they failed")
    func everything() {
        let inputs: [PacingMachine.Input] = [
            .begin, .elapsed(.preamble), .elapsed(.indicator), .elapsed(.thinking), .worded(nil), .worded("Sure."),
            .composing,
        ]
        for number in 0..<(7 * 7 * 7 * 7 * 7 * 7) {
            var rest = number
            var machine = machine()
            var said = 0
            var shown = 0
            for _ in 0..<6 {
                for action in machine.handle(inputs[rest % 7]) {
                    if case .say = action { said += 1 }
                    if case .show = action { shown += 1 }
                }
                rest /= 7
            }
            #expect(said <= 1 && shown <= 2)
        }
    }

    @Test("delays stay in their ranges, differ between turns, and are the same for the same turn")
    func delays() {
        for pacing in [0.0, 0.25, 0.999, 1, 7] {
            let delays = PacingDelays(.standard, variation: pacing)
            #expect((.milliseconds(1500)...(.milliseconds(2000))).contains(delays.preamble))
            #expect((.seconds(1)...(.seconds(2))).contains(delays.indicator))
            #expect((.milliseconds(3500)...(.seconds(5))).contains(delays.thinking))
        }
        #expect(PacingDelays(.standard, for: "a") == PacingDelays(.standard, for: "a"))
        #expect(Set((0..<20).map { PacingDelays(.standard, for: TraceID("t\($0)")).preamble }).count > 10)
        #expect(PacingDelays(.none, for: "a").typing("long text") == .zero)
        #expect(PacingDelays(.voice, for: "a").typing("long text") == .zero)
        #expect(Self.delays.typing("") == .milliseconds(500))
        #expect(Self.delays.typing(String(repeating: "a", count: 10_000)) == .seconds(3))
    }
}

@Suite("Whether a turn begins with quick first words")
struct PreambleRuleTests {
    /// `c`: the customer, `a`: a reply, `h`: a person's reply, `p`: first words; each is followed by its second.
    private func interaction(_ drawing: [(Character, Int)]) -> Interaction {
        Interaction(
            messages: drawing.map { who, second in
                InteractionMessage(
                    role: who == "c" ? .customer : who == "h" ? .human : .agent, text: "text",
                    at: Timestamp(microseconds: Int64(second) * 1_000_000), isPreamble: who == "p")
            })
    }

    @Test(
        "with the default pacing: for who is new, and for who was kept waiting twice in a row",
        arguments: [
            ([("c", 0)], true),
            ([("c", 0), ("a", 1), ("c", 2), ("a", 3), ("c", 4)], true),
            ([("c", 0), ("a", 1), ("c", 2), ("a", 3), ("c", 4), ("a", 5), ("c", 6)], false),
            ([("c", 0), ("a", 1), ("c", 2), ("a", 7), ("c", 8), ("a", 13), ("c", 14)], true),
            ([("c", 0), ("a", 9), ("c", 10), ("a", 15), ("c", 16), ("a", 20), ("c", 21)], false),
            // First words do not end a wait.
            ([("c", 0), ("a", 1), ("c", 2), ("p", 3), ("a", 7), ("c", 8), ("p", 9), ("a", 13), ("c", 14)], true),
            // Of several messages in a row, the last is waited for.
            ([("c", 0), ("a", 1), ("c", 2), ("c", 6), ("a", 7), ("c", 8), ("a", 13), ("c", 14)], false),
            // A turn that was given up after its first words.
            ([("c", 0), ("p", 1), ("c", 2)], false),
            ([("c", 0), ("p", 1), ("a", 2), ("c", 3)], true),
            ([("c", 0), ("h", 1), ("c", 3)], true),
            // Nobody waits.
            ([], false),
            ([("c", 0), ("a", 1)], false),
        ] as [([(Character, Int)], Bool)])
    func standard(drawing: [(Character, Int)], applies: Bool) {
        #expect(PreambleRule.applies(.standard, to: interaction(drawing)) == applies)
    }

    @Test("a voice always has first words, an agent without pacing never")
    func others() {
        let fast = interaction([("c", 0), ("a", 1), ("c", 2), ("a", 3), ("c", 4), ("a", 5), ("c", 6)])
        #expect(PreambleRule.applies(.voice, to: fast))
        #expect(!PreambleRule.applies(.none, to: interaction([("c", 0)])))
    }
}
