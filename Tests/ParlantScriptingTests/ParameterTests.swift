import ParlantCore
import ParlantScripting
import Testing

/// One parameter, what is given for it, and what the tool sees or what is said.
private struct Row: CustomTestStringConvertible {
    var fields: String
    var given: JSONObject
    var outcome: JSONValue

    init(_ fields: String, _ given: JSONValue?, _ outcome: JSONValue) {
        self.fields = fields
        self.given = given.map { ["p": $0] } ?? [:]
        self.outcome = outcome
    }

    var testDescription: String { "\(fields) \(JSONValue.object(given))" }
}

@Suite("Parameters are checked before a tool runs")
struct ParameterTests {
    @Test(
        "every type, check and order",
        arguments: [
            Row("type = \"string\"", "x", "x"),
            Row("type = \"string\"", 3, "invalid: p: expected a string, got 3"),
            Row("type = \"string\"", nil, "invalid: p is missing"),
            Row("type = \"string\"", .null, "invalid: p is missing"),
            Row("type = \"string\", required = false", nil, "absent"),
            Row("type = \"string\", default = \"d\"", nil, "d"),
            Row("type = \"string\", min_length = 2", "x", "invalid: p: 1 bytes are fewer than the minimum of 2"),
            Row("type = \"string\", max_length = 2", "xyz", "invalid: p: 3 bytes are more than the maximum of 2"),
            Row("type = \"string\", choices = { \"a\", \"b\" }", "c", "invalid: p: \"c\" is not one of \"a\", \"b\""),
            Row(
                "type = \"string\", choices = function(ctx) return ctx.customer.metadata.accounts end", "savings",
                "savings"),
            Row(
                "type = \"string\", choices = function() return { \"a\" } end", "b",
                "invalid: p: \"b\" is not one of \"a\""),
            Row("type = \"path\"", "/data/x", "/data/x"),
            Row("type = \"uuid\"", "123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
            Row("type = \"uuid\"", "x", "invalid: p: expected a uuid, got \"x\""),
            Row("type = \"integer\"", 3.0, 3),
            Row("type = \"integer\"", 3.5, "invalid: p: expected an integer, got 3.5"),
            Row("type = \"number\", minimum = 0.5", 0.25, "invalid: p: 0.25 is below the minimum of 0.5"),
            Row("type = \"number\", maximum = 5000", 9000, "invalid: p: 9000 is above the maximum of 5000"),
            Row("type = \"number\"", 2.5, 2.5),
            Row("type = \"timedelta\", minimum = 60", 90, 90),
            Row("type = \"boolean\"", false, false),
            Row("type = \"boolean\"", "false", "invalid: p: expected a boolean, got \"false\""),
            Row("type = \"array\", items = \"integer\"", [1, 2.0], [1, 2]),
            Row("type = \"array\", items = \"integer\"", [1, "x"], "invalid: p[2]: expected an integer, got \"x\""),
            Row("type = \"array\", min_length = 1", [], "invalid: p: 0 items are fewer than the minimum of 1"),
            Row("type = \"date\"", "2026-03-02", "2026-03-02"),
            Row("type = \"date\"", "2026-02-30", "invalid: p: expected a date (YYYY-MM-DD), got \"2026-02-30\""),
            Row("type = \"datetime\"", "2026-03-02T09:00:00+01:00", "2026-03-02T09:00:00+01:00"),
            Row(
                "type = \"datetime\"", "2026-03-02",
                "invalid: p: expected a datetime (YYYY-MM-DDThh:mm:ss with Z or an offset), got \"2026-03-02\""),
            Row(
                "type = \"integer\", validate = function(ctx, v) return v % 2 == 0, \"must be even\" end", 3,
                "invalid: p: must be even"),
            Row("type = \"integer\", validate = function(ctx, v) return v % 2 == 0, \"must be even\" end", 4, 4),
            Row("type = \"integer\", validate = function(ctx, v) return nil, \"no\" end", 4, "invalid: p: no"),
            Row("type = \"integer\", validate = function(ctx, v) return false end", 4, "invalid: p: is not allowed"),
            Row(
                "type = \"integer\", validate = function() return \"yes\" end", 4,
                "defect: agents/x.lua:4: validate returns true or false, and a reason; this one returned string \"yes\""
            ),
            Row(
                "type = \"integer\", maximum = 2, validate = function() error(\"late\") end", 3,
                "invalid: p: 3 is above the maximum of 2"),
            Row(
                "type = \"integer\", adapter = function(ctx, v) return { v, ctx.customer.name } end", 3,
                [3, "Jane Doe"]),
            Row("type = \"integer\", default = 5, adapter = function(ctx, v) return v * 2 end", nil, 10),
            Row(
                "type = \"integer\", adapter = function(ctx, v) return nil, \"no such account\" end", 3,
                "invalid: p: no such account"),
            Row("type = \"integer\", choices = function() error(\"broken\") end", 3, "defect: agents/x.lua:4: broken"),
            Row(
                "type = \"integer\", choices = function() return 3 end", 3,
                "defect: agents/x.lua:4: choices returns a list; this one returned number 3"),
        ])
    private func table(row: Row) async throws {
        let caller = try await Loader().caller(
            run: "if args.p == nil then return \"absent\" end return args.p",
            parameters: "parameters = { { name = \"p\", \(row.fields) } },")
        #expect(try await caller.data("t", row.given) == row.outcome)
    }

    @Test("each parameter reports its first problem, in order, with its choices; the tool does not run")
    func problems() async throws {
        let caller = try await Loader().caller(
            run: "ctx:emit_message(\"ran\")",
            parameters: """
                parameters = {
                  { name = "to", type = "string", choices = function() return { "Tom", "Ann" } end },
                  { name = "amount", type = "number", minimum = 1, choices = { 1, 2 } },
                  { name = "note", type = "string", required = false },
                },
                """)
        guard case .invalid(let problems) = try await caller.run("t", ["amount": "x", "unknown": 1]) else {
            Issue.record("it is valid")
            return
        }
        #expect(problems.map(\.parameter.name) == ["to", "amount"])
        #expect(problems.map(\.reason) == [nil, "amount: expected a number, got \"x\""])
        #expect(problems.map(\.choices) == [["Tom", "Ann"], [1, 2]])
        #expect(caller.effects.log.isEmpty)
    }

    @Test("the engine can ask for the choices")
    func choices() async throws {
        let caller = try await Loader().caller(
            run: "return 1",
            parameters:
                "parameters = { { name = \"p\", type = \"string\", choices = function(ctx) return { ctx.customer.id } end } },"
        )
        let tool = try caller.tool("t")
        let choices = try await caller.agent.handlers.choices(of: tool.parameters[0], of: tool, in: caller.context)
        #expect(choices == ["cust_jane"])
    }
}
