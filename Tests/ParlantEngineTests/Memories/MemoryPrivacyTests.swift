import ParlantCore
import ParlantStores
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Nobody is told what another customer said")
struct MemoryPrivacyTests {
    /// Notes everything that customers say, under the number that stands in their words.
    private static func model() -> ScriptedModel {
        ScriptedModel.remembering { prompt in
            let lines = prompt.split(separator: "\n").drop { $0 != "# New part of the conversation" }
            return lines.compactMap { line in
                guard let number = line.split(separator: ".").first.flatMap({ Int64($0) }),
                    let said = line.split(separator: " ").last, line.contains(". customer: ")
                else { return nil }
                return memoryChange("add", "They like tea, note\(said)", saidIn: number)
            }
        }
    }

    /// Whose notes and words a prompt has, by the numbers in them: `note3x7` is a note of what customer 3 said.
    private static func owners(_ prompt: String, _ prefix: String) -> Set<Int> {
        let words = prompt.split { !$0.isLetter && !$0.isNumber }
        return Set(
            words.filter { $0.hasPrefix(prefix) }.compactMap { word in
                word.dropFirst(prefix.count).split(separator: "x").first.flatMap { Int($0) }
            })
    }

    @Test(
        "over random conversations of many customers, sessions that change hands included",
        arguments: 1...4)
    func conversations(seed: Int) async throws {
        var random = SeededGenerator(state: UInt64(seed))
        let model = Self.model()
        let chat = try await Conversation.remembered(model, customer: nil)
        let count = 5
        for number in 0..<count {
            _ = try await chat.customers.create(CustomerDraft(id: CustomerID("c\(number)"), name: "Customer\(number)"))
        }
        var sessions: [(chat: Conversation, owner: Int?)] = []
        for turn in 0..<120 {
            if sessions.isEmpty || Int.random(in: 0..<6, using: &random) == 0 {
                let owner = Int.random(in: 0..<6, using: &random)
                let isGuest = owner == count
                sessions.append(
                    (try await chat.newSession(of: CustomerID(isGuest ? "guest" : "c\(owner)")), isGuest ? nil : owner))
            }
            let place = Int.random(in: sessions.indices, using: &random)
            if Int.random(in: 0..<5, using: &random) == 0 {
                let owner = Int.random(in: 0..<count, using: &random)
                _ = try await chat.engine.updateSession(
                    sessions[place].chat.session, SessionChange(customerID: CustomerID("c\(owner)")))
                sessions[place].owner = owner
            }
            let (current, owner) = sessions[place]
            let before = model.requests.withLock { $0.count }
            _ = try await current.ask("I like tea, said \(owner ?? 99)x\(turn)", trace: TraceID("t\(turn)"))
            for request in model.requests.withLock({ Array($0.dropFirst(before)) }) where request.schemaName == "reply"
            {
                let told = Self.owners(request.prompt, "note")
                #expect(told.isSubset(of: owner.map { [$0] } ?? []), "seed \(seed), turn \(turn)")
            }
            if Int.random(in: 0..<3, using: &random) == 0 { await chat.pause() }
        }
        await chat.pause()
        for prompt in model.prompts("memories") {
            let said = Self.owners(prompt.replacingSaid(), "said")
            #expect(said.count <= 1 && Self.owners(prompt, "note").isSubset(of: said), "seed \(seed)")
        }
        var kept = 0
        for number in 0..<count {
            for content in try await chat.memories(of: CustomerID("c\(number)")) {
                #expect(Self.owners(content, "note") == [number], "seed \(seed)")
                kept += 1
            }
        }
        #expect(kept > 20)
        #expect(try await chat.memories(of: "guest") == [])
    }
}

extension String {
    /// `said 3x7` as one word.
    fileprivate func replacingSaid() -> String {
        split(separator: "said ", omittingEmptySubsequences: false).joined(separator: "said")
    }
}
