import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Documents in a turn")
struct DocumentTurnTests {
    private let always = AgentSnapshot.make([.make("g", nil, matcher: .always)])
    private let heading = "Passages of documents"

    private func document(_ id: DocumentID, _ owner: KnowledgeOwner, _ text: String) -> Document {
        Document(id: id, owner: owner, title: "Title of \(id)", content: .text(text))
    }

    private func chat(
        _ model: GroundedModel, _ documents: [Document], customer: CustomerDraft? = .init(id: "ann", name: "Ann")
    ) async throws -> Conversation {
        let chat = try await Conversation(always, nlp: model, customer: customer)
        for document in documents { try await chat.stores.documents.create(document) }
        return chat
    }

    @Test("passages of customer and agent that answer come with their titles, and the explanation names them")
    func grounding() async throws {
        let model = GroundedModel()
        let chat = try await chat(
            model,
            [
                document("bill", .customer("ann"), "The chimney flashing cost 262.50.\n\nPaid in March."),
                document("terms", .agent("otto"), "Flashing has a guarantee of five years."),
                document("boiler", .customer("ann"), "Code E10 means low pressure."),
            ])
        _ = try await chat.ask("What did the flashing of the chimney cost?", trace: "t1")
        let lines = model.prompt.split(separator: "\n").filter { $0.hasPrefix("{\"document\"") }
        #expect(
            lines == [
                #"{"document":"Title of bill","of":"customer","passage":1,"#
                    + #""text":"The chimney flashing cost 262.50.\n\nPaid in March."}"#,
                #"{"document":"Title of terms","of":"agent","passage":1,"#
                    + #""text":"Flashing has a guarantee of five years."}"#,
            ])
        let passages = try #require(try await chat.explanation("t1")?["passages"]?.array)
        #expect(passages.map { $0["document_id"] } == ["bill", "terms"])
        #expect(passages.map { $0["owner"] } == ["customer", "agent"])
        #expect(passages.map { $0["title"] } == ["Title of bill", "Title of terms"])
        #expect(passages.map { $0["passage"] } == [1, 1])
        #expect(passages.allSatisfy { ($0["score"]?.number ?? 0) > 0 && $0["text"] == nil })
    }

    @Test("a prompt has nothing of documents when nothing is relevant", arguments: ["Thank you so much!", "Who won?"])
    func irrelevant(text: String) async throws {
        let model = GroundedModel()
        let chat = try await chat(model, [document("bill", .customer("ann"), "The chimney flashing cost 262.50.")])
        _ = try await chat.ask(text, trace: "t1")
        #expect(!model.prompt.contains(heading))
        #expect(try await chat.explanation("t1")?["passages"] == [])
    }

    @Test("the guest has no documents, and others' are nobody's")
    func guest() async throws {
        let model = GroundedModel()
        let chat = try await chat(
            model,
            [
                document("ours", .customer(Customer.guestID), "The flashing of everybody."),
                document("bobs", .customer("bob"), "The flashing of Bob."),
                document("agent", .agent("otto"), "The flashing of the shop."),
                document("other", .agent("ann"), "The flashing of another shop."),
            ], customer: nil)
        _ = try await chat.ask("What about the flashing?", trace: "t1")
        #expect(model.prompt.contains("The flashing of the shop."))
        #expect(!model.prompt.contains("everybody") && !model.prompt.contains("Bob"))
        #expect(!model.prompt.contains("another shop"))
    }

    @Test("what was deleted or changed is not found any more, and what was added is found")
    func changes() async throws {
        let model = GroundedModel()
        let chat = try await chat(model, [document("bill", .customer("ann"), "The flashing cost 262.50.")])
        _ = try await chat.ask("What did the flashing cost?", trace: "t1")
        #expect(model.prompt.contains("262.50"))
        try await chat.stores.documents.update("bill") { $0.content = .parts(["The flashing cost 300.", "Paid."]) }
        try await chat.stores.documents.create(document("second", .customer("ann"), "A second flashing is ordered."))
        _ = try await chat.ask("What did the flashing cost?", trace: "t2")
        #expect(!model.prompt.contains("262.50"))
        #expect(model.prompt.contains("The flashing cost 300.") && model.prompt.contains("is ordered"))
        try await chat.stores.documents.delete("bill")
        try await chat.stores.documents.delete("second")
        _ = try await chat.ask("What did the flashing cost?", trace: "t3")
        #expect(!model.prompt.contains(heading))
    }

    @Test("a question that names nothing is understood with the one before it, and thanks are no question")
    func followUp() async throws {
        let model = GroundedModel()
        let chat = try await chat(model, [document("bill", .customer("ann"), "The chimney flashing cost 262.50.")])
        _ = try await chat.ask("Tell me of the chimney flashing", trace: "t1")
        _ = try await chat.ask("And when?", trace: "t2")
        #expect(model.prompt.contains("262.50"))
        _ = try await chat.ask("Thanks, have a nice day!", trace: "t3")
        #expect(!model.prompt.contains(heading))
    }

    @Test("words decide until vectors are there, which no turn waits for, and no vector is made twice")
    func vectors() async throws {
        let valve = Valve()
        let embedder = GroupEmbedder([["creek", "flood", "floods"], ["roof", "tiles"]], valve: valve)
        let model = GroundedModel(embedder: embedder)
        let chat = try await chat(
            model,
            [
                document("policy", .customer("ann"), "Floods are not covered. The end."),
                document("bill", .customer("ann"), "New tiles for the house. The end."),
            ])
        _ = try await chat.ask("The creek came in!", trace: "t1")
        #expect(!model.prompt.contains(heading))
        valve.open()
        await chat.engine.documents?.settle()
        _ = try await chat.ask("The creek came in!", trace: "t2")
        #expect(model.prompt.contains("Floods are not covered.") && !model.prompt.contains("New tiles"))
        #expect(embedder.requests.withLock { $0.map(\.count) } == [2, 1])
        try await chat.stores.documents.create(document("news", .customer("ann"), "The roof is new."))
        _ = try await chat.ask("The creek came in!", trace: "t3")
        await chat.engine.documents?.settle()
        let requests = embedder.requests.withLock { $0 }
        #expect(requests.contains(["The roof is new."]))
        #expect(requests.joined().count { $0.contains("covered") } == 1)
    }

    @Test("an embedder that fails is left alone for a while, and words decide")
    func failure() async throws {
        let embedder = GroupEmbedder([["creek", "floods"]])
        embedder.fails.withLock { $0 = true }
        let chat = try await chat(
            GroundedModel(embedder: embedder), [document("policy", .customer("ann"), "Floods are not covered.")])
        for trace in ["t1", "t2", "t3"] {
            _ = try await chat.ask("What about floods?", trace: TraceID(trace))
            await chat.engine.documents?.settle()
            #expect(try await chat.explanation(TraceID(trace))?["passages"]?.array?.count == 1)
        }
        #expect(embedder.requests.withLock { $0.count } == 1)
        embedder.fails.withLock { $0 = false }
        chat.clock.advance(by: .seconds(61))
        _ = try await chat.ask("What about floods?", trace: "t4")
        await chat.engine.documents?.settle()
        #expect(embedder.requests.withLock { $0.count } == 2)
    }

    @Test("a prompt takes no more passages and tokens than it may")
    func limits() async throws {
        let model = GroundedModel()
        var settings = EngineSettings()
        settings.documents.passages = 3
        settings.documents.promptTokens = 40
        let chat = try await Conversation(
            always, nlp: model, settings: settings, customer: CustomerDraft(id: "ann", name: "Ann"))
        for number in 1...6 {
            let text = "Flashing \(number)." + String(repeating: " so", count: 20)
            try await chat.stores.documents.create(document(DocumentID("d\(number)"), .customer("ann"), text))
        }
        _ = try await chat.ask("What about the flashing?", trace: "t1")
        #expect(model.prompt.split(separator: "\n").count { $0.hasPrefix("{\"document\"") } == 2)
    }

    @Test("preparing makes the vectors before anybody asks, and what is erased leaves memory")
    func preparing() async throws {
        let embedder = GroupEmbedder([["creek", "floods"]])
        let chat = try await chat(
            GroundedModel(embedder: embedder), [document("policy", .customer("ann"), "Floods are not covered.")])
        chat.engine.documentsChanged(of: .customer("ann"))
        await chat.engine.documents?.settle()
        #expect(embedder.requests.withLock { $0 } == [["Floods are not covered."]])
        try await chat.engine.forgetCustomer("ann")
        #expect(chat.engine.documents?.keptBytes == 0)
    }

    @Test("documents of an agent that is deleted leave memory")
    func deletedAgent() async throws {
        let chat = try await chat(GroundedModel(), [document("rules", .agent("otto"), "Floods are not covered.")])
        _ = try await chat.ask("What about floods?", trace: "t1")
        #expect(chat.engine.documents?.keptBytes ?? 0 > 0)
        chat.engine.forgetAgent("otto")
        #expect(chat.engine.documents?.keptBytes == 0)
    }

    @Test("vectors of documents are charged to the customer and the day, and not made when a budget is used up")
    func accounts() async throws {
        let embedder = GroupEmbedder([["creek", "floods"]])
        var settings = EngineSettings()
        settings.budgets.customer.hard.calls = 1
        settings.budgets.day.hard.calls = 3
        let chat = try await Conversation(
            always, nlp: GroundedModel(embedder: embedder), settings: settings,
            customer: CustomerDraft(id: "ann", name: "Ann"))
        func add(_ id: DocumentID, _ owner: KnowledgeOwner) async throws {
            try await chat.stores.documents.create(document(id, owner, "Text \(id)."))
            chat.engine.documentsChanged(of: owner)
            await chat.engine.documents?.settle()
            // After a refusal nothing is asked for a while.
            chat.clock.advance(by: settings.documents.pauseAfterFailure)
        }
        try await add("a", .customer("ann"))
        #expect(try await chat.engine.usage(of: CustomerID("ann")).spent.calls == 1)
        try await add("b", .customer("ann"))
        try await add("c", .agent("otto"))
        try await add("d", .agent("otto"))
        try await add("e", .agent("otto"))
        #expect(embedder.requests.withLock { $0 } == [["Text a."], ["Text c."], ["Text d."]])
        #expect(chat.engine.usageToday.spent.calls == 3)
    }
}
