import Testing

@testable import LuaRuntime

@Suite("The sandbox")
struct SandboxTests {
    /// Script and the description of the error it ends with, word for word.
    static let golden: [(String, String)] = [
        (
            "local list_free_days = 1\nreturn list_free_dayz",
            "s.lua:2: 'list_free_dayz' is not defined (did you mean 'list_free_days'?)"
        ),
        (
            "local days = 1\nreturn function() end, (function() return dayz + days end)()",
            "s.lua:2: 'dayz' is not defined (did you mean 'days'?)"
        ),
        ("return stirng.upper('x')", "s.lua:1: 'stirng' is not defined (did you mean 'string'?)"),
        ("return utterly_unknown", "s.lua:1: 'utterly_unknown' is not defined"),
        ("\nlimit = 3", "s.lua:2: 'limit' would become a global; write 'local limit'"),
        ("function helper() end", "s.lua:1: 'helper' would become a global; write 'local helper'"),
        ("return os.time()", "s.lua:1: there is no 'os' here; use ctx.time inside a handler"),
        ("return io.open('x')", "s.lua:1: there is no 'io' here; files are not reachable from a script"),
        ("coroutine.yield()", "s.lua:1: there is no 'coroutine' here; waiting functions suspend by themselves"),
        (
            "xpcall(print, print)",
            "s.lua:1: there is no 'xpcall' here; use pcall, every defect is logged with its traceback"
        ),
        ("load('x')", "s.lua:1: there is no 'load' here; use require"),
        ("loadfile('x')", "s.lua:1: there is no 'loadfile' here; use require"),
        ("dofile('x')", "s.lua:1: there is no 'dofile' here; use require"),
        ("return package.path", "s.lua:1: there is no 'package' here; use require"),
        (
            "debug.sethook()",
            "s.lua:1: there is no 'debug' here; errors carry their place and the log has the traceback"
        ),
        ("collectgarbage()", "s.lua:1: there is no 'collectgarbage' here; the server looks after memory"),
        ("_G.x = 1", "s.lua:1: there is no '_G' here; write the name itself"),
        ("string.dump(print)", "s.lua:1: attempt to call a nil value (field 'dump')"),
        ("string.trim = 1", "s.lua:1: this table is read-only; 'trim' cannot be written"),
        ("local x\nx.y.z = 1", "s.lua:2: attempt to index a nil value (local 'x')"),
        ("error('no')", "s.lua:1: no"),
        ("local function check(x)\n error('bad x', 2)\nend\n\ncheck(1)", "s.lua:5: bad x"),
        ("local ok, e = pcall(error, 'first')\nerror(e, 0)", "s.lua:2: first"),
        ("local ok, e = pcall(function() error('first') end)\n\nerror(e)", "s.lua:1: first"),
        ("return 1 +", "s.lua:1: unexpected symbol near <eof>"),
        ("local t = {\n  1, 2\nprint(t)", "s.lua:3: '}' expected (to close '{' at line 1) near 'print'"),
        ("require('t').raise('from inside')", "s.lua:1: from inside"),
        ("\nrequire('t').fail('from Swift')", "s.lua:2: from Swift"),
        ("('x'):rep(1e9)", "s.lua:1: resulting string too large"),
        ("('x'):bad()", "s.lua:1: attempt to call a nil value (method 'bad')"),
        ("return ('x'):rep({})", "s.lua:1: bad argument #1 to 'rep' (number expected, got table)"),
    ]

    @Test("says what is wrong, word for word", arguments: golden)
    func texts(script: String, expected: String) async throws {
        let error = try #require(await makeVM().failure(script))
        #expect(error.description == expected)
    }

    /// All that Lua 5.4 has, by its manual.
    static let stock: [String: String] = [
        "": """
        _G _VERSION assert collectgarbage dofile error getmetatable ipairs load loadfile next pairs pcall print rawequal \
        rawget rawlen rawset require select setmetatable tonumber tostring type warn xpcall coroutine debug io math os \
        package string table utf8
        """,
        "math": """
        abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad random \
        randomseed sin sqrt tan tointeger type ult cosh sinh tanh pow frexp ldexp log10
        """,
        "string": """
        byte char dump find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper
        """,
        "table": "concat insert move pack remove sort unpack", "utf8": "char charpattern codepoint codes len offset",
    ]

    @Test("has of Lua's names those in the table that editors and linters go by, and no others")
    func names() async throws {
        let known = Dictionary(uniqueKeysWithValues: LuaSandbox.libraries.map { ($0.name, $0.members) })
            .merging(["": LuaSandbox.globals + LuaSandbox.libraries.map(\.name)]) { $1 }
        #expect(Set(known.keys) == Set(Self.stock.keys))
        for (library, names) in Self.stock {
            var found: [String] = []
            for name in names.split(separator: " ") {
                let path = library.isEmpty ? String(name) : "\(library).\(name)"
                let text = "return select(2, pcall(function() return \(path) ~= nil end)) == true"
                if try await makeVM().script(text) == [.boolean(true)] { found.append(String(name)) }
            }
            #expect(Set(found) == Set(known[library] ?? []), "\(library)")
        }
    }

    @Test("has the library that it promises")
    func library() async throws {
        let text = """
            local n = 0
            for _, name in ipairs { \(LuaSandbox.globals.dropFirst().map { "'\($0)'" }.joined(separator: ", ")) } do
                assert(type(_ENV[name]) == 'function', name)
                n = n + 1
            end
            print('nothing listens')
            return n, _VERSION, ('abc'):upper(), #table.pack(1, 2), math.max(1, 2), utf8.char(233), '10' + 1, -'2'
            """
        let expected: [LuaValue] = [
            .integer(18), .string("Lua 5.4"), .string("ABC"), .integer(2), .integer(2), .string("é"), .integer(11),
            .integer(-2),
        ]
        #expect(try await makeVM().script(text) == expected)
    }

    @Test("hands what a script prints to the host, as one text")
    func printing() async throws {
        let (lines, out) = AsyncStream<[LuaValue]>.makeStream()
        let vm = try makeVM(functions: [
            .immediate("print") {
                out.yield($0.arguments); return []
            }
        ])
        _ = try await vm.script("print('a', 1, nil, setmetatable({}, { __tostring = function() return 'T' end }))")
        var iterator = lines.makeAsyncIterator()
        #expect(await iterator.next() == [.string("a\t1\tnil\tT")])
    }

    @Test("gives every error the lines that led to it")
    func traceback() async throws {
        let error = await makeFailing(
            "local function inner()\n error('x')\nend\nlocal function outer()\n inner()\n return 1\nend\nouter()")
        #expect(
            error?.traceback == """
                [C]: in global 'error'
                s.lua:2: in upvalue 'inner'
                s.lua:5: in local 'outer'
                s.lua:8: in the file
                """)
    }

    private func makeFailing(_ text: String) async -> LuaError? {
        guard let vm = try? makeVM() else { return nil }
        return await vm.failure(text)
    }

    @Test("shows a very long file name whole")
    func longNames() async throws {
        let name = "agents/" + String(repeating: "long/", count: 30) + "init.lua"
        let vm = try makeVM()
        let error = await failure { _ = try await vm.run(LuaSource(name: name, text: "\nerror('x')")) }
        #expect(error?.location == LuaLocation(file: name, line: 2))
        #expect(error?.message == "x")
    }

    @Test("sorts stably, and by a comparator")
    func sorting() async throws {
        let text = """
            local t = {}
            for i = 1, 200 do t[i] = { key = (i * 7919) % 10, at = i } end
            table.sort(t, function(a, b) return a.key < b.key end)
            for i = 2, #t do
                assert(t[i - 1].key < t[i].key or (t[i - 1].key == t[i].key and t[i - 1].at < t[i].at))
            end
            local words = { 'pear', 'apple', 'fig' }
            table.sort(words)
            local l = { 1, 2, 3 }
            table.insert(l, 1, 0) table.insert(l, 4)
            local gone = table.remove(l, 2)
            return table.concat(words, ','), table.concat(l, ','), gone, table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ','), table.remove({}), select('#', table.unpack({ 1, nil, 3 }, 1, 3))
            """
        let expected: [LuaValue] = [
            .string("apple,fig,pear"), .string("0,2,3,4"), .integer(1), .string("1,1,2,3"), .nil, .integer(3),
        ]
        #expect(try await makeVM().script(text) == expected)
    }
}

@Suite("Modules")
struct ModuleTests {
    let modules = [
        "bank.tools": "return { check_balance = 1, lookup = function(t) return t.optional end }",
        "bank.self": "local M = {} function M.get() return M.cache end return M",
        "broken": "local x = 1\nlocal y = = 2",
        "a": "return require 'b'", "b": "return require 'c'", "c": "return require 'a'",
        "fails": "\nerror('cannot start')",
        "nothing": "local x = 1",
        "count": "local t = require 't' return { n = t.echo(1) }",
    ]

    private func vm() throws -> LuaVM { try makeVM(modules: modules) }

    @Test("are loaded once and shared")
    func once() async throws {
        #expect(
            try await vm().script("local a = require 'count' a.n = 5 return require('count').n, require 'nothing'") == [
                .integer(5), .boolean(true),
            ])
    }

    @Test(
        "that fail say where",
        arguments: [
            ("require 'missing'", "s.lua:1: module 'missing' was not found"),
            ("\nrequire 'broken'", "broken.lua:2: unexpected symbol near '='"),
            ("require 'a'", "c.lua:1: modules require one another in a circle: a -> b -> c -> a"),
            ("require 'fails'", "fails.lua:2: cannot start"),
            ("pcall(require, 'fails') require 'fails'", "fails.lua:2: cannot start"),
            ("require(12)", "s.lua:1: bad argument #1 to 'require' (string expected, got number)"),
        ])
    func failures(script: String, expected: String) async throws {
        let error = try #require(await vm().failure(script))
        #expect(error.description == expected)
        #expect((error.code == .syntax) == script.contains("broken"))
    }

    @Test("tell unknown fields while files load, and only then")
    func fields() async throws {
        let vm = try vm()
        let text = "local tools = require 'bank.tools'\nreturn tools.check_balanse"
        #expect(try await vm.script(text) == [.nil])
        await vm.setLoading(true)
        #expect(
            await vm.failure(text)?.description
                == "s.lua:2: 'bank.tools' has no 'check_balanse' (did you mean 'check_balance'?)")
        #expect(
            try await vm.script("return require('bank.tools').lookup(require 'bank.tools'), require('bank.self').get()")
                == [.nil, .nil])
        await vm.setLoading(false)
        #expect(try await vm.script(text) == [.nil])
    }

    @Test("of a loader that throws give its message")
    func loaderErrors() async throws {
        let vm = try LuaVM(lane: sharedLane, functions: [], preludes: []) { name in
            throw HostError("module '\(name)' was not found (looked for agents/\(name).lua)")
        }
        #expect(
            await vm.failure("require 'x'")?.description
                == "s.lua:1: module 'x' was not found (looked for agents/x.lua)")
    }

    @Test("of preludes build on one another, and their errors name no line of theirs")
    func preludes() async throws {
        let vm = try makeVM(preludes: [
            .init(module: "one", source: "return { n = 1 }"),
            .init(
                module: "two",
                source:
                    "local one = require 'one' return { n = one.n + 1, bad = function() local x = nil return x.y end }"),
        ])
        #expect(try await vm.script("return require('two').n") == [.integer(2)])
        #expect(
            await vm.failure("\nrequire('two').bad()")?.description
                == "s.lua:2: attempt to index a nil value (local 'x')")
        #expect(throws: LuaError.self) { try makeVM(preludes: [.init(module: "bad", source: "error('x')")]) }
    }
}
