import ParlantCore
import ParlantScripting
import Testing

@Suite("Tools run")
struct ToolTests {
    @Test("any value is the data")
    func data() async throws {
        let caller = try await Loader().caller(
            run: "return { sum = args.a + 1, list = { 1, 2.5, \"x\", true, parlant.null } }",
            parameters: "parameters = { { name = \"a\", type = \"integer\" } },")
        #expect(try await caller.data("t", ["a": 3.0]) == ["sum": 4, "list": [1, 2.5, "x", true, .null]])
    }

    @Test("an expected failure has a reason, a tool that returns nothing has null")
    func failure() async throws {
        #expect(try await Loader().caller(run: "return nil, \"no money\"").run() == .failure(reason: "no money"))
        #expect(try await Loader().caller(run: "return").data() == .null)
    }

    @Test("a result carries everything")
    func result() async throws {
        let caller = try await Loader().caller(
            run: """
                return parlant.result {
                  data = { ok = false }, metadata = { url = "u" },
                  control = { mode = "manual", lifespan = "response" },
                  canned_responses = { "Hi {{name}}" }, canned_response_fields = { name = "J" },
                  guidelines = { { action = "Offer less", criticality = "low", priority = 2, condition = "c" } },
                }
                """)
        let expected = ToolResult(
            data: ["ok": false], metadata: ["url": "u"], mode: .manual, lifespan: .response,
            cannedResponses: ["Hi {{name}}"], cannedResponseFields: ["name": "J"],
            guidelines: [.init(action: "Offer less", condition: "c", criticality: .low, priority: 2)])
        #expect(try await caller.run() == .result(expected))
    }
}
