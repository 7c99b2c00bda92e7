import ParlantCore
import ParlantEngine
import Synchronization
import Testing

@Suite("Retrievers in a turn")
struct RetrieverTurnTests {
    private struct Down: Error {}

    private func prompt(
        _ retrievers: [Retriever], _ bodies: [RetrieverID: FakeHandlers.Retrieving],
        guidelines: [Guideline] = [.make("g", nil, matcher: .always)]
    ) async throws -> String {
        let model = ScriptedModel([
            "reply": { _ in ["message": "Fine."] }, "guideline_matches": { _ in ["applies": []] },
        ])
        var snapshot = AgentSnapshot.make(guidelines, handlers: FakeHandlers(retrievers: bodies))
        snapshot.retrievers = retrievers
        let chat = try await Conversation(snapshot, nlp: model)
        #expect(try await chat.ask("Hello", trace: "t1") == "Fine.")
        return model.requests.withLock { $0.last?.prompt ?? "" }
    }

    @Test("bring facts for the reply, in the order of definition")
    func facts() async throws {
        let prompt = try await prompt(
            [Retriever(id: "faq"), Retriever(id: "stock")],
            [
                "stock": { _ in .result(ToolResult(data: ["chains": 4])) },
                "faq": { context in
                    await Task.yield()
                    return .result(ToolResult(data: .string("asked: \(context.interaction.lastCustomerMessage)")))
                },
            ])
        #expect(prompt.contains("- faq: asked: Hello\n- stock: {\"chains\":4}"))
    }

    @Test("may leave their work until it is known what applies")
    func deferred() async throws {
        let prompt = try await prompt(
            [Retriever(id: "faq")],
            [
                "faq": { _ in
                    .deferred { context in
                        let ids = context.matchedGuidelines.map(\.guideline.id.rawValue).joined(separator: ",")
                        return ToolResult(data: .string("for \(ids)"))
                    }
                }
            ])
        #expect(prompt.contains("- faq: for g"))
    }

    @Test("of a guideline run only while it applies")
    func scoped() async throws {
        let prompt = try await prompt(
            [Retriever(id: "yes", scope: .guideline("g")), Retriever(id: "no", scope: .guideline("other"))],
            [
                "yes": { _ in .result(ToolResult(data: "there")) },
                "no": { _ in .result(ToolResult(data: "not there")) },
            ],
            guidelines: [.make("g", nil, matcher: .always), .make("other", "The customer asks")])
        #expect(prompt.contains("- yes: there"))
        #expect(!prompt.contains("not there"))
    }

    @Test("bring rules for the reply, which leave out what has a lower priority")
    func rules() async throws {
        let rule = ToolResult.TransientGuideline(action: "Only apologise", priority: 10)
        let prompt = try await prompt(
            [Retriever(id: "outage")], ["outage": { _ in .result(ToolResult(data: "down", guidelines: [rule])) }],
            guidelines: [.make("g", nil, action: "Offer an upgrade", matcher: .always)])
        #expect(prompt.contains("- Only apologise"))
        #expect(!prompt.contains("Offer an upgrade"))
    }

    @Test("that fail, or bring nothing, are left out")
    func failure() async throws {
        let prompt = try await prompt(
            [Retriever(id: "down"), Retriever(id: "empty"), Retriever(id: "faq")],
            [
                "down": { _ in throw Down() }, "empty": { _ in nil },
                "faq": { _ in .result(ToolResult(data: "open at 8")) },
            ])
        #expect(prompt.contains("# Facts that were looked up for this reply\n- faq: open at 8\n"))
    }

    @Test("may give fields and responses for canned replies, without a model")
    func canned() async throws {
        var snapshot = AgentSnapshot.make(
            [.make("g", nil, matcher: .always, responses: ["hours"])],
            responses: [try .make("hours", "We open at {{opening}}.", dependencies: ["opening"])],
            handlers: FakeHandlers(retrievers: [
                "faq": { _ in .result(ToolResult(data: 8, cannedResponseFields: ["opening": 8])) }
            ]))
        snapshot.retrievers = [Retriever(id: "faq")]
        let chat = try await Conversation(snapshot)
        #expect(try await chat.ask("When do you open?", trace: "t1") == "We open at 8.")
    }
}
