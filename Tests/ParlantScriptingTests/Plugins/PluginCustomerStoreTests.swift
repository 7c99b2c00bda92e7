import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("A customer store of a plugin")
struct PluginCustomerStoreTests {
    /// The store of a plugin whose `customer_store` has this text.
    private func store(
        _ functions: String, clock: any TimeSource = TestClock(), tags: (any TagStore)? = nil,
        log: LogRecorder = LogRecorder()
    ) async throws -> any CustomerStore {
        let scripts = try await Loader(clock: clock, log: log).scripts([
            "agents/x.lua": Loader.file(""),
            "plugins/crm/init.lua": """
            local parlant = require "parlant"
            local asked = 0
            return parlant.plugin { name = "crm", version = "1", customer_store = { \(functions) } }
            """,
        ])
        let directory = PluginDirectory()
        directory.follow { scripts }
        try directory.requireCustomerStore(of: "crm")
        return directory.customerStore(of: "crm", tags: tags, clock: clock)
    }

    private func error(_ body: () async throws -> some Any) async throws -> StoreError {
        let error = await #expect(throws: StoreError.self) { _ = try await body() }
        return try #require(error)
    }

    @Test("finds customers where the plugin looks, and keeps them for the stated time")
    func find() async throws {
        let clock = TestClock()
        let store = try await store(
            """
            cache_seconds = 10,
            find = function(ctx, id)
              if id == "nobody" then return nil end
              return { id = id, name = "N " .. ctx.time:now(), metadata = { plan = "gold" }, tags = { "vip" },
                created_at = "2026-01-02T03:04:05Z" }
            end,
            """, clock: clock)
        let first = try await store.read("a/b c")
        #expect(first.metadata == ["plan": "gold"])
        #expect(first.tags == ["vip"])
        #expect(first.createdAt == Timestamp("2026-01-02T03:04:05Z"))
        clock.advance(by: .seconds(9))
        #expect(try await store.read("a/b c").name == first.name)
        clock.advance(by: .seconds(2))
        #expect(try await store.read("a/b c").name != first.name)
        #expect(try await error { try await store.read("nobody") }.code == .notFound)
    }

    @Test("never asks the plugin about the guest")
    func guest() async throws {
        let store = try await store("find = function() error('asked') end,")
        #expect(try await store.read("guest").isGuest)
        #expect(try await error { try await store.update("guest", CustomerChange(name: "x")) }.code == .protected)
        #expect(try await error { try await store.delete("guest") }.code == .protected)
        #expect(
            try await error { try await store.create(CustomerDraft(id: "guest", name: "x")) }.code == .alreadyExists)
    }

    @Test("keeps nobody whom the plugin found as it was before a reload", .timeLimit(.minutes(1)))
    func reloading() async throws {
        func plugin(_ body: String) -> String {
            """
            local parlant = require "parlant"
            return parlant.plugin { name = "crm", version = "1", customer_store = {
              cache_seconds = 1000, find = function(ctx, id) \(body) end,
            } }
            """
        }
        let clock = TestClock()
        let served = try await Served(
            [
                "agents/x.lua": Loader.file(""),
                "plugins/crm/init.lua": plugin("ctx.time:sleep(60) return { id = id, name = \"Old\" }"),
            ], Loader(clock: clock))
        let catalog = ScriptCatalog(try #require(served.scripts))
        let directory = PluginDirectory()
        directory.follow { catalog.scripts }
        let store = directory.customerStore(of: "crm", clock: clock)
        async let begun = store.read("a")
        // The function's own, and the one that ends it when it takes too long.
        try await clock.waitForSleepers(2)
        try served.folder.write("plugins/crm/init.lua", plugin("return { id = id, name = \"New\" }"))
        #expect(try await served.reload() == [.loaded(name: "crm", generation: 2, files: 1)])
        catalog.swap(try #require(served.scripts))
        #expect(try await store.read("b").name == "New")
        clock.advance(by: .seconds(60))
        #expect(try await begun.name == "Old")
        #expect(try await store.read("a").name == "New")
    }

    @Test("is unavailable when the plugin fails, with the reason in the log alone")
    func failures() async throws {
        let log = LogRecorder()
        let store = try await store(
            """
            find = function(_, id)
              if id == "down" then return nil, "the service does not answer" end
              if id == "broken" then error("boom") end
              if id == "swapped" then return { id = "other", name = "Somebody else" } end
              if id == "ancient" then return { id = id, name = "N", created_at = "0000-01-01T00:00:00+23:59" } end
              return { id = id, name = "" }
            end,
            """, log: log)
        for id in ["down", "broken", "swapped", "ancient", "nameless"] {
            let error = try await error { try await store.read(CustomerID(id)) }
            #expect(error.code == .unavailable)
            #expect(
                error.message
                    == "the customers, which the plugin 'crm' keeps, cannot be reached; try again later")
            #expect(error.cause != nil)
        }
        #expect(
            log.lines.map(\.message) == [
                "plugins/crm/init.lua:5: boom",
                "plugins/crm/init.lua:3: find: id: expected \"swapped\", which was asked for, got \"other\"",
                "plugins/crm/init.lua:3: find: created_at: expected a moment such as \"2026-03-02T08:00:00Z\", got "
                    + "string \"0000-01-01T00:00:00+23:59\"",
                "plugins/crm/init.lua:3: find: name: expected a string of 1 to 100 characters, got string \"\"",
            ])
    }

    @Test("says what it does not offer, and where to do it instead")
    func readOnly() async throws {
        let store = try await store("find = function(_, id) return { id = id, name = \"N\" } end,")
        let sentence = { (function: String) in
            "the customers are kept by the plugin 'crm', which has no '\(function)'; do it in the service that it speaks to"
        }
        for (function, error) in [
            ("create", try await error { try await store.create(CustomerDraft(name: "x")) }),
            ("update", try await error { try await store.update("a", CustomerChange(name: "x")) }),
            ("delete", try await error { try await store.delete("a") }),
            ("delete", try await error { try store.checkDeletion(of: "a") }),
            ("list", try await error { try await store.list(CustomerQuery()) }),
        ] {
            #expect(error.code == .notOffered)
            #expect(error.message == sentence(function))
        }
    }

    @Test("puts the guest before the first page, and takes no page without a total")
    func pages() async throws {
        let store = try await store(
            """
            find = function() end,
            list = function(_, q)
              if q.limit == 7 then return { items = {} } end
              if q.limit == 8 then return { items = { { id = "a", name = "A" }, { id = 3 } }, total = 2 } end
              local from = q.after and tonumber(q.after.id) or 0
              local items = {}
              for n = from + 1, math.min(3, from + (q.limit or 3)) do
                items[#items + 1] = { id = tostring(n), name = "N", created_at = "2026-01-01T00:00:0" .. n .. "Z" }
              end
              return { items = items, total = 3 - from }
            end,
            """)
        let whole = try await store.list(CustomerQuery())
        #expect(whole.items.map(\.id) == ["guest", "1", "2", "3"])
        #expect((whole.totalCount, whole.hasMore) == (4, false))
        var ids: [String] = []
        var page = PageRequest(limit: 1)
        for _ in 0..<4 {
            let next = try await store.list(CustomerQuery(page: page))
            ids += next.items.map(\.id.rawValue)
            #expect(next.totalCount == 5 - ids.count)
            page.cursor = next.nextCursor
        }
        #expect(ids == ["guest", "1", "2", "3"])
        #expect(page.cursor == nil)
        #expect(try await store.list(CustomerQuery(tags: ["vip"])).items.map(\.id) == ["1", "2", "3"])
        #expect(try await error { try await store.list(CustomerQuery(page: .init(limit: 8))) }.code == .unavailable)
        #expect(try await error { try await store.list(CustomerQuery(page: .init(limit: 9))) }.code == .unavailable)
    }

    @Test("takes any offset and any total")
    func extremes() async throws {
        let store = try await store(
            """
            find = function() end,
            list = function(_, q)
              assert(q.limit + 1 > q.limit)
              return { items = { { id = "a", name = "A" } }, total = math.maxinteger }
            end,
            """)
        let beyond = try await store.list(CustomerQuery(offset: .max, page: .init(limit: 100)))
        #expect(beyond.items.isEmpty)
        let first = try await store.list(CustomerQuery(page: .init(limit: 100)))
        #expect(first.items.map(\.id) == ["guest", "a"])
        #expect(first.totalCount == .max)
    }

    @Test("knows tags by their names, as the service does, and the stores by their ids")
    func tags() async throws {
        let clock = TestClock()
        let tags = NamedTags(["vip": "t1"])
        let store = try await store(
            """
            find = function(_, id) return { id = id, name = "N", tags = { "vip", "staff" } } end,
            list = function(_, q) return { items = { { id = "a", name = q.tags[1], tags = { "vip" } } } } end,
            create = function(_, d) return { id = "a", name = table.concat(d.tags, " "), tags = d.tags } end,
            update = function(_, id, c) return { id = id, name = c.tags.add[1] .. c.tags.remove[1] } end,
            """, clock: clock, tags: tags)
        #expect(try await store.read("a").tags == ["t1", "staff"])
        let listed = try await store.list(CustomerQuery(tags: ["t1"])).items
        #expect(listed.map(\.name) == ["vip"])
        #expect(listed.map(\.tags) == [["t1"]])
        let made = try await store.create(CustomerDraft(name: "x", tags: ["t1", "t9"]))
        #expect((made.name, made.tags) == ("vip t9", ["t1", "t9"]))
        let change = CustomerChange(tags: TagsChange(add: ["t1"], remove: ["t2"]))
        #expect(try await store.update("a", change).name == "vipt2")
    }

    @Test("hands over drafts and changes as they are, and understands who is missing or there already")
    func changes() async throws {
        let store = try await store(
            """
            find = function() end,
            create = function(_, d)
              if d.id == "taken" then return nil, { kind = "already_exists", message = "taken" } end
              return { id = d.id or "new", name = d.name, metadata = d.metadata, tags = d.tags }
            end,
            update = function(_, id, c)
              if id == "nobody" then return nil, { kind = "not_found" } end
              local text = require("parlant.json").encode(c)
              return { id = id, name = c.name, metadata = { change = text } }
            end,
            delete = function(_, id) if id == "nobody" then return false end return true end,
            """)
        let made = try await store.create(CustomerDraft(name: "Ann", metadata: ["a": 1], tags: ["t"]))
        #expect((made.id, made.name, made.metadata, made.tags) == ("new", "Ann", ["a": 1], ["t"]))
        #expect(
            try await error { try await store.create(CustomerDraft(id: "taken", name: "x")) }.code == .alreadyExists)
        let change = CustomerChange(
            name: "Bo", metadata: MetadataChange(set: ["k": true], unset: ["l"]),
            tags: TagsChange(replacement: ["x"], add: ["y"], remove: ["z"]))
        #expect(
            try await store.update("a", change).metadata["change"]
                == .string(
                    #"{"metadata":{"set":{"k":true},"unset":["l"]},"name":"Bo","#
                        + #""tags":{"add":["y"],"remove":["z"],"replacement":["x"]}}"#))
        #expect(try await error { try await store.update("nobody", change) }.code == .notFound)
        try await store.delete("a")
        #expect(try await error { try await store.delete("nobody") }.code == .notFound)
    }

    @Test("asks for no change that goes beyond its limits")
    func limits() async throws {
        let store = try await store(
            """
            find = function(_, id) return { id = id, name = "N", metadata = { k = "12345" } } end,
            update = function(_, id, change)
              if change.metadata.set and change.metadata.set.l == "12345" then error("too much") end
              return { id = id, name = "Changed" }
            end,
            """)
        var limits = MetadataLimits()
        limits.bytes = 20
        func update(_ change: MetadataChange) async throws -> String {
            try await store.update("a", CustomerChange(metadata: change, limits: limits)).name
        }
        #expect(try await error { try await update(MetadataChange(set: ["l": "12345"])) }.code == .tooLarge)
        #expect(try await update(MetadataChange(set: ["l": 1])) == "Changed")
        #expect(try await update(MetadataChange(unset: ["k"])) == "Changed")
    }
}

/// Tags with given names and ids; nothing else is asked for.
private struct NamedTags: TagStore {
    let ids: [String: TagID]

    init(_ ids: [String: TagID]) { self.ids = ids }

    private func tag(_ name: String, _ id: TagID) -> ParlantCore.Tag {
        ParlantCore.Tag(id: id, name: name, createdAt: Timestamp(microseconds: 0))
    }

    func read(_ id: TagID) async throws -> ParlantCore.Tag {
        guard let name = ids.first(where: { $0.value == id })?.key else { throw StoreError.notFound("tag", id) }
        return tag(name, id)
    }

    func list(name: String?) async throws -> [ParlantCore.Tag] {
        ids.filter { name == nil || $0.key == name }.map { tag($0.key, $0.value) }
    }

    func create(name: String) async throws -> ParlantCore.Tag { throw StoreError.alreadyExists("tag", name) }
    func ensure(name: String) async throws -> ParlantCore.Tag { throw StoreError.alreadyExists("tag", name) }
    func update(_ id: TagID, name: String) async throws -> ParlantCore.Tag { throw StoreError.notFound("tag", id) }
    func delete(_ id: TagID) async throws { throw StoreError.notFound("tag", id) }
}
