import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Conversations that are remembered")
struct MemoryTurnTests {
    /// Notes where the customer lives, and replaces or drops it when they say so.
    private let model = ScriptedModel.remembering { prompt in
        if prompt.contains("forget it") { return [memoryChange("drop", note: 1)] }
        if prompt.contains("Paris") { return [memoryChange("replace", "The customer lives in Paris.", note: 1)] }
        return prompt.contains("Berlin") ? [memoryChange("add", "The customer lives in Berlin.")] : []
    }
    private let note = "Notes from earlier conversations"

    @Test("what was said in one session is known in the next; a correction replaces it, and it is forgotten on demand")
    func sessions() async throws {
        let first = try await Conversation.remembered(model)
        _ = try await first.ask("I live in Berlin", trace: "t1")
        #expect(try await first.memories() == [])
        await first.pause()
        #expect(try await first.memories() == ["The customer lives in Berlin."])
        #expect(model.prompts("reply").allSatisfy { !$0.contains(note) })

        let second = try await first.newSession()
        _ = try await second.ask("Where do I live?", trace: "t2")
        #expect(model.prompts("reply").last?.contains(": The customer lives in Berlin.") == true)
        let record = try #require(try await second.explanation("t2")?["memories"]?.array)
        let id = try #require(try await second.stores.memories.list().first?.entity.id.rawValue)
        #expect(record.map { $0["id"]?.string } == [id] && (record.first?["score"]?.number ?? 0) > 0.5)

        _ = try await second.ask("I have moved to Paris", trace: "t3")
        await second.pause()
        #expect(try await second.memories() == ["The customer lives in Paris."])
        // One call of the model for each pause, and the second was shown what the first had noted.
        #expect(model.prompts("memories").count == 2)
        #expect(model.prompts("memories").last?.contains("The customer lives in Berlin.") == true)

        let third = try await first.newSession()
        _ = try await third.ask("Where I live, forget it", trace: "t4")
        await third.pause()
        #expect(try await third.memories() == [])
    }

    @Test("only what has not been read is read, with a little of what stands before")
    func parts() async throws {
        let chat = try await Conversation.remembered(model)
        _ = try await chat.ask("Hello", trace: "t1")
        await chat.pause()
        _ = try await chat.ask("I live in Berlin", trace: "t2")
        await chat.pause()
        let prompt = try #require(model.prompts("memories").last)
        #expect(
            prompt.contains(
                """
                # Said earlier, as background
                customer: Hello
                agent: Good.

                # New part of the conversation
                1. customer: I live in Berlin
                2. agent: Good.
                """))
        // Nothing is new: nothing is asked.
        await chat.pause()
        #expect(model.prompts("memories").count == 2)
    }

    @Test("nothing is remembered of the guest, of agents that do not want it, and of sessions that refuse")
    func refused() async throws {
        let guest = try await Conversation.remembered(model, customer: nil)
        _ = try await guest.ask("I live in Berlin", trace: "t1")
        await guest.pause()
        let plain = try await Conversation.remembered(model, as: .make())
        _ = try await plain.ask("I live in Berlin", trace: "t1")
        await plain.pause()
        let refusing = try await Conversation.remembered(model)
            .newSession(metadata: ["memory": ["remember": false]])
        _ = try await refusing.ask("I live in Berlin", trace: "t1")
        await refusing.pause()
        #expect(model.prompts("memories").isEmpty)
    }

    @Test("a session without recall is told nothing, and one whose agent does not want it may ask for it")
    func recall() async throws {
        let chat = try await Conversation.remembered(model, as: .remembering(MemoryUse(remember: true)))
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.pause()
        let silent = try await chat.newSession()
        _ = try await silent.ask("Where do I live?", trace: "t2")
        #expect(model.prompts("reply").last?.contains(note) == false)
        let told = try await chat.newSession(metadata: ["memory": ["recall": true]])
        _ = try await told.ask("Where do I live?", trace: "t3")
        #expect(model.prompts("reply").last?.contains(note) == true)
    }

    @Test("what was said while a session was not to be remembered is not read later")
    func withdrawn() async throws {
        let chat = try await Conversation.remembered(model)
        func wants(_ remember: Bool) async throws {
            let wish: JSONValue = ["remember": .boolean(remember)]
            _ = try await chat.engine.updateSession(chat.session, SessionChange(metadata: .init(set: ["memory": wish])))
        }
        _ = try await chat.ask("Hello", trace: "t1")
        try await wants(false)
        _ = try await chat.ask("I live in Berlin", trace: "t2")
        try await wants(true)
        _ = try await chat.ask("I like tea", trace: "t3")
        await chat.pause()
        let prompt = try #require(model.prompts("memories").last)
        #expect(prompt.contains("# New part of the conversation\n1. customer: I like tea\n2. agent: Good.\n\n"))
        #expect(!prompt.contains("Berlin"))
    }

    @Test("what people answer in manual mode is remembered, too")
    func manual() async throws {
        let chat = try await Conversation.remembered(model)
        _ = try await chat.engine.updateSession(chat.session, SessionChange(mode: .manual))
        try await chat.say("I live in Berlin", trace: "t1")
        await chat.pause()
        #expect(try await chat.memories() == ["The customer lives in Berlin."])
    }

    @Test("a memory that a prompt shows was looked at, and then not again for an hour")
    func accesses() async throws {
        let chat = try await Conversation.remembered(model)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.pause()
        func looked() async throws -> Timestamp? {
            await chat.engine.runner.memories?.accesses.flush()
            return try await chat.stores.memories.list().first?.entity.lastAccessedAt
        }
        #expect(try await looked() == nil)
        _ = try await chat.ask("Where do I live?", trace: "t2")
        let first = chat.clock.now
        #expect(try await looked() == first)
        await chat.pause()
        _ = try await chat.ask("Where do I live?", trace: "t3")
        #expect(try await looked() == first)
        await chat.pause(.seconds(3600))
        _ = try await chat.ask("Where do I live?", trace: "t4")
        #expect(try await looked() == chat.clock.now)
    }

    @Test("a customer has as many memories as the policy says")
    func most() async throws {
        var settings = EngineSettings()
        settings.memory.mostPerCustomer = 2
        let model = ScriptedModel.remembering { _ in
            [("a", 2), ("b", 9), ("c", 5), ("d", 7)].map { memoryChange("add", "Fact \($0.0)", importance: $0.1) }
        }
        let chat = try await Conversation.remembered(model, settings: settings)
        _ = try await chat.ask("Hello", trace: "t1")
        await chat.pause()
        #expect(try await chat.memories() == ["Fact b", "Fact d"])
    }

    @Test("a budget that is used up is not spent on memories; the next message tries again")
    func budget() async throws {
        var settings = EngineSettings()
        settings.budgets.session.soft.calls = 1
        let chat = try await Conversation.remembered(model, settings: settings)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.pause()
        #expect(model.prompts("memories").isEmpty)
        #expect(try await chat.memories() == [])
    }

    @Test("a model that fails is asked again later, and nothing is lost")
    func failures() async throws {
        let failures = Mutex(2)
        let model = ScriptedModel.remembering { _ in
            let fails = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            if fails { throw NLPError(.unavailable, "no answer") }
            return [memoryChange("add", "The customer lives in Berlin.")]
        }
        let chat = try await Conversation.remembered(model)
        _ = try await chat.ask("I live in Berlin", trace: "t1")
        await chat.rest()
        for _ in 0..<3 {
            let before = model.prompts("memories").count
            chat.clock.advance(by: .seconds(600))
            while model.prompts("memories").count == before { await Task.yield() }
            while chat.engine.memories?.isReading == true { await Task.yield() }
        }
        #expect(try await chat.memories() == ["The customer lives in Berlin."])
    }
}
