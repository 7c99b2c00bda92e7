import HTTPTypes
import ParlantAPI
import ParlantCore
import ParlantEngine
import ParlantTesting
import Testing

@Suite("/usage")
struct UsageRouteTests {
    private static let settings: EngineSettings = {
        var settings = EngineSettings()
        settings.budgets.session = Budget(soft: SpendingLimit(tokens: 20), hard: SpendingLimit(tokens: 100))
        settings.budgets.customer = Budget(hard: SpendingLimit(money: Money(0.5)))
        settings.budgets.day = Budget(hard: SpendingLimit(calls: 10))
        settings.budgets.prices = ["one": ModelPrice(input: 1000, output: 10_000)]
        return settings
    }()

    /// A server at which a customer has had one answer, which took one call.
    private func served() async throws -> (api: Fixture, session: String, customer: String) {
        let api = Fixture(nlp: OneModel(), settings: Self.settings)
        let customer = try await api.send(.post, "/customers", #"{"name": "Ann"}"#).value["id"].string
        let session = try await api.newSession(#"{"agent_id": "bank", "customer_id": "\#(customer)"}"#)
        let posted = try await api.engine.postCustomerMessage(
            "Hello", participant: nil, to: SessionID(session), traceID: "t1")
        var query = EventQuery(kinds: [.message], source: .aiAgent)
        query.minOffset = posted.offset
        _ = try await api.engine.waitForEvents(of: SessionID(session), matching: query, timeout: .seconds(3600))
        return (api, session, customer)
    }

    @Test("tells what a session has cost, its limits, and what remains of them")
    func session() async throws {
        let (api, session, _) = try await served()
        let answer = try await api.send(.get, "/sessions/\(session)/usage")
        #expect(answer.status == 200)
        #expect(
            try JSONParser.parse(Array(answer.text.utf8)) == [
                "scope": "session", "day": .null, "calls": 1, "input_tokens": 10, "output_tokens": 3, "money": 0.04,
                "limits": [
                    "soft": ["calls": .null, "tokens": 20, "money": .null],
                    "hard": ["calls": .null, "tokens": 100, "money": .null],
                ],
                "remaining": [
                    "soft": ["calls": .null, "tokens": 7, "money": .null],
                    "hard": ["calls": .null, "tokens": 87, "money": .null],
                ],
            ])
    }

    @Test("tells what a customer and all of them have cost today")
    func today() async throws {
        let (api, _, customer) = try await served()
        let own = try JSONParser.parse(Array(try await api.send(.get, "/customers/\(customer)/usage").text.utf8))
        #expect(own["scope"] == "customer")
        #expect(own["remaining"]?["hard"]?["money"] == 0.46)
        let all = try JSONParser.parse(Array(try await api.send(.get, "/usage").text.utf8))
        #expect(all["scope"] == "day")
        #expect(all["day"]?.string == String(api.clock.now.description.prefix(10)))
        #expect(all["calls"] == 1)
        #expect(all["remaining"]?["hard"]?["calls"] == 9)
    }

    @Test("the guest has no limits; money without prices is null")
    func guest() async throws {
        let (api, _, _) = try await served()
        let guest = try JSONParser.parse(Array(try await api.send(.get, "/customers/guest/usage").text.utf8))
        #expect(guest["limits"]?["hard"]?["money"] == .null)
        let free = try JSONParser.parse(Array(try await Fixture().send(.get, "/usage").text.utf8))
        #expect(free["money"] == .null)
        #expect(free["calls"] == 0)
    }

    @Test("who is not there has cost nothing that could be told")
    func unknown() async throws {
        let api = Fixture()
        #expect(try await api.send(.get, "/sessions/no/usage").status == 404)
        #expect(try await api.send(.get, "/customers/no/usage").status == 404)
    }

    @Test("an agent that is told what to say, beyond a limit, is refused with the reason")
    func refused() async throws {
        var settings = EngineSettings()
        settings.budgets.day.hard.calls = 0
        let api = Fixture(nlp: OneModel(), settings: settings)
        let session = try await api.newSession()
        let answer = try await api.send(
            .post, "/sessions/\(session)/events",
            #"{"kind": "message", "source": "ai_agent", "guidelines": [{"action": "Greet"}]}"#)
        #expect(answer.status == 409)
        #expect(
            answer.text
                == #"{"detail":"The budget of calls for the day is used up, so no language model was asked; see 'budgets' in the server's configuration file."}"#
        )
    }
}

/// A model that always says the same; each request takes 10 tokens in and 3 out.
private struct OneModel: NLPService, SchematicGenerator {
    var summary: String { "one" }
    var generator: (any SchematicGenerator)? { self }
    var embedder: (any Embedder)? { nil }

    func modelName(for size: ModelSize) -> String? { "one" }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        Generation(
            content: ["message": "Hello.", "applies": []], usage: TokenUsage(input: 10, output: 3), model: "one")
    }
}
