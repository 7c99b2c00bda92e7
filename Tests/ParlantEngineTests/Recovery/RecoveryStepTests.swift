import ParlantCore
import Testing

@testable import ParlantEngine

/// A session's events in words, one per offset. `>` is the customer's message of trace a (the turn in question), `>b` one
/// of trace b; what follows is the agent's: `<`, `<b` a reply, `~` one that grows, `"` first words, `t` typing, `p` processing,
/// `k` acknowledged, `r` ready, `R` ready and completed, `c` cancelled, `e` error, `T` a tool event, `-` deleted.
private func events(_ words: String) -> [Event] {
    let someone = Participant(id: nil, displayName: "Someone")
    return words.split(separator: " ").enumerated().compactMap { offset, word in
        guard let sign = word.first, sign != "-" else { return nil }
        var kind = Event.Kind.status
        let data: JSONValue
        switch sign {
        case ">": (kind, data) = (.message, EventData.customerMessage("Hi", from: someone))
        case "<": (kind, data) = (.message, EventData.agentMessage("Hello", from: someone))
        case "~": (kind, data) = (.message, EventData.agentMessage("Hel", from: someone, chunks: ["Hel"]))
        case "\"":
            (kind, data) = (
                .message,
                EventData.agentMessage("One moment", from: someone, tags: [CannedResponse.preambleTag.rawValue])
            )
        case "T": (kind, data) = (.tool, ["tool_calls": []])
        case "R": data = EventData.status(.ready, TurnRunner.completed([], []))
        default:
            let statuses: [Character: SessionStatus] = [
                "t": .typing, "p": .processing, "k": .acknowledged, "r": .ready, "c": .cancelled, "e": .error,
            ]
            data = EventData.status(statuses[sign] ?? .processing)
        }
        return Event(
            id: EventID("\(offset)"), source: sign == ">" ? .customer : .aiAgent, kind: kind, offset: offset,
            createdAt: Timestamp(microseconds: 0), traceID: TraceID(word.count > 1 ? String(word.dropFirst()) : "a"),
            data: data)
    }
}

@Suite("What becomes of an interrupted turn")
struct RecoveryStepTests {
    /// In words: `close`, `resume`, or the statuses.
    private func step(
        _ words: String, _ doubleText: DoubleText = .interrupt, attempts: Int = 0, calls: [OpenCall] = [],
        isAsked: Bool = true, newer: Int? = nil
    ) -> String {
        var turn = OpenTurn(
            session: "s", traceID: "a", causeOffset: isAsked ? 0 : nil, openedAt: Timestamp(microseconds: 0),
            attempts: attempts, calls: calls)
        var open = [turn]
        if let newer {
            turn.traceID = "b"
            turn.causeOffset = newer
            open.append(turn)
        }
        switch RecoveryStep(for: open[0], among: open, events(words), doubleText, limit: 3) {
        case .close: return "close"
        case .resume: return "resume"
        case .conclude(let statuses):
            return statuses.compactMap { EventData.status(of: $0)?.rawValue }.joined(separator: " ")
        }
    }

    @Test(
        "follows from what the log holds",
        arguments: [
            ("it has not begun", ">", "resume"),
            ("it had begun to work", "> k p T p", "resume"),
            ("first words are no answer", "> k p t \" r p", "resume"),
            ("typing is no answer", "> k p t", "resume"),
            ("what a tool says on the way is no answer", "> k p p < p", "resume"),
            ("what a tool says after first words is none either", "> k p t \" r p <", "resume"),
            ("the answer is there", "> k p t <", "ready"),
            ("the answer is there, and that nothing follows", "> k p t < r", "ready"),
            ("first words and the answer", "> k t \" r p t <", "ready"),
            ("the answer still grows", "> k p t ~", "error ready"),
            ("another message was to come", "> k p t < t", "error ready"),
            ("another message has come", "> k p t < t <", "ready"),
            ("all is there", "> k p t < r R", "close"),
            ("it had failed", "> k p e", "ready"),
            ("it had been cancelled", "> k p c", "ready"),
            ("the message is gone", "- k p", "close"),
            ("all of it is gone", "- - -", "close"),
        ])
    func log(name: String, words: String, expected: String) {
        #expect(step(words) == expected, "\(name)")
    }

    @Test(
        "follows from newer messages as it does while the server runs",
        arguments: [
            (DoubleText.interrupt, "> >b", "close"), (.interrupt, "> k >b", "cancelled ready"),
            (.interrupt, "> k t < >b", "ready"),
            (.merge, "> >b", "close"), (.merge, "> k >b", "resume"), (.enqueue, "> >b", "resume"),
            (.enqueue, "> k >b", "resume"), (.reject, "> k >b", "resume"),
        ])
    func newer(doubleText: DoubleText, words: String, expected: String) {
        #expect(step(words, doubleText, newer: events(words).last?.offset) == expected)
    }

    @Test("a message whose successor is answered needs no answer; one that people were sent does")
    func answered() {
        #expect(step("> >b kb tb <b Rb") == "close")
        #expect(step("> >b") == "resume")
        #expect(step("> >b kb tb <b Rb", .enqueue) == "resume")
    }

    @Test("a turn that has called what cannot be undone tells of it, whatever came later")
    func calls() {
        let call = OpenCall(tool: ToolID(service: "test", name: "send"), arguments: [:])
        #expect(step("> k p >b", calls: [call], newer: 3) == "resume")
    }

    @Test("a turn that nobody asked for with a message is taken up as well")
    func unasked() {
        #expect(step("", isAsked: false) == "resume")
        #expect(step("k p", isAsked: false) == "resume")
        #expect(step("k p t < R", isAsked: false) == "close")
    }

    @Test("a turn that was begun too often is given up, and says so")
    func limit() {
        #expect(step("> k p", attempts: 1) == "resume")
        #expect(step("> k p", attempts: 2) == "error ready")
        #expect(step("> k p", attempts: .max) == "error ready")
        #expect(step("> k p t <", attempts: 2) == "ready")
        let turn = OpenTurn(
            session: "s", traceID: "a", causeOffset: 0, openedAt: Timestamp(microseconds: 0), attempts: 9)
        guard case .conclude(let statuses) = RecoveryStep(for: turn, among: [turn], events("> k"), .interrupt, limit: 3)
        else {
            Issue.record("it is not given up")
            return
        }
        #expect(
            statuses.first?["data"]?["exception"]
                == "the server stopped 3 times while it worked on this answer; ask once more")
    }
}
