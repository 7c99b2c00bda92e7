import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("ctx.memories")
struct MemoryTests {
    @Test("remembers, searches and forgets")
    func functions() async throws {
        let caller = try await Loader().caller(
            run: """
                local id = ctx.memories:remember("Likes tea", { importance = 0.75, entities = { "tea" } })
                ctx.memories:remember "Has a cat"
                local found, all = ctx.memories:search "tea", ctx.memories:search(nil, 1)
                local first = found[1]
                local refused, why = ctx.memories:remember "refused"
                return {
                  id, #found, #all, first.id, first.text, first.kind, first.entities, first.importance, first.score,
                  ctx.memories:forget(id), ctx.memories:forget(id), refused == nil, why,
                }
                """)
        #expect(
            try await caller.data() == [
                "m1", 1, 1, "m1", "Likes tea", "fact", ["tea"], 0.75, 0.5, true, false, true, "not here",
            ])
        #expect(caller.effects.notes.all.map(\.content) == ["Has a cat"])
    }

    @Test(
        "mistakes are told at their line",
        arguments: [
            ("ctx.memories:remember()", "ctx.memories:remember: expected a string"),
            ("ctx.memories:remember \" \"", "ctx.memories:remember: the text is empty"),
            (
                "ctx.memories:remember(\"a\", { importence = 1 })",
                "ctx.memories:remember: unknown option 'importence' (did you mean 'importance'?)"
            ),
            (
                "ctx.memories:remember(\"a\", { importance = 2 })",
                "ctx.memories:remember: importance: expected a number from 0 to 1"
            ),
            (
                "ctx.memories:remember(\"a\", { entities = { 1 } })",
                "ctx.memories:remember: entities: expected a list of strings"
            ),
            ("ctx.memories:search(7)", "ctx.memories:search: expected a string to search for, or nothing"),
            (
                "ctx.memories:search(\"a\", 51)",
                "ctx.memories:search: limit: expected a whole number from 1 to 50"
            ),
            ("ctx.memories:forget()", "ctx.memories:forget: expected the id of a memory"),
            ("ctx.memories.forget(\"a\")", "ctx.memories.forget: call it with a colon, as in ctx.memories:forget(…)"),
            ("ctx.memories:serch(\"a\")", "ctx.memories: there is no 'serch' (did you mean 'search'?)"),
            ("ctx.memories.note = 1", "ctx.memories.note: read-only; use ctx.memories:remember(text)"),
        ])
    func mistakes(body: String, text: String) async throws {
        let caller = try await Loader().caller(run: body)
        #expect(try await caller.run() == .defect("agents/x.lua:6: \(text)"))
    }

    @Test("the guest is not remembered")
    func guest() async throws {
        var caller = try await Loader().caller(run: "ctx.memories:remember \"a\"")
        caller.customer = .guest(createdAt: Timestamp(microseconds: 0))
        #expect(
            try await caller.run()
                == .defect(
                    "agents/x.lua:6: ctx.memories:remember: the guest is everybody that nobody knows; look at ctx.customer.is_guest first"
                ))
    }

    @Test("an agent says whether it remembers and recalls; neither, unless it does")
    func agents() async throws {
        func memory(_ field: String) async throws -> MemoryUse? {
            let script = "return require(\"parlant\").agent { name = \"X\", description = \"d\", \(field) }"
            return try await Loader().scripts(["agents/x.lua": script]).agents().first?.memory
        }
        #expect(try await memory("") == MemoryUse())
        #expect(try await memory("memory = { remember = true }") == MemoryUse(remember: true))
        #expect(
            try await memory("memory = { remember = true, recall = true }")
                == MemoryUse(remember: true, recall: true))
        #expect(
            try await Loader().problems([
                "agents/x.lua": """
                return require("parlant").agent { name = "X", description = "d", memory = { recal = true } }
                """
            ]) == ["agents/x.lua:1: agent \"X\": memory: unknown field 'recal' (did you mean 'recall'?)"])
    }
}
