import ParlantCore
import Testing

@testable import ParlantEngine

/// One column per tick. Input: `m` somebody wants a turn, `k` a turn is taken up, `o` the same for an older message, `x` all is said, `w` the running turn wants to begin its answer, `e` it has
/// ended, `c` it is to be cancelled, `h` it alone, `g` those that wait and came after the second tick, `d` the server stops, `r` the place is kept, `u` that place is used, `f` it is given
/// back. Output: `S` start, `X` cancel, `R` refuse, `|` nothing left,
/// `+` it may write or has the place, `!` it may not or has it not, `-` nothing; several in one tick are in parentheses.
private func play(_ input: String, _ doubleText: DoubleText = .interrupt) -> String {
    var machine = TurnStateMachine<Int>()
    var running = 0
    var output = ""
    for (index, event) in input.enumerated() {
        var symbols = ""
        func note(_ actions: [TurnStateMachine<Int>.Action]) {
            for action in actions {
                switch action {
                case .nothing: break
                case .start(let number, _):
                    running = number
                    symbols += "S"
                case .cancel(let number): symbols += number == running ? "X" : "?"
                case .refuse: symbols += "R"
                case .discard: symbols += "|"
                }
            }
        }
        switch event {
        case "m": note(machine.request(index, doubleText, cause: 10 + index))
        case "o": note(machine.request(index, doubleText, cause: 0))
        case "k": note(machine.request(index, .enqueue, isKept: true, cause: 10 + index))
        case "x": machine.beginEnding(running)
        case "r": symbols += machine.reserve() ? "+" : "!"
        case "u": note(machine.request(index, doubleText, isReserved: true))
        case "f": note(machine.release())
        case "w": symbols += machine.beginWriting(running) ? "+" : "!"
        case "e": note(machine.ended(running))
        case "c": note(machine.cancel())
        case "g": note(machine.cancel(running: false) { $0 > 1 })
        case "h": note(machine.cancel(running: true) { _ in false })
        case "d": note(machine.drain())
        default: symbols += "?"
        }
        output += symbols.count > 1 ? "(\(symbols))" : symbols.isEmpty ? "-" : symbols
    }
    return output
}

@Suite("A session's turns")
struct TurnStateMachineTests {
    @Test(
        "follow each other as the diagram shows",
        arguments: [
            ("one message, one turn", "mwe", "S+|"),
            ("a turn may end without an answer", "me", "S|"),
            ("a newer message cancels the turn that is still preparing, and its turn follows", "mmewe", "SXS+|"),
            ("a message while the answer is written waits for its end", "mwmewe", "S+-S+|"),
            ("of several that wait, the newest stays", "mmmmewe", "SXRRS+|"),
            ("of several that wait behind an answer, the newest stays", "mwmmewe", "S+-RS+|"),
            ("a cancelled turn may not begin to write", "mmwe", "SX!S"),
            ("writing is asked for once and stays granted", "mwwe", "S++|"),
            ("cancelling ends a preparing turn", "mce", "SX|"),
            ("cancelling ends a writing turn and what waits", "mwmce", "S+-(XR)|"),
            ("cancelling what is already being cancelled drops what waits", "mmce", "SX(XR)|"),
            ("cancelling when nothing runs does nothing", "cmwe", "-S+|"),
            ("after cancelling, the session is free again", "mcemwe", "SX|S+|"),
            ("a message after cancelling waits for the end of the cancelled turn", "mcmewe", "SX-S+|"),
            ("stopping when nothing runs refuses what comes", "dm", "|R"),
            ("stopping lets the preparing turn finish and refuses what comes", "mdmwe", "S-R+|"),
            ("stopping lets the writing turn finish and refuses what waits", "mwmde", "S+-R|"),
            ("stopping refuses what waits behind a cancelled turn", "mmde", "SXR|"),
            ("stopping twice is stopping once", "mdde", "S--|"),
            ("nothing starts after the last turn of a stopped server", "mdem", "S-|R"),
            ("cancelling while stopping leaves the running turn alone", "mdcwe", "S--+|"),
            ("an end that nobody waits for changes nothing", "meemwe", "S|-S+|"),
            ("nobody may write when nothing runs", "w", "!"),
            ("an older message that comes second is answered by the newer one's turn", "mowe", "SR+|"),
            ("an older message does not take the place of a newer one that waits", "mmoewe", "SXRS+|"),
            ("a message while the turn ends waits for its end", "mwxmewe", "S+--S+|"),
            ("what is taken up waits whatever comes later", "mwkmmewewe", "S+--RS+S+|"),
            ("what is taken up while it prepares is cancelled as any turn", "kmewe", "SXS+|"),
            ("what is taken up follows in order", "kkkewewe", "S--S+S+|"),
        ])
    func diagrams(name: String, input: String, output: String) {
        #expect(play(input) == output, "\(name)")
    }

    @Test(
        "of an agent that answers each message on its own",
        arguments: [
            ("messages get a turn each, in order", "mmmwewewe", "S--+S+S+|"),
            ("an older message that comes second gets its turn all the same", "mowewe", "S-+S+|"),
            ("a message while the answer is written waits, too", "mwmewe", "S+-S+|"),
            ("cancelling drops all that wait", "mmmce", "S--(XRR)|"),
            ("some that wait may be dropped, and the others follow", "mmmmgee", "S---(RR)S|"),
            ("the running turn alone may be cancelled, and what waits follows", "mmhee", "S-XS|"),
            ("a turn that has said all is cancelled as well, and remembers nothing", "mwxhe", "S+-X|"),
            ("of what waits for a place that is kept some may be dropped", "rmmgf", "+--RS"),
            ("stopping refuses all that wait", "mmmdwe", "S--(RR)+|"),
        ])
    func enqueue(name: String, input: String, output: String) {
        #expect(play(input, .enqueue) == output, "\(name)")
    }

    @Test(
        "of an agent that gathers what comes meanwhile",
        arguments: [
            ("the running turn goes on, and one turn answers the rest", "mmmwewe", "S-R+S+|"),
            ("an older message does not take the place of a newer one that waits", "mmowewe", "S-R+S+|"),
            ("nothing is ever cancelled by a message", "mwmmewe", "S+-RS+|"),
        ])
    func merge(name: String, input: String, output: String) {
        #expect(play(input, .merge) == output, "\(name)")
    }

    @Test(
        "of an agent that refuses what comes meanwhile",
        arguments: [
            ("the first gets the place, the second does not", "rrurwe", "+!S!+|"),
            ("a place that is given back is free again", "rfru", "+|+S"),
            ("who asks without a place is refused while one is kept or a turn runs", "rmumwe", "+RSR+|"),
            ("who asks without a place gets a turn when nothing runs", "mwe", "S+|"),
            ("a stopped server keeps no place", "dr", "|!"),
            ("stopping closes a place that was kept", "rdu", "+|R"),
            ("cancelling leaves a kept place alone", "rcuwe", "+-S+|"),
            ("a turn that speaks has the place", "ruwr", "+S+!"),
            ("a turn that has said all leaves the place, to one", "ruwxrruewe", "+S+-+!-S+|"),
            ("who got the place while a turn ended may come later", "ruwxreuwe", "+S+-+-S+|"),
            ("a place that is given back while a turn ends is free", "ruwxrfre", "+S+-+-+-"),
            ("cancelling a turn that ends leaves the place kept", "ruwxrceu", "+S+-+X-S"),
            ("stopping closes a place that was kept behind a turn", "ruwxrdu", "+S+-+-R"),
        ])
    func reject(name: String, input: String, output: String) {
        #expect(play(input, .reject) == output, "\(name)")
    }

    @Test("never run two at once, whatever happens", arguments: 0..<200)
    func neverTwo(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var machine = TurnStateMachine<Int>()
        var running: Int?
        func check(_ actions: [TurnStateMachine<Int>.Action]) {
            for case .start(let number, _) in actions {
                #expect(running == nil)
                running = number
            }
        }
        for step in 0..<100 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: check(machine.request(step, DoubleText.allCases.randomElement(using: &random) ?? .merge))
            case 4..<6: if let running { _ = machine.beginWriting(running) }
            case 6..<9:
                guard let ended = running else { continue }
                running = nil
                check(machine.ended(ended))
            default: check(machine.cancel())
            }
            #expect(machine.isRunning == (running != nil))
        }
    }
}

/// A generator that gives the same numbers in each run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
