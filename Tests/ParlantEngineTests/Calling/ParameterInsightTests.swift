import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("What the customer is asked for")
struct ParameterInsightTests {
    private func problem(
        _ name: String, _ precedence: Int = 0, reason: String? = nil, hidden: Bool = false,
        source: ToolParameter.Source = .any
    ) -> ParameterProblem {
        ParameterProblem(
            tool: ToolDrawing.id("t"),
            parameter: ToolParameter(
                name: name, kind: .string, source: source, precedence: precedence, hidden: hidden), reason: reason)
    }

    private func foremost(_ problems: ParameterProblem...) -> [String] { problems.foremost.map(\.parameter.name) }

    @Test("The lowest precedence first, and only that; equal ones together")
    func precedence() {
        #expect(foremost(problem("b", 2), problem("a", 1), problem("c", 1)) == ["a", "c"])
        #expect(foremost(problem("a", 2, reason: "a: no"), problem("b", 3)) == ["a"])
        #expect(foremost() == [])
    }

    @Test("Hidden ones never, and they hide nothing that stands behind them")
    func hidden() {
        #expect(foremost(problem("token", 1, hidden: true), problem("a", 2)) == ["a"])
        #expect(foremost(problem("token", 1, reason: "token: old", hidden: true)) == [])
    }

    @Test("What only the context can give is not asked for when it is missing")
    func context() {
        #expect(foremost(problem("branch", 1, source: .context), problem("a", 2)) == ["a"])
        #expect(foremost(problem("to", 1, source: .customer)) == ["to"])
    }

    @Test("A model reads the name for customers, what it is, why it is needed, what is allowed, and examples")
    func wording() {
        var missing = problem("account_kind")
        missing.parameter.description = "Which account to look at."
        missing.parameter.significance = "Each has its own balance."
        missing.parameter.examples = ["savings"]
        missing.choices = ["checking", "savings"]
        #expect(
            missing.insight
                == "account kind. Which account to look at. Why it is needed: Each has its own balance. Allowed: checking, "
                + "savings. For example: savings")
        var wrong = problem("account_kind", reason: "account_kind: \"gold\" is not one of \"checking\"")
        wrong.parameter.displayName = "account"
        wrong.choices = ["checking"]
        #expect(wrong.insight == "account: \"gold\" is not one of \"checking\". Allowed: checking")
        missing = problem("code")
        missing.choices = (1...33).map { .integer($0) }
        #expect(missing.insight.hasSuffix("29, 30 and 3 more"))
    }

    @Test("A call is shown without its hidden arguments, and refused hidden values are not named")
    func shown() {
        var tool = Tool.make(
            "t", [ToolParameter(name: "to", kind: .string), ToolParameter(name: "token", kind: .string)])
        tool.parameters[1].hidden = true
        var run = ToolRun(
            call: ToolCall(tool: tool.id, arguments: ["to": "Tom", "token": "x"]),
            outcome: .invalid([problem("token", reason: "token: old", hidden: true)]))
        let shown = run.withoutHidden(tool)
        #expect(shown.call.arguments == ["to": "Tom"])
        #expect(shown.failureText == "a value was refused")
        let earlier = Interaction(toolCalls: [
            ["tool_id": "test:t", "arguments": ["token": "x", "to": "Tom"], "result": 1],
            ["tool_id": "test:other", "arguments": ["token": "y"]],
        ])
        #expect(
            earlier.withoutHidden([tool.id: tool]).toolCalls == [
                ["tool_id": "test:t", "arguments": ["to": "Tom"], "result": 1],
                ["tool_id": "test:other", "arguments": ["token": "y"]],
            ])
        run.outcome = .result(ToolResult(data: 1))
        #expect(run.withoutHidden(nil) == run)
    }
}

@Suite("Who answers after tools have run")
struct HandOffTests {
    private func run(_ mode: Session.Mode?) -> ToolRun {
        ToolRun(call: ToolDrawing.call("t()"), outcome: .result(ToolResult(data: true, mode: mode)))
    }

    @Test("A tool without a mode changes nothing; the last of several modes counts")
    func modes() {
        #expect(HandOff.mode(after: [run(nil)], []) == nil)
        #expect(HandOff.mode(after: [run(.auto), run(nil)], []) == .auto)
        #expect(HandOff.mode(after: [], []) == nil)
    }

    @Test("A hand-off is undone by no other tool, beside it or in a later round, with or without a mode")
    func manual() {
        #expect(HandOff.mode(after: [run(.manual), run(nil), run(.auto)], []) == .manual)
        #expect(HandOff.mode(after: [run(.auto), run(.manual)], []) == .manual)
        #expect(HandOff.mode(after: [run(.auto)], [run(.manual), run(nil)]) == nil)
        #expect(HandOff.mode(after: [run(.manual)], [run(.auto)]) == .manual)
    }
}
