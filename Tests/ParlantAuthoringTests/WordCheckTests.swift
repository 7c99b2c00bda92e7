import Testing

@testable import ParlantAuthoring

@Suite("Words in functions and specs")
struct WordCheckTests {
    private func findings(_ text: String) -> [String] {
        WordCheck.findings(in: text).map { "\($0.line): \($0.message)" }
    }

    /// Script, and what is wrong in it.
    private static let misspelt: [(String, String)] = [
        (
            "local parlant = require \"parlant\"\nreturn function() return parlant.reslt {} end",
            "2: parlant: there is no 'reslt' (did you mean 'result'?)"
        ),
        (
            "local p = require('parlant')\nlocal function f() return p.ToolResult {} end",
            "2: parlant: there is no 'ToolResult'; it is called 'result' here"
        ),
        (
            "local parlant = require 'parlant'\nlocal t = { tags = { parlant.tags.preambel } }",
            "2: parlant.tags: there is no 'preambel' (did you mean 'preamble'?)"
        ),
        (
            "local json <const> = require \"parlant.json\"\nlocal x = json.encod(1)",
            "2: parlant.json: there is no 'encod' (did you mean 'encode'?)"
        ),
        (
            "local t = { run = function(ctx, args)\n  return ctx.htpp:get(args.url)\nend }",
            "2: ctx: there is no 'htpp' (did you mean 'http'?)"
        ),
        (
            "function M.run(ctx)\n  if a then b() else ctx.http:gett(url) end\nend",
            "2: ctx.http: there is no 'gett' (did you mean 'get'?)"
        ),
        (
            "function M:run(ctx)\n  for i = 1, #ctx.interaction.mesages do f(i) end\nend",
            "2: ctx.interaction: there is no 'mesages' (did you mean 'messages'?)"
        ),
        (
            "return function(ctx)\n  local kv = ctx.kv.customer\n  kv:incremnt('n')\nend",
            "3: ctx.kv.customer: there is no 'incremnt' (did you mean 'increment'?)"
        ),
        (
            "return function(ctx, ...)\n  return ctx:all(function() return ctx.tme:now() end)\nend",
            "2: ctx: there is no 'tme' (did you mean 'time'?)"
        ),
        (
            "local test = require 'parlant.test'\ntest.descripe('x', function() end)",
            "2: parlant.test: there is no 'descripe' (did you mean 'describe'?)"
        ),
        (
            "local test = require 'parlant.test'\nlocal it, assert = test.it, test.assert\nassert.sayd(1)",
            "3: assert: there is no 'sayd' (did you mean 'said'?)"
        ),
        (
            "local test = require 'parlant.test'\nlocal c = test.conversation { agent = 'a' }\nc:custmer 'Hi'",
            "3: chat: there is no 'custmer' (did you mean 'customer'?)"
        ),
        (
            "local test = require 'parlant.test'\nlocal c\nf(function() c = test.conversation {} end)\nc:custmer 'Hi'",
            "4: chat: there is no 'custmer' (did you mean 'customer'?)"
        ),
        (
            "local test = require 'parlant.test'\nlocal c = test.conversation { agent = 'a' }\nc.http:onn('GET', '/')",
            "3: chat.http: there is no 'onn' (did you mean 'on'?)"
        ),
    ]

    @Test("that do not exist are found, with their line and what was meant", arguments: misspelt)
    func wrong(script: String, expected: String) {
        #expect(findings(script) == [expected])
    }

    @Test(
        "that are the script's own are nobody's business",
        arguments: [
            // Other values of the same name, inside and after.
            "local parlant = require 'parlant'\nlocal function f(parlant) return parlant.anything end",
            "local parlant = require 'parlant'\ndo local parlant = {} parlant.anything() end",
            "local parlant = require 'parlant'\nfor parlant in each() do parlant.anything() end",
            "local parlant = require 'parlant'\nparlant = other\nparlant.anything()",
            "local a, parlant = 1, require 'parlant'\na, parlant = 2, 3\nparlant.anything()",
            "local function f(x, ctx) return ctx.anything end",
            "local function f(ctx) end\nreturn ctx.anything",
            "while f(function(ctx) return ctx.log end) do ctx.anything() end",
            "local x\nx = 1\nlocal function f(ctx) x = ctx.log end\nx.anything()",
            // Members, fields and texts that only look alike.
            "local ctx = {}\nctx.anything()\nreturn { ctx = 1, x = y.ctx.anything, z = y:ctx().anything }",
            "return function(ctx) return { ctx.log, ctx = ctx, x = y.ctx.anything } end",
            "return function(ctx) return 'ctx.anything', [[ctx.anything]] --[==[ ctx.anything\n]==] end -- ctx.anything",
            "return function(ctx) return ctx.agent.id .. \"\\\"ctx.anything\" end",
            // What only the script knows.
            "return function(ctx) return ctx.config.anything, ctx.state.anything, ctx.variables.anything end",
            "return function(ctx) return ctx.session.metadata.anything, ctx.customer.metadata.a.b end",
            "return function(ctx)\n  local reply = ctx.http:get(url)\n  return reply.anything\nend",
            "return function(ctx)\n  local log = ctx.log and ctx.log\n  log.anything()\nend",
            "local test = require 'parlant.test'\nlocal r = test.conversation { a = 1 }:call(t)\nreturn r.anything",
            "local tools = require 'bank.tools'\nreturn tools.anything",
            "local parlant = require 'parlant'\nreturn function() return parlant.result { data = 1 }.anything end",
            // No Lua at all.
            "end end until ) } ] function ( local = require 'parlant' \" [[",
        ])
    func passes(script: String) {
        #expect(findings(script).isEmpty)
    }

    @Test("are all known that the test kit and the server have")
    func complete() {
        let tables = WordTables()
        for path in ["parlant", "parlant.json", "parlant.test", "ctx", "ctx.http", "ctx.kv.session", "ctx.customer"] {
            #expect(tables.table(path) == path)
        }
        for (table, words) in SpecFunctions.words {
            for word in words { #expect(tables.refusal(of: word, in: table) == nil) }
        }
        #expect(tables.table("ctx.config") == nil && tables.table("ctx.customer.metadata") == nil)
    }

    @Test("of modules are those of a plain table, and unknown for any other")
    func modules() {
        let plain = "local M = {}\nM.stock = 1\nfunction M.hours() return M.stock end\nM.x.y = 2\nreturn M"
        #expect(ModuleWords.words(of: plain) == ["stock", "hours"])
        for other in [
            "local M = {}\nM[name] = 1\nreturn M", "local M = {}\nfill(M)\nreturn M", "return { a = 1 }",
            "local M = other()\nM.a = 1\nreturn M", "local M = {}\nM.a = 1\nM = other\nreturn M",
            "local M = {}\nM.a = 1\nreturn M.a", "return M",
        ] {
            #expect(ModuleWords.words(of: other) == nil, "\(other)")
        }
        #expect(ModuleWords.module(of: "agents/bank/journeys/transfer.lua") == "bank.journeys.transfer")
        #expect(ModuleWords.module(of: "plugins/location/init.lua") == "location")
        #expect(ModuleWords.module(of: "agents/init.lua") == "init")
        let found = WordCheck.findings(
            in: "local tools = require \"shop.tools\"\nreturn function() return tools.stok, tools.hours end",
            WordTables(modules: ["shop.tools": ["stock", "hours"]]))
        #expect(found.map(\.message) == ["'shop.tools' has no 'stok' (did you mean 'stock'?)"])
    }

    @Test("are read line by line, whatever stands in texts and comments")
    func lines() {
        let tokens = LuaLexer.tokens(of: "#!/x\n--[[\n\n]] a = [=[\nx]]\n]=] .. 'b\\\nc'\n--d\n0x1F...e")
        #expect(
            tokens.map { "\($0.line) \($0.text.replacing("\n", with: "~"))" } == [
                "4 a", "4 =", "4 ~x]]~", "6 ..", "6 b\\~c", "9 0x1F...e",
            ])
    }
}
