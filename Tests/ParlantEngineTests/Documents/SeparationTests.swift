import ParlantCore
import ParlantStores
import Synchronization
import Testing

@testable import ParlantEngine

/// Customers who know the same words, and each of whom has a secret in everything that is known of them.
private struct Strangers {
    static let topics = ["invoice", "insurance", "boiler", "journey", "contract", "allergy"]
    static let customers = (0..<5).map { CustomerID("customer\($0)") }

    private var state: UInt64

    init(seed: Int) { state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15 }

    mutating func random(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    /// What only the prompts of this customer may have.
    static func secret(of customer: CustomerID) -> String { "secret-of-\(customer.rawValue)-end" }

    mutating func text(of customer: CustomerID) -> String {
        var text = ""
        for _ in 0...random(6) {
            text += "The \(Self.topics[random(6)]) and the \(Self.topics[random(6)]): \(Self.secret(of: customer)). "
        }
        return text
    }

    mutating func question() -> String {
        switch random(4) {
        case 0: "Thanks!"
        case 1: "And the \(Self.topics[random(6)])?"
        default: "What does the \(Self.topics[random(6)]) say of the \(Self.topics[random(6)])?"
        }
    }
}

@Suite("What is known of customers, in conversations of many")
struct SeparationTests {
    /// What may be known of a customer; whatever enters prompts belongs here.
    private enum Knowledge: CaseIterable { case about, documents, memories }

    private func learn(
        _ knowledge: Knowledge, of customer: CustomerID, _ strangers: inout Strangers, in chat: Conversation,
        _ number: Int
    ) async throws {
        switch knowledge {
        case .about:
            _ = try await chat.customers.update(customer, CustomerChange(about: .set(strangers.text(of: customer))))
        case .memories:
            try await chat.stores.memories.create(
                Memory(
                    id: MemoryID("m\(number)"), customer: customer, agent: "otto",
                    content: strangers.text(of: customer), importance: 0.9))
        case .documents:
            let id = DocumentID("d\(number)")
            let known = try await chat.stores.documents.list(anyOf: [KnowledgeOwner.customer(customer).tag])
            if known.count > 2 { try await chat.stores.documents.delete(known[0].entity.id) }
            let texts = [strangers.text(of: customer), strangers.text(of: customer)]
            try await chat.stores.documents.create(
                Document(
                    id: id, owner: .customer(customer), title: "The \(Strangers.secret(of: customer))",
                    content: strangers.random(2) == 0 ? .text(texts[0]) : .parts(texts)))
        }
    }

    @Test("no prompt of a turn has anything of another customer, also when sessions change hands", arguments: 0..<12)
    func separation(seed: Int) async throws {
        var strangers = Strangers(seed: seed)
        let embedder = GroupEmbedder(Strangers.topics.map { [$0] })
        let model = GroundedModel(embedder: seed.isMultiple(of: 2) ? embedder : nil)
        let agent = AgentSnapshot.remembering(
            MemoryUse(remember: false, recall: true), guidelines: [.make("g", "The customer asks")])
        var chat = try await Conversation(agent, nlp: model)
        var sessions: [SessionID: CustomerID] = [:]
        for customer in Strangers.customers {
            _ = try await chat.customers.create(CustomerDraft(id: customer, name: customer.rawValue))
            for _ in 0..<2 {
                let draft = SessionDraft(agentID: "otto", customerID: customer)
                sessions[try await chat.engine.createSession(draft, allowGreeting: false, traceID: "t0").id] = customer
            }
        }
        sessions[chat.session] = Customer.guestID
        let order = sessions.keys.sorted()
        var grounded = 0
        for number in 0..<60 {
            let customer = Strangers.customers[strangers.random(Strangers.customers.count)]
            let kinds = Knowledge.allCases
            try await learn(kinds[strangers.random(kinds.count)], of: customer, &strangers, in: chat, number)
            if strangers.random(8) == 0 { await chat.engine.documents?.settle() }
            chat.session = order[strangers.random(order.count)]
            if strangers.random(10) == 0 {
                _ = try await chat.engine.updateSession(chat.session, SessionChange(customerID: customer))
                sessions[chat.session] = customer
            }
            let before = model.requests.withLock { $0.count }
            _ = try await chat.ask(strangers.question(), trace: TraceID("t\(number + 1)"))
            let who = sessions[chat.session]
            for request in model.requests.withLock({ Array($0.dropFirst(before)) }) {
                for other in Strangers.customers where other != who {
                    #expect(!(request.system + request.prompt).contains(Strangers.secret(of: other)))
                }
                if let who, request.prompt.contains(Strangers.secret(of: who)) { grounded += 1 }
            }
        }
        #expect(grounded > 5)
    }

    @Test("turns at the same time get what is theirs", arguments: 0..<4)
    func atOnce(seed: Int) async throws {
        var strangers = Strangers(seed: 100 + seed)
        let model = GroundedModel(embedder: GroupEmbedder(Strangers.topics.map { [$0] }))
        let chat = try await Conversation(.make([.make("g", "The customer asks")]), nlp: model)
        var chats: [(Conversation, CustomerID, String)] = []
        for (number, customer) in Strangers.customers.enumerated() {
            _ = try await chat.customers.create(CustomerDraft(id: customer, name: customer.rawValue))
            for round in 0..<3 {
                try await learn(.documents, of: customer, &strangers, in: chat, number * 10 + round)
            }
            var one = chat
            let draft = SessionDraft(agentID: "otto", customerID: customer)
            one.session = try await chat.engine.createSession(draft, allowGreeting: false, traceID: "t0").id
            chats.append((one, customer, "What does the invoice say, I am \(customer.rawValue)?"))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (one, _, question) in chats {
                group.addTask {
                    for round in 1...5 { _ = try await one.ask(question, trace: TraceID("t\(round)-\(one.session)")) }
                }
            }
            try await group.waitForAll()
        }
        for request in model.requests.withLock({ $0 }) {
            let text = request.system + request.prompt
            let who = Strangers.customers.filter { text.contains("I am \($0.rawValue)?") }
            #expect(who.count == 1)
            for other in Strangers.customers where !who.contains(other) {
                #expect(!text.contains(Strangers.secret(of: other)))
            }
        }
    }
}
