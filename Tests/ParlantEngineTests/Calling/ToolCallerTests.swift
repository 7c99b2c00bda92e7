import Logging
import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("A round of calls in a cancelled turn")
struct ToolCallerTests {
    @Test("what cannot be undone goes on to its end and is reported; the rest is given up")
    func cancelled() async throws {
        let (valve, other) = (Valve(), Valve())
        let handlers = FakeHandlers(tools: [
            "transfer": { _, _ in
                try await valve.pass()
                return .result(ToolResult(data: "sent"))
            },
            "look": { _, _ in
                try await other.pass()
                return .result(ToolResult(data: 1))
            },
        ])
        let tools = [Tool.make("transfer", consequential: true), Tool.make("look")]
        let context = TurnContext.make(.make(tools: tools, handlers: handlers))
        let caller = ToolCaller(inference: OfflineArgumentInference(), logger: Logger(label: "test"))
        let plan = ToolPlan(calls: tools.map { ToolCall(tool: $0.id, arguments: [:]) })
        let round = Task { try await caller.run(plan, in: context) }
        await valve.waitForArrivals(1)
        await other.waitForArrivals(1)
        round.cancel()
        valve.open()
        let runs = try await round.value
        #expect(runs.map(\.call.tool.name) == ["transfer"])
        #expect(runs.first?.result?.data == "sent")
    }
}
