import ParlantCore
import ParlantEngine
import Testing

@testable import ParlantServer

@Suite("Budgets in the configuration file")
struct BudgetConfigurationTests {
    private func parse(_ text: String) throws(ConfigurationError) -> Budgets {
        try ConfigurationFile(parsing: Array("{\"budgets\": \(text)}".utf8), name: "parlant.json").budgets
    }

    @Test("name limits of each scope, prices of models and what customers are told")
    func complete() throws {
        let budgets = try parse(
            """
            {"turn": {"hard": {"calls": 8}}, "session": {"soft": {"tokens": 1000}, "hard": {"tokens": 2000}},
             "customer": {"hard": {"money": 0.25}}, "day": {"soft": {"money": 5}, "hard": {"money": 10, "calls": 0}},
             "prices": {"big": {"input": 2, "output": 8.5}}, "message": "Come back tomorrow."}
            """)
        #expect(
            budgets
                == Budgets(
                    turn: Budget(hard: SpendingLimit(calls: 8)),
                    session: Budget(soft: SpendingLimit(tokens: 1000), hard: SpendingLimit(tokens: 2000)),
                    customer: Budget(hard: SpendingLimit(money: Money(0.25))),
                    day: Budget(soft: SpendingLimit(money: Money(5)), hard: SpendingLimit(calls: 0, money: Money(10))),
                    prices: ["big": ModelPrice(input: 2, output: 8.5)], message: "Come back tomorrow."))
    }

    @Test("an empty object limits nothing")
    func empty() throws {
        #expect(try parse("{}") == Budgets())
        #expect(try !parse("{}").hasLimits)
    }

    @Test(
        "every mistake is refused with the place, what was expected and what was meant",
        arguments: [
            ("[]", "budgets: expected an object"),
            (
                "{\"sesion\": {}}",
                "budgets: unknown member 'sesion' (did you mean 'session'?); there are 'turn', 'session', 'customer', 'day', 'prices' and 'message'"
            ),
            (
                "{\"day\": {\"max\": {}}}", "budgets.day: unknown member 'max'; there are 'soft' and 'hard'"
            ),
            (
                "{\"day\": {\"hard\": {\"token\": 1}}}",
                "budgets.day.hard: unknown member 'token' (did you mean 'tokens'?); there are 'calls', 'tokens' and 'money'"
            ),
            (
                "{\"day\": {\"hard\": {\"calls\": -1}}}",
                "budgets.day.hard.calls: expected a whole number from 0 to 1000000000000, got -1"
            ),
            (
                "{\"day\": {\"hard\": {\"money\": \"5\"}}}",
                "budgets.day.hard.money: expected a number from 0 to 1000000000, got \"5\""
            ),
            (
                "{\"turn\": {\"soft\": {\"calls\": 5}, \"hard\": {\"calls\": 4}}}",
                "budgets.turn.soft.calls: expected no more than the hard limit of 4, got 5"
            ),
            (
                "{\"prices\": {\"big\": {\"input\": 1}}}",
                "budgets.prices.big: expected 'input' and 'output', the price of a million tokens each"
            ),
            ("{\"message\": \" \"}", "budgets.message: expected a text of 1 to 2000 characters, got \" \""),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try parse(text) }
        #expect(error?.message == "parlant.json: \(message)")
    }

    @Test("a model without a price is named when money is limited, and only then")
    func prices() throws {
        let model = PricedModel()
        let limits = "\"day\": {\"hard\": {\"money\": 1}}"
        let big = "\"prices\": {\"big\": {\"input\": 1, \"output\": 1}}"
        #expect(try parse("{\(limits)}").modelsWithoutPrice(of: model) == ["big", "small"])
        #expect(try parse("{\(limits), \(big)}").modelsWithoutPrice(of: model) == ["small"])
        #expect(try parse("{\(big)}").modelsWithoutPrice(of: model) == [])
    }
}

/// A provider with a model for large questions and another one for small ones.
private struct PricedModel: NLPService, SchematicGenerator {
    var summary: String { "priced" }
    var generator: (any SchematicGenerator)? { self }
    var embedder: (any Embedder)? { nil }

    func modelName(for size: ModelSize) -> String? { size == .large ? "big" : "small" }
    func generate(_ request: GenerationRequest) async throws -> Generation { Generation(content: .null) }
}
