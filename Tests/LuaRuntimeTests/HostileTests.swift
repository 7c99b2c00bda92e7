import Testing

@testable import LuaRuntime

/// A script that must not get its way, and the ends that count as right.
struct Attack: Sendable, CustomTestStringConvertible {
    var name: String
    var body: String
    var ends: Set<LuaError.Code>
    /// Part of the message that must appear, if it matters.
    var says: String?

    init(_ name: String, _ ends: Set<LuaError.Code>, says: String? = nil, _ body: String) {
        self.name = name
        self.body = body
        self.ends = ends
        self.says = says
    }

    var testDescription: String { name }
}

private let stopped: Set<LuaError.Code> = [.instructionLimit, .timeLimit]
private let full: Set<LuaError.Code> = [.memory]
private let refused: Set<LuaError.Code> = [.runtime]

private let loops: [Attack] = [
    Attack("a plain loop", stopped, "while true do end"),
    Attack("goto", stopped, "::again:: goto again"),
    Attack("a loop in pcall", stopped, "pcall(function() while true do end end) return 1"),
    Attack("pcall of loops in a loop", stopped, "while true do pcall(function() while true do end end) end"),
    Attack("nested pcall", stopped, "local function f() pcall(f) pcall(f) while true do end end while true do f() end"),
    Attack(
        "pcall of pcall of a loop", stopped, "while true do pcall(pcall, pcall, function() while true do end end) end"),
    Attack(
        "a loop in __index", stopped,
        "local t = setmetatable({}, { __index = function() while true do end end }) return t.x"),
    Attack(
        "a loop in __eq, caught", stopped,
        """
        local mt = { __eq = function() while true do end end }
        while true do pcall(function() return setmetatable({}, mt) == setmetatable({}, mt) end) end
        """),
    Attack(
        "a loop in __concat", stopped, "return setmetatable({}, { __concat = function() while true do end end }) .. 'x'"
    ),
    Attack(
        "a loop in __tostring", stopped,
        "return tostring(setmetatable({}, { __tostring = function() while true do end end }))"),
    Attack(
        "a loop in __lt under sort", stopped,
        """
        local mt = { __lt = function() while true do end end }
        table.sort({ setmetatable({}, mt), setmetatable({}, mt) })
        """),
    Attack("a loop in a comparator", stopped, "table.sort({ 3, 2, 1 }, function() while true do end end)"),
    Attack(
        "a caught loop in a comparator", stopped,
        """
        while true do pcall(table.sort, { 3, 2, 1 }, function() pcall(function() while true do end end) end) end
        """),
    Attack("a loop in a gsub callback", stopped, "(('x'):rep(9)):gsub('x', function() while true do end end)"),
    Attack(
        "caught loops in a gsub callback", stopped,
        """
        (('x'):rep(9)):gsub('x', function() pcall(function() while true do end end) end)
        """),
    Attack("a loop in an iterator", stopped, "for _ in function() while true do end end do end"),
    Attack("an iterator that never ends", stopped, "for _ in function() return 1 end do end"),
    Attack(
        "a loop in __close", stopped,
        "do local x <close> = setmetatable({}, { __close = function() while true do end end }) end"),
    Attack(
        "a loop, and loops in __close", stopped,
        """
        local mt = { __close = function() while true do pcall(function() while true do end end) end end }
        local a <close>, b = setmetatable({}, mt), 1
        local c <close> = setmetatable({}, mt)
        while true do end
        """),
    Attack(
        "an error, and a loop in __close", stopped.union(refused),
        """
        local x <close> = setmetatable({}, { __close = function() while true do end end })
        error("first")
        """),
    Attack("tail calls", stopped, "local function f() return f() end f()"),
    Attack("a loop in a required file", stopped, "require('loops')"),
    Attack("caught loops in a required file", stopped, "while true do pcall(require, 'loops') end"),
    Attack("endless string work", stopped, "while true do local s = ('x'):rep(1000000):upper() end"),
    Attack(
        "endless comparing", stopped,
        "local a, b = ('x'):rep(4000000) .. 'a', ('x'):rep(4000000) .. 'b' while true do local _ = a < b end"),
    Attack("endless converting", stopped, "local s = ('0'):rep(4000000) while true do local _ = s + 1 end"),
    Attack(
        "bitwise converting", refused, says: "attempt to perform bitwise operation on a string value",
        "local s = (' '):rep(4000000) .. '1' while true do local _ = s | 1 end"),
    Attack("tonumber of a long text", stopped, "local s = ('1'):rep(4000000) while true do tonumber(s, 10) end"),
    Attack(
        "a select of many", stopped,
        "local t = table.pack(table.unpack({}, 1, 15000)) while true do select('#', table.unpack(t, 1, 15000)) end"),
]

private let greed: [Attack] = [
    Attack("doubling a string", full, "local s = 'x' while true do s = s .. s end"),
    Attack("many strings", full.union(stopped), "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(100000) .. i end"),
    Attack("a big table", full, "local t = {} for i = 1, 1e9 do t[i] = i end"),
    Attack("a big table by names", full.union(stopped), "local t = {} for i = 1, 1e9 do t['k' .. i] = {} end"),
    Attack(
        "caught greed", stopped, "while true do pcall(function() local s = 'x' while true do s = s .. s end end) end"),
    Attack(
        "kept and caught greed", stopped,
        """
        local t = {}
        while true do pcall(function() while true do t[#t + 1] = ('x'):rep(60000) .. #t end end) end
        """),
    Attack("rep of 1 GB", refused, says: "resulting string too large", "return ('x'):rep(1e9)"),
    Attack("rep of nothing", stopped, "local s = (''):rep(1e15) while true do s = (''):rep(1e15) end"),
    Attack("rep of nothing between much", refused, says: "resulting string too large", "return (''):rep(1e15, 'x')"),
    Attack("rep that overflows", refused, says: "resulting string too large", "return ('xx'):rep(math.maxinteger)"),
    Attack("a packed GB", full, "return string.pack('c1000000000', 'x')"),
    Attack(
        "concat of much", full.union(stopped),
        "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(10000) end return table.concat(t, t[1])"),
    Attack("a huge width", refused, says: "invalid conversion", "return ('%99999d'):format(1)"),
    Attack("a huge precision", refused, says: "invalid conversion", "return ('%.9999f'):format(1)"),
    Attack(
        "gsub that grows", full.union(stopped), "local s = ('x'):rep(100000) while true do s = s:gsub('x', 'xx') end"),
]

private let depths: [Attack] = [
    Attack("recursion", refused, says: "stack overflow", "local function f() return 1 + f() end f()"),
    Attack(
        "recursion with many locals", refused, says: "stack overflow",
        """
        local function f(...) local a, b, c, d, e, g, h, i, j, k, l, m, n = 1 return 1 + f(a, b, c, d, ...) end f()
        """),
    Attack(
        "recursion through pcall", refused, says: "stack overflow",
        """
        local function f() local ok, e = pcall(f) if not ok then error(e, 0) end return ok end f()
        """),
    Attack(
        "recursion through __index", refused, says: "stack overflow",
        """
        local t = setmetatable({}, { __index = function(t, k) return t[k .. 'x'] end }) return t.x
        """),
    Attack("recursion through gsub", refused, says: "stack overflow", "local function f() ('x'):gsub('x', f) end f()"),
    Attack(
        "recursion through sort", refused, says: "stack overflow", "local function f() table.sort({ 1, 2 }, f) end f()"),
    Attack(
        "recursion through tostring", refused, says: "stack overflow",
        """
        local t = {} setmetatable(t, { __tostring = function() return tostring(t) end }) tostring(t)
        """),
    Attack(
        "a circle of __index tables", refused, says: "possible loop",
        """
        local a, b = {}, {} setmetatable(a, { __index = b }) setmetatable(b, { __index = a }) return a.x
        """),
    Attack(
        "a __call that is its own __call", refused, says: "stack overflow",
        """
        local t = {} setmetatable(t, { __call = t }) t()
        """),
    Attack(
        "nested parentheses", [.syntax],
        "return " + String(repeating: "(", count: 500) + "1" + String(repeating: ")", count: 500)),
    Attack(
        "deep __close", refused.union(stopped), says: nil,
        """
        local mt = { __close = function() error("again") end }
        local function f() local x <close> = setmetatable({}, mt) f() end f()
        """),
    Attack(
        "a pattern that nests", refused, says: "pattern too complex", "return ('x'):rep(300):match(('x?'):rep(300))"),
]

private let patterns: [Attack] = [
    Attack("six a* against sixty letters", stopped, "return ('a'):rep(60):find('a*a*a*a*a*a*b')"),
    Attack("backtracking of -", stopped, "return ('a'):rep(200):match('.-.-.-.-.-.-b')"),
    Attack("backtracking captures", stopped, "return ('a'):rep(300):match('(.*)(.*)(.*)(.*)(.*)%1b')"),
    Attack("caught backtracking", stopped, "while true do pcall(string.find, ('a'):rep(60), 'a*a*a*a*a*a*b') end"),
    Attack("quadratic gsub", stopped, "return ('a'):rep(300000):gsub('a*b', '')"),
    Attack("quadratic gmatch", stopped, "for _ in ('a'):rep(300000):gmatch('a*b') do end"),
    Attack("quadratic %b", stopped, "return ('('):rep(300000):find('%b()')"),
    Attack("an ended pattern", refused, says: "malformed pattern (ends with '%')", "return ('x'):find('%')"),
    Attack("an open set", refused, says: "malformed pattern (missing ']')", "return ('x'):find('[a')"),
    Attack("an open capture", refused, says: "unfinished capture", "return ('x'):find('(x')"),
    Attack("too many captures", refused, says: "too many captures", "return ('x'):find(('()'):rep(40))"),
]

private let counts: [Attack] = [
    Attack("move of very many", refused, says: "too many elements to move", "return table.move({}, 1, 1e15, 2)"),
    Attack(
        "insert with a lying length", stopped,
        """
        local t = setmetatable({}, { __len = function() return 1e15 end })
        while true do table.insert(t, 1, 1) table.remove(t, 1) end
        """),
    Attack("insert in front for ever", stopped.union(full), "local t = {} while true do table.insert(t, 1, 1) end"),
    Attack(
        "concat to the end of numbers", refused, says: "invalid value",
        "return table.concat({}, '', 1, math.maxinteger)"),
    Attack("unpack of very many", refused, says: "too many results", "return table.unpack({}, 1, 1e15)"),
    Attack(
        "unpack of all integers", refused, says: "too many results",
        "return table.unpack({}, math.mininteger, math.maxinteger)"),
    Attack("byte of very many", refused.union(full), "return ('x'):rep(4000000):byte(1, -1)"),
    Attack(
        "sort with a lying length", stopped,
        """
        local t = setmetatable({}, { __len = function() return 1e9 end }) while true do table.sort(t) end
        """),
    Attack(
        "a comparator that contradicts itself", stopped,
        """
        local t = {} for i = 1, 500 do t[i] = i end while true do table.sort(t, function() return true end) end
        """),
    Attack("utf8 over much", stopped, "local s = ('x'):rep(4000000) while true do utf8.len(s) end"),
]

private let tampering: [Attack] = [
    Attack("error(nil)", refused, says: "the error value is a nil, not a string", "error(nil)"),
    Attack("error(true)", refused, says: "the error value is a boolean, not a string", "error(true)"),
    Attack("error(12)", refused, says: "12", "error(12)"),
    Attack(
        "error(table that loops)", refused, says: "the error value is a table, not a string",
        "error(setmetatable({}, { __tostring = function() while true do end end }))"),
    Attack(
        "error(table that fails)", refused, says: "the error value is a table, not a string",
        "error(setmetatable({}, { __tostring = error }))"),
    Attack(
        "error(handle)", refused, says: "the error value is a handle of kind 'box', not a string",
        "error(require('t').handle('box', 1))"),
    Attack("error(function)", refused, says: "the error value is a function, not a string", "error(print)"),
    Attack(
        "an error in __index", refused, says: "no",
        "return setmetatable({}, { __index = function() error('no') end }).x"),
    Attack(
        "an error in __close", refused, says: "later",
        """
        local x <close> = setmetatable({}, { __close = function() error('later') end })
        """),
    Attack(
        "__gc", refused, says: "there is no '__gc' here",
        "setmetatable({}, { __gc = function() while true do end end })"),
    Attack(
        "the metatable of strings", refused, says: "attempt to index a boolean value", "getmetatable('').__index = {}"),
    Attack("a write to the string library", refused, says: "this table is read-only", "string.upper = nil"),
    Attack("a raw write to the string library", refused, says: "this table is read-only", "rawset(string, 'upper', 1)"),
    Attack("an insert into a library", refused, says: "this table is read-only", "table.insert(math, 1)"),
    Attack("a move into a library", refused, says: "this table is read-only", "table.move({ 1 }, 1, 1, 1, math)"),
    Attack("a raw write to the globals", refused, says: "this table is read-only", "rawset(_ENV, 'x', 1)"),
    Attack("a new metatable for the globals", refused, says: "this metatable is protected", "setmetatable(_ENV, {})"),
    Attack("a write over a global", refused, says: "'print' would become a global", "print = nil"),
    Attack(
        "a method that a handle lacks", refused, says: "attempt to call a nil value (method 'smash')",
        "require('t').handle('box', 1):smash()"),
    Attack("precompiled code", [.syntax], says: "attempt to load a binary chunk", "\u{1B}Lua"),
]

@Suite("A hostile script")
struct HostileTests {
    static let attacks = loops + greed + depths + patterns + counts + tampering

    /// Little enough that the whole table takes seconds, far more than any honest end of an attack needs.
    static let budget = LuaBudget(instructions: 3_000_000, time: .milliseconds(500))

    private func vm() throws -> LuaVM {
        var limits = LuaLimits()
        limits.memoryBytes = 24 << 20
        return try makeVM(limits: limits, modules: ["loops": "while true do end"])
    }

    private func check(_ error: LuaError?, _ attack: Attack) throws {
        let error = try #require(error, "it had its way")
        #expect(attack.ends.contains(error.code), "\(error.code): \(error)")
        if let says = attack.says {
            #expect(error.message.contains(says), "\(error)")
        }
        if error.code == .instructionLimit { #expect(error.message == "stopped after 3000000 instructions") }
        if error.code == .timeLimit { #expect(error.message == "stopped after 500 ms of running") }
        if error.code == .memory { #expect(error.message == "out of memory (limit 24 MiB)") }
    }

    @Test("ends with a clear error while it loads, and the VM goes on", arguments: attacks)
    func endsWhileLoading(attack: Attack) async throws {
        let vm = try vm()
        let (error, took) = await vm.timed { vm in vm.failure(attack.body, budget: Self.budget) }
        try check(error, attack)
        // Without a limit it would take hours; a busy machine may take its time.
        #expect(took < .seconds(60), "\(took)")
        #expect(try await vm.call("echo", [Int64(7)]) == [.integer(7)])
        #expect(try await vm.script("return ('x'):rep(3), #table.pack(1, 2)") == [.string("xxx"), .integer(2)])
    }

    @Test("ends with a clear error in a call, and the VM goes on", arguments: attacks)
    func endsInCall(attack: Attack) async throws {
        let vm = try vm()
        guard attack.ends != [.syntax] else { return }
        let function = try await vm.function("return function() \(attack.body) end")
        let error = await failure { _ = try await vm.call("apply", [function], budget: Self.budget) }
        try check(error, attack)
        #expect(try await vm.call("echo", [Int64(7)]) == [.integer(7)])
        try await vm.withMachine { machine in
            #expect(machine.stackHeight == 0)
        }
    }

    @Test(
        "is stopped soon after its time, though it has instructions left",
        arguments: attacks.filter { $0.ends == stopped })
    func endsInTime(attack: Attack) async throws {
        let vm = try vm()
        let budget = LuaBudget(instructions: .max / 4, time: .milliseconds(50))
        let (error, took) = await vm.timed { vm in vm.failure(attack.body, budget: budget) }
        #expect(error?.code == .timeLimit, "\(String(describing: error))")
        #expect(error?.message == "stopped after 50 ms of running")
        // Without a limit it would take hours; a busy machine may take its time.
        #expect(took < .seconds(60), "\(took)")
        #expect(try await vm.call("echo", [Int64(7)]) == [.integer(7)])
    }

    @Test("goto continue is honest Lua")
    func gotoContinue() async throws {
        let text =
            "local n = 0 for i = 1, 9 do if i % 2 == 0 then goto continue end n = n + i ::continue:: end return n"
        #expect(try await makeVM().script(text) == [.integer(25)])
    }
}
