import Logging
import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Variables that a tool feeds")
struct VariableRefreshTests {
    private final class Counter: Sendable {
        let calls = Mutex(0)
    }

    private let counter = Counter()
    private static let plan = ContextVariable(
        id: "v", name: "plan", description: "What the customer pays for.", tool: ToolID(service: "test", name: "plan"),
        freshness: CronExpression("0 * * * *"), tags: ["agent:otto"])

    private func chat(
        _ variable: ContextVariable = plan, customer: CustomerDraft? = CustomerDraft(name: "Ann"),
        tool: @escaping FakeHandlers.ToolBody
    ) async throws -> Conversation {
        var snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always, responses: ["hi"])], tools: [.make("plan")],
            responses: [try .make("hi", "Hi.")], handlers: FakeHandlers(tools: ["plan": tool]))
        snapshot.variables = [variable]
        return try await Conversation(snapshot, customer: customer)
    }

    private func count(_ outcome: ToolOutcome? = nil) -> FakeHandlers.ToolBody {
        { [counter] _, _ in
            let number = counter.calls.withLock { calls in
                calls += 1
                return calls
            }
            return outcome ?? .result(ToolResult(data: .string("plan \(number)")))
        }
    }

    private func stored(_ chat: Conversation) async throws -> JSONValue? {
        let customer = try await chat.engine.session(chat.session).customerID
        return try await chat.stores.values.find(VariableValue.id("v", VariableValue.key(customer)))?.entity.data
    }

    @Test("are fetched when there is no value, kept, and fetched again each time the rule has come true")
    func freshness() async throws {
        let chat = try await chat(tool: count())
        _ = try await chat.ask("Hello", trace: "t1")
        #expect(try await stored(chat) == "plan 1")
        _ = try await chat.ask("Hello", trace: "t2")
        #expect(try await stored(chat) == "plan 1")
        chat.clock.advance(by: .seconds(3600))
        _ = try await chat.ask("Hello", trace: "t3")
        #expect(try await stored(chat) == "plan 2")
        chat.clock.advance(by: .seconds(3600))
        _ = try await chat.ask("Hello", trace: "t4")
        #expect(try await stored(chat) == "plan 3")
    }

    @Test("are fetched in every turn without a rule")
    func always() async throws {
        var variable = Self.plan
        variable.freshness = nil
        let chat = try await chat(variable, tool: count())
        _ = try await chat.ask("Hello", trace: "t1")
        _ = try await chat.ask("Hello", trace: "t2")
        #expect(try await stored(chat) == "plan 2")
    }

    @Test("keep their value when the tool fails")
    func failure() async throws {
        let fails = Mutex(false)
        let chat = try await chat { _, _ in
            fails.withLock { $0 } ? .failure(reason: "down") : .result(ToolResult(data: "gold"))
        }
        _ = try await chat.ask("Hello", trace: "t1")
        fails.withLock { $0 = true }
        chat.clock.advance(by: .seconds(7200))
        #expect(try await chat.ask("Hello", trace: "t2") == "Hi.")
        #expect(try await stored(chat) == "gold")
    }

    @Test("of the guest are fetched in each turn and kept for nobody")
    func guest() async throws {
        let chat = try await chat(customer: nil, tool: count())
        _ = try await chat.ask("Hello", trace: "t1")
        _ = try await chat.ask("Hello", trace: "t2")
        #expect(counter.calls.withLock { $0 } == 2)
        #expect(try await stored(chat) == nil)
    }

    /// A journey with a variable of its own, which begins with the trigger.
    private func journey(_ variable: ContextVariable) throws -> AgentSnapshot {
        var variable = variable
        variable.scope = .journey("trip")
        var snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always)], tools: [.make("plan")],
            handlers: FakeHandlers(tools: ["plan": count()]))
        snapshot.variables = [variable]
        snapshot.triggers = [.make("wants", "The customer wants a trip", action: nil)]
        snapshot.journeys = [
            Journey(
                id: "trip", title: "Trip", description: "Books it.", conditions: ["wants"],
                graph: JourneyGraph(
                    start: "ask",
                    states: [JourneyState(name: "ask", kind: .chat(instruction: "Ask where to"), next: .end)]))
        ]
        return snapshot
    }

    @Test("of a journey count from the turn in which it begins, and are kept like others")
    func ofJourneys() async throws {
        let model = ScriptedModel([
            "guideline_matches": { request in
                let lines = (request.system + "\n" + request.prompt).split(separator: "\n")
                let line = lines.first { $0.hasSuffix(". The customer wants a trip") }
                guard let number = line.flatMap({ Int64($0.prefix { $0.isNumber }) }) else { return ["applies": []] }
                return ["applies": [["number": .integer(number), "reason": "said"]]]
            },
            "reply": { _ in ["message": "Fine."] }, "followed_guidelines": { _ in ["followed": []] },
        ])
        let chat = try await Conversation(try journey(Self.plan), nlp: model, customer: CustomerDraft(name: "Ann"))
        #expect(try await chat.ask("A trip, please", trace: "t1") == "Fine.")
        #expect(model.requests.withLock { $0.last { $0.schemaName == "reply" }?.prompt.contains("plan 1") } == true)
        #expect(try await stored(chat) == "plan 1")
        chat.clock.advance(by: .seconds(7200))
        #expect(try await chat.ask("To Rome", trace: "t2") == "Fine.")
        #expect(try await stored(chat) == "plan 2")
    }

    @Test("a value of a tag or the default does not count as fetched")
    func others() {
        let value = VariableValue(
            variable: "v", key: VariableValue.defaultKey, revision: "r", modifiedAt: Timestamp(microseconds: 0),
            data: "basic")
        let entry = CustomerVariables.Entry(variable: Self.plan, value: value, isOwn: false)
        #expect(VariableRefresh.stale([entry], at: Timestamp(microseconds: 0)) == [Self.plan])
    }

    @Test("reach the prompt with their descriptions, and so does the glossary")
    func prompt() async throws {
        let model = ScriptedModel(["reply": { _ in ["message": "Fine."] }])
        var snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always)], tools: [.make("plan")],
            handlers: FakeHandlers(tools: ["plan": count()]))
        snapshot.variables = [Self.plan]
        snapshot.terms = [
            Term(id: "t", name: "SEPA", description: "The euro payment area.", synonyms: ["euro transfer"])
        ]
        let chat = try await Conversation(snapshot, nlp: model, customer: CustomerDraft(name: "Ann"))
        _ = try await chat.ask("Hello", trace: "t1")
        let prompt = try #require(model.requests.withLock { $0.last?.prompt })
        #expect(prompt.contains("- plan (What the customer pays for.): plan 1"))
        #expect(prompt.contains("- SEPA (also: euro transfer): The euro payment area."))
    }
}

@Suite("The terms of a prompt")
struct TermSelectionTests {
    private func snapshot(_ count: Int) -> AgentSnapshot {
        var snapshot = AgentSnapshot.make()
        snapshot.terms = (0..<count).map { number in
            Term(
                id: TermID("t\(number)"), name: "Product\(number)", description: "An article of the shop.",
                synonyms: number == 7 ? ["Mountain bike"] : [])
        }
        return snapshot
    }

    @Test("are all of a small glossary")
    func small() {
        #expect(TermSelection().terms(for: ["Hello"], of: snapshot(20)).count == 20)
    }

    @Test("of a large one are those that are spoken of, by name or synonym, and none when none is")
    func large() {
        let selection = TermSelection()
        let chosen = selection.terms(for: ["Is the mountain bike better than product3?"], of: snapshot(300))
        #expect(chosen.map(\.name) == ["Product3", "Product7"])
        #expect(selection.terms(for: ["Good morning"], of: snapshot(300)).isEmpty)
    }

    @Test("never exceed the limit")
    func limit() {
        #expect(
            TermSelection().terms(for: ["Which article of the shop?"], of: snapshot(300)).count == TermSelection.limit)
    }
}
