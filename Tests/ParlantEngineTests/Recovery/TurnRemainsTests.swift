import ParlantCore
import ParlantStores
import ParlantTesting
import Testing

@testable import ParlantEngine

@Suite("What an interrupted turn leaves behind")
struct TurnRemainsTests {
    private static let send = Tool.make("send", consequential: true)
    private static let look = Tool.make("look")
    private static let tools = [send.id: send, look.id: look]

    private static func call(_ tool: Tool, _ arguments: JSONObject = ["amount": 20]) -> ToolCall {
        ToolCall(tool: tool.id, arguments: arguments)
    }

    private func turn(_ calls: [OpenCall]) -> OpenTurn {
        OpenTurn(session: "s", traceID: "t", causeOffset: 0, openedAt: Timestamp(microseconds: 0), calls: calls)
    }

    private func event(_ kind: Event.Kind, _ data: JSONValue) -> Event {
        Event(
            id: "e", source: .aiAgent, kind: kind, offset: 1, createdAt: Timestamp(microseconds: 0), traceID: "t",
            data: data)
    }

    private static let outcomes: [ToolOutcome] = [
        .result(
            ToolResult(
                data: ["sent": true], metadata: ["front": 1], mode: .manual, lifespan: .response,
                cannedResponses: ["Sent."], cannedResponseFields: ["amount": "20"],
                guidelines: [
                    .init(
                        action: "Say so", condition: "They ask", criticality: .high, priority: 2, description: "Why"),
                    .init(action: "Be brief"),
                ])),
        .failure(reason: "no money"), .defect("line 3: nil"),
    ]

    @Test("a call's outcome survives with all that its turn needs", arguments: outcomes)
    func record(outcome: ToolOutcome) throws {
        let run = ToolRun(
            call: Self.call(Self.send), outcome: outcome, rivals: [ToolID(service: "a:b", name: "c")],
            isConsequential: true)
        let kept = OpenCall(tool: run.call.tool, arguments: run.call.arguments, outcome: run.recordJSON)
        #expect(ToolRun(kept) == run)
        #expect(TurnRemains(of: turn([kept]), [], Self.tools).runs == [run])
    }

    @Test("a call whose arguments were refused did not run; one without an outcome may have")
    func unfinished() {
        let refused = ToolRun(call: Self.call(Self.send), outcome: .invalid([]), isConsequential: true)
        let calls = [
            OpenCall(tool: Self.send.id, arguments: ["amount": 20], outcome: refused.recordJSON),
            OpenCall(tool: Self.send.id, arguments: ["amount": 30]),
        ]
        let remains = TurnRemains(of: turn(calls), [], Self.tools)
        #expect(remains.runs.map(\.call.arguments) == [["amount": 30]])
        #expect(
            remains.unwritten.first?.eventJSON["result"]?["data"]
                == "the tool failed, and whether it took effect is not known")
        #expect(!remains.hasBegun)
    }

    @Test("calls in the log are not written again; the record knows more of them than the log")
    func written() {
        let rules = ToolOutcome.result(ToolResult(data: 1, guidelines: [.init(action: "Say so", priority: 4)]))
        let sent = ToolRun(call: Self.call(Self.send), outcome: rules, isConsequential: true)
        let looked = ToolRun(call: Self.call(Self.look, [:]), outcome: .result(ToolResult(data: 7)))
        let failed = ToolRun(
            call: Self.call(Self.send, ["amount": 30]), outcome: .failure(reason: "no"), isConsequential: true)
        let calls = [sent, failed].map {
            OpenCall(tool: $0.call.tool, arguments: $0.call.arguments, outcome: $0.recordJSON)
        }
        let log = [event(.tool, ["tool_calls": [sent.eventJSON, looked.eventJSON]])]
        let remains = TurnRemains(of: turn(calls), log, Self.tools)
        #expect(remains.runs == [sent, looked, failed])
        // A failure is for its turn alone.
        #expect(remains.unwritten.isEmpty && remains.hasBegun)
    }

    @Test("a call that the log shows as unknown stays unknown")
    func unknown() {
        let lost = ToolRun(call: Self.call(Self.send), outcome: .defect("gone"), isConsequential: true)
        let log = [event(.tool, ["tool_calls": [lost.eventJSON]])]
        let remains = TurnRemains(of: turn([OpenCall(tool: Self.send.id, arguments: ["amount": 20])]), log, Self.tools)
        #expect(remains.unwritten.isEmpty && remains.runs.count == 1)
        guard case .defect = remains.runs.first?.outcome else {
            Issue.record("it is \(remains.runs)")
            return
        }
    }

    @Test("first words and messages that grow are found; so is a hand-over")
    func messages() {
        let someone = Participant(id: nil, displayName: "Otto")
        let first = EventData.agentMessage("One moment", from: someone, tags: [CannedResponse.preambleTag.rawValue])
        let grows = EventData.agentMessage("It", from: someone, chunks: ["It"])
        let handed = ToolRun(call: Self.call(Self.look), outcome: .result(ToolResult(data: 1, mode: .manual)))
        let remains = TurnRemains(
            of: turn([]),
            [event(.message, first), event(.message, grows), event(.tool, ["tool_calls": [handed.eventJSON]])],
            Self.tools)
        #expect(remains.preamble == "One moment" && remains.growing.map(\.data) == [grows] && remains.handsOver)
    }

    @Test("calls that end side by side are all written down, in their places")
    func journal() async throws {
        let store = MemorySessionStore(clock: ManualClock(), ids: CountingIDGenerator())
        let session = try await store.create(SessionDraft(agentID: "otto")).id
        var turn = turn([OpenCall(tool: Self.look.id, arguments: [:], outcome: 1)])
        turn.session = session
        try await store.open(turn)
        let journal = TurnJournal(turn, store: store)
        let calls = (0..<20).map { Self.call(Self.send, ["amount": .integer($0)]) }
        let first = try await journal.begin(calls)
        #expect(first == 1)
        #expect(try await store.openTurns(of: session).first?.calls.filter { $0.outcome == nil }.count == 20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, call) in calls.enumerated() {
                let run = ToolRun(call: call, outcome: .result(ToolResult(data: .integer(Int64(place)))))
                group.addTask { try await journal.end(first + place, run) }
            }
            try await group.waitForAll()
        }
        let kept = try #require(try await store.openTurns(of: session).first)
        #expect(kept.calls.dropFirst().map { $0.outcome?["result"]?["data"] } == (0..<20).map { .integer($0) })
    }
}
