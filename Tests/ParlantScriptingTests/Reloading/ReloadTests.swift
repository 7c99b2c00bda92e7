import Foundation
import LuaRuntime
import ParlantCore
import ParlantStores
import Testing

@testable import ParlantScripting

/// An agent with a tool `t` that returns a text, which may come from shared code.
private func agent(_ name: String, says expression: String, before: String = "") -> String {
    """
    local parlant = require "parlant"
    \(before)
    local t = parlant.tool { name = "t", description = "A tool.", run = function(ctx) return \(expression) end }
    local agent = parlant.agent { name = "\(name)", description = "An agent." }
    agent:guideline { id = "g", condition = "Always", action = "Use it", tools = { t } }
    return agent
    """
}

@Suite("Reloading what changed")
struct ReloadTests {
    @Test("a changed bundle gets a new generation, and the others keep theirs")
    func onlyTouched() async throws {
        let served = try await Served([
            "agents/a.lua": agent("A", says: "\"old\""), "agents/b.lua": agent("B", says: "\"b\""),
        ])
        let old = try served.caller("a")
        let other = served.set.generation(of: "b")
        try served.folder.write("agents/a.lua", agent("A", says: "\"new\""))
        #expect(try await served.reload() == [.loaded(name: "a", generation: 2, files: 1)])
        #expect(try await served.caller("a").data() == "new")
        #expect(try served.caller("a").agent.generation == 2)
        #expect(try await old.data() == "old", "who holds a snapshot keeps its generation")
        #expect(served.set.generation(of: "b") === other)
    }

    @Test("shared code reloads all that read it, and nobody else")
    func sharedCode() async throws {
        let uses = "local money = require \"_shared.money\""
        let served = try await Served([
            "agents/_shared/money.lua": "return { sign = \"$\" }",
            "agents/a.lua": agent("A", says: "money.sign", before: uses),
            "agents/b.lua": agent("B", says: "money.sign", before: uses),
            "agents/c.lua": agent("C", says: "\"c\""),
        ])
        try served.folder.write("agents/_shared/money.lua", "return { sign = \"€\" }")
        let changes = try await served.reload()
        #expect(
            changes == [.loaded(name: "a", generation: 2, files: 2), .loaded(name: "b", generation: 2, files: 2)])
        #expect(try await served.caller("b").data() == "€")
    }

    @Test("a file that comes before the one that was read is seen")
    func shadowed() async throws {
        let served = try await Served([
            "agents/a.lua": agent("A", says: "text", before: "local text = require \"_words\""),
            "agents/_words/init.lua": "return \"from the folder\"",
        ])
        try served.folder.write("agents/_words.lua", "return \"from the file\"")
        try await served.reload()
        #expect(try await served.caller("a").data() == "from the file")
    }

    @Test("a broken change changes nothing, and says why until it is mended")
    func broken() async throws {
        let served = try await Served([
            "agents/a.lua": agent("A", says: "1"), "agents/b.lua": agent("B", says: "1"),
        ])
        try served.folder.write("agents/a.lua", "local parlant = require \"parlant\"\nreturn parlant.agent { nam = 1 }")
        try served.folder.write("agents/b.lua", agent("B", says: "2"))
        let changes = try await served.reload()
        #expect(changes == [.kept(name: "a", generation: 1), .loaded(name: "b", generation: 2, files: 1)])
        #expect(served.problems.first == "agents/a.lua:2: agent: missing required field 'description'")
        #expect(try await served.caller("a").data() == .integer(1))
        #expect(try await served.reload() == [], "nothing changed since")
        try served.folder.write("agents/b.lua", agent("B", says: "3"))
        #expect(try await served.reload() == [.loaded(name: "b", generation: 3, files: 1)])
        #expect(!served.problems.isEmpty, "another bundle does not mend it")
        try served.folder.write("agents/a.lua", agent("A", says: "4"))
        #expect(try await served.reload() == [.loaded(name: "a", generation: 2, files: 1)])
        #expect(served.problems == [])
        #expect(try await served.caller("a").data() == .integer(4))
    }

    @Test("a bundle is mended by the file that was missing")
    func missingModule() async throws {
        let served = try await Served(["agents/a.lua": agent("A", says: "1")])
        try served.folder.write("agents/a.lua", agent("A", says: "words.x", before: "local words = require \"_words\""))
        #expect(try await served.reload() == [.kept(name: "a", generation: 1)])
        try served.folder.write("agents/_words.lua", "return { x = 2 }")
        #expect(try await served.reload() == [.loaded(name: "a", generation: 2, files: 2)])
    }

    @Test("bundles come and go, and a name that comes back goes on counting")
    func comeAndGo() async throws {
        let served = try await Served(["agents/a.lua": agent("A", says: "1"), "agents/b.lua": agent("B", says: "1")])
        try FileManager.default.removeItem(atPath: served.folder.path + "/agents/b.lua")
        try served.folder.write("agents/c/init.lua", agent("C", says: "3"))
        let changes = try await served.reload()
        #expect(changes == [.removed(name: "b", generation: 1), .loaded(name: "c", generation: 1, files: 1)])
        #expect(served.scripts?.agents().map(\.id) == ["a", "c"])
        try served.folder.write("agents/b.lua", agent("B", says: "2"))
        #expect(try await served.reload() == [.loaded(name: "b", generation: 2, files: 1)])
    }

    @Test("a folder that is away for a moment, or has lost its main file, takes nothing away")
    func awayForAMoment() async throws {
        let served = try await Served([
            "agents/a/init.lua": agent("A", says: "x.y", before: "local x = require \"a.x\""),
            "agents/a/x.lua": "return { y = 1 }", "agents/b.lua": agent("B", says: "1"),
        ])
        let path = served.folder.path
        try FileManager.default.moveItem(atPath: "\(path)/agents", toPath: "\(path)/away")
        #expect(try await served.reload() == [])
        #expect(served.problems == ["agents: there is no such folder"])
        #expect(served.scripts?.agents().count == 2)
        try FileManager.default.moveItem(atPath: "\(path)/away", toPath: "\(path)/agents")
        #expect(try await served.reload() == [], "it is as it was")
        #expect(served.problems == [])

        try FileManager.default.removeItem(atPath: "\(path)/agents/a/init.lua")
        #expect(try await served.reload() == [])
        #expect(
            served.problems == ["agents/a/init.lua: there is no such file any more; put it back, or remove its folder"])
        #expect(try await served.caller("a").data() == .integer(1))
    }

    @Test("two bundles cannot take one id: the running one keeps it")
    func duplicateID() async throws {
        let served = try await Served(["agents/a.lua": agent("A", says: "1"), "agents/b.lua": agent("B", says: "1")])
        let thief = agent("B", says: "2").replacing("name = \"B\"", with: "id = \"a\", name = \"B\"")
        try served.folder.write("agents/b.lua", thief)
        #expect(try await served.reload() == [.kept(name: "b", generation: 1)])
        #expect(served.problems == ["agents/b.lua: agent \"a\": this id is already used at bundle a"])
        try FileManager.default.removeItem(atPath: served.folder.path + "/agents/a.lua")
        try await served.reload()
        try served.folder.write("agents/b.lua", thief + "\n")
        #expect(try await served.reload() == [.loaded(name: "b", generation: 2, files: 1)])
    }

    @Test("ids of guidelines, tools and canned responses survive a reload of unchanged texts")
    func stableIDs() async throws {
        let text = """
            local parlant = require "parlant"
            local t = parlant.tool { name = "t", description = "A tool.", run = function() return 1 end }
            local agent = parlant.agent { name = "A", description = "An agent." }
            agent:guideline { condition = "It rains", action = "Give an umbrella", tools = { t } }
            agent:guideline { condition = "It snows", action = "Give boots", canned_responses = { "Boots!" } }
            return agent
            """
        let served = try await Served(["agents/a.lua": text])
        let before = try served.caller("a").agent
        try served.folder.write("agents/a.lua", "-- moved down\n" + text)
        #expect(try await served.reload().count == 1)
        let after = try served.caller("a").agent
        #expect(after.guidelines.map(\.id) == before.guidelines.map(\.id))
        #expect(after.cannedResponses.map(\.id) == before.cannedResponses.map(\.id))
        #expect(Set(after.tools.keys) == Set(before.tools.keys))
        #expect(after.generation == 2)
    }

    @Test("touching a file without changing it reloads nothing")
    func touched() async throws {
        let served = try await Served(["agents/a.lua": agent("A", says: "1")])
        try served.folder.write("agents/a.lua", agent("A", says: "1"))
        #expect(try await served.reload() == [])
    }

    @Test("a change of the same length within the same moment is seen")
    func sameLength() async throws {
        let served = try await Served(["agents/a.lua": agent("A", says: "1")])
        for number in 2...30 {
            let file = try #require(FileHandle(forWritingAtPath: served.folder.path + "/agents/a.lua"))
            try file.write(contentsOf: Data(agent("A", says: "\(number % 10)").utf8))
            try file.close()
            try await served.reload()
            #expect(try await served.caller("a").data() == .integer(Int64(number % 10)))
        }
    }

    @Test("the Lua states of a generation close with its last call", .timeLimit(.minutes(5)))
    func closing() async throws {
        let clock = TestClock()
        var loading = Loader()
        loading.clock = clock
        let served = try await Served(["agents/a.lua": agent("A", says: "ctx.time:sleep(60)")], loading)
        weak let generation = served.set.generation(of: "a")
        weak let vm = generation?.lanes.first?.vm
        let waiting = Task { [caller = try served.caller("a")] in try await caller.run() }
        try await clock.waitForSleepers(1)
        try served.folder.write("agents/a.lua", agent("A", says: "2"))
        try await served.reload()
        #expect(generation != nil && vm != nil, "a call is under way")
        clock.advance(by: .seconds(60))
        _ = try await waiting.value
        // The task lets go of what it holds just after its value is there.
        while generation != nil || vm != nil { await Task.yield() }
    }

    @Test(
        "what was created over REST for an agent keeps no Lua states open when its script is gone",
        .timeLimit(.minutes(1)))
    func mergedClosing() async throws {
        let served = try await Served(["agents/a.lua": agent("A", says: "1"), "agents/b.lua": agent("B", says: "1")])
        let catalog = ScriptCatalog(try #require(served.scripts))
        let entities = try await entities(below: catalog)
        weak let generation = served.set.generation(of: "a")
        #expect(entities.turns.snapshot(of: "a")?.terms.map(\.name) == ["spa"])
        try FileManager.default.removeItem(atPath: served.folder.path + "/agents/a.lua")
        #expect(try await served.reload() == [.removed(name: "a", generation: 1)])
        catalog.swap(try #require(served.scripts))
        while generation != nil { await Task.yield() }
    }

    @Test("an agent for which something was created over REST runs the hooks of a plugin as it is now")
    func mergedHooks() async throws {
        func plugin(_ word: String) -> String {
            """
            local parlant = require "parlant"
            return parlant.plugin {
              name = "p", version = "1",
              hooks = { message_generated = function(ctx, event) event:replace("\(word)") end },
            }
            """
        }
        let served = try await Served(["agents/a.lua": agent("A", says: "1"), "plugins/p/init.lua": plugin("old")])
        let catalog = ScriptCatalog(try #require(served.scripts))
        let entities = try await entities(below: catalog)
        func reply() async throws -> String? {
            let caller = Caller(try #require(entities.turns.snapshot(of: "a")))
            #expect(caller.agent.terms.count == 1)
            return try await caller.agent.handlers.runHooks(
                .messageGenerated, HookEvent(text: "hi"), in: caller.context
            ).text
        }
        #expect(try await reply() == "old")
        try served.folder.write("plugins/p/init.lua", plugin("new"))
        #expect(try await served.reload() == [.loaded(name: "p", generation: 2, files: 1)])
        catalog.swap(try #require(served.scripts))
        #expect(try await reply() == "new")
    }

    /// Agents of scripts, and a term that was created over REST.
    private func entities(below catalog: ScriptCatalog) async throws -> EntityCatalog {
        let clock = TestClock()
        let entities = EntityCatalog(.memory(clock: clock), below: catalog, loadedAt: clock.now)
        try await entities.terms.create(Term(id: "spa", name: "spa", description: "Where guests bathe."))
        return entities
    }

    @Test("a call that outlives its generation's time is cancelled, and says that it was reloaded")
    func retirement() async throws {
        let clock = TestClock()
        var loading = Loader()
        loading.clock = clock
        let served = try await Served(
            ["agents/a.lua": agent("A", says: "pcall(ctx.time.sleep, ctx.time, 20)")], loading)
        let old = try served.caller("a")
        async let outcome = old.run()
        try await clock.waitForSleepers(2)
        served.set.generation(of: "a")?.retirement.end()
        guard case .defect(let text) = try await outcome else {
            Issue.record("the call went on")
            return
        }
        #expect(
            text
                == "agents/a.lua:3: cancelled: generation 1 of 'a' was replaced by a reload, and its time to end calls is over"
        )
        guard case .defect = try await old.run() else {
            Issue.record("a retired generation took another call")
            return
        }
        #expect(loading.log.lines.last?.metadata["generation"] == "1")
    }
}
