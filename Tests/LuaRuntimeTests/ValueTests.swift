import Testing

@testable import LuaRuntime

@Suite("A value that crosses")
struct ValueTests {
    @Test("comes back as it went, whatever it holds", arguments: 0..<40)
    func roundTrip(seed: Int) async throws {
        var trees = ValueTrees(seed: UInt64(seed))
        let vm = try makeVM()
        for _ in 0..<25 {
            let tree = trees.value(depth: 4)
            #expect(try await vm.call("echo", [tree]) == [tree])
        }
    }

    @Test("keeps integers apart from numbers, up to the ends of their range")
    func numbers() async throws {
        let vm = try makeVM()
        let values: [LuaValue] = [
            .integer(.max), .integer(.min), .integer(0), .number(0), .number(1), .number(-0.5),
            .number(.greatestFiniteMagnitude), .number(.leastNonzeroMagnitude),
        ]
        #expect(try await vm.call("echo", values) == values)
        #expect(
            try await vm.script("return math.type(3), 3 // 1, 3.0") == [.string("integer"), .integer(3), .number(3)])
    }

    @Test("keeps null apart from absent")
    func nullAndNil() async throws {
        let vm = try makeVM()
        #expect(try await vm.call("echo", [LuaValue.null, LuaValue.nil, LuaValue.null]) == [.null, .nil, .null])
        let object = LuaValue.object([LuaField("a", .null), LuaField("b", .nil)])
        #expect(try await vm.call("echo", [object]) == [.object([LuaField("a", .null)])])
        #expect(
            try await vm.script("local t = require 't' return t.null == nil, { t.null }") == [
                .boolean(false), .array([.null]),
            ])
    }

    @Test("keeps empty arrays and empty objects apart")
    func emptyContainers() async throws {
        let vm = try makeVM()
        #expect(try await vm.call("echo", [LuaValue.array([]), LuaValue.object([])]) == [.array([]), .object([])])
        let made = try await vm.script("local t = require 't' return {}, t.array {}, t.object {}")
        #expect(made == [.array([]), .array([]), .object([])])
        let emptied = try await vm.apply("return function(a) a[1] = nil return a end", [.array([.integer(1)])])
        #expect(emptied == [.array([])])
    }

    @Test(
        "is refused with the path to what is wrong",
        arguments: [
            ("return { a = { 1, 2, x = 3 } }", "result 1.a: the table mixes positions and names ('x')"),
            ("return { 1, nil, 3 }", "result 1: the list has holes"),
            ("return { list = { { [true] = 1 } } }", "result 1.list[1]: a key is not a string"),
            ("return { [2] = 'x' }", "result 1: a key is not a string"),
            ("return 1, { a = { 0 / 0 } }", "result 2.a[1]: the number is not a number (0/0)"),
            ("return { a = 1 / 0 }", "result 1.a: the number is infinite"),
            ("return { name = 'a\\xFF' }", "result 1.name: the string is not valid UTF-8"),
            ("return { ['\\xC0\\x80'] = 1 }", "result 1: a key is not valid UTF-8"),
            ("return '\\xED\\xA0\\x80'", "result 1: the string is not valid UTF-8"),
            ("local t = {} t.t = t return t", "nested too deeply, or the table contains itself"),
            ("local t = require('t').array { x = 1 } return t", "result 1: the table mixes positions and names ('x')"),
            ("local a = {} for _ = 1, 60 do a = { a, a } end return a", "the whole value is too large to cross"),
        ])
    func refusals(script: String, message: String) async throws {
        let vm = try makeVM()
        let budget = LuaBudget(instructions: 1_000_000_000, time: .seconds(20))
        let error = try #require(await vm.failure(script, budget: budget))
        #expect(error.code == .badValue)
        #expect(error.message.hasSuffix(message), "\(error)")
    }

    @Test("with a function is refused, unless the host function takes functions")
    func functions() async throws {
        let vm = try makeVM()
        let error = await vm.failure("local t = require 't'\nt.echo(1, { f = { print } })")
        #expect(error?.description == "s.lua:2: argument 2.f[1]: a function cannot cross here")
        let kept = try await vm.script("local t = require 't'\nlocal function f() end\nreturn t.keep(f, f, t.keep)")
        guard case .function(let first) = kept[0] else {
            Issue.record("no function")
            return
        }
        #expect(kept[1] == .function(first))
        #expect(first.location == LuaLocation(file: "s.lua", line: 2))
    }

    @Test("is refused by the writer if it is no finite number, with its path")
    func writer() async throws {
        let vm = try makeVM()
        let value = LuaValue.object([LuaField("a", .array([.integer(1), .number(.infinity)]))])
        let error = await failure { _ = try await vm.call("echo", [value]) }
        #expect(error?.code == .badValue)
        #expect(error?.message == ".a[2]: the number inf cannot cross; numbers are finite")
        let hole = await failure { _ = try await vm.call("echo", [LuaValue.array([.nil])]) }
        #expect(hole?.message == "arguments: nil cannot stand in an array; use null")
        var deep = LuaValue.integer(1)
        for _ in 0..<65 { deep = .array([deep]) }
        #expect(await failure { _ = try await vm.call("echo", [deep]) }?.message == "arguments: nested too deeply")
    }

    @Test("that is a handle keeps kind and number, has its methods, and equals its like")
    func handles() async throws {
        let vm = try makeVM()
        let box = LuaValue.handle(LuaHandle(kind: "box", id: 7))
        #expect(try await vm.call("echo", [box]) == [box])
        #expect(
            try await vm.apply("return function(b) return b:open(), tostring(b) end", [box]) == [
                .integer(7), .string("box 7"),
            ])
        let text = """
            local h = require('t').handle
            return h('box', 1) == h('box', 1), h('box', 1) == h('box', 2), h('box', 1) == h('bag', 1),
                getmetatable(h('box', 1)), require('t').handle_id(h('bag', 3))
            """
        let expected: [LuaValue] = [
            .boolean(true), .boolean(false), .boolean(false), .boolean(false), .string("bag"), .integer(3),
        ]
        #expect(try await vm.script(text) == expected)
    }

    @Test("can be a Swift type of its own")
    func ownTypes() async throws {
        let vm = try makeVM()
        let values: [any LuaEncodable & Sendable] = ["x", true, Int64(4), 2.5, ["a", "b"], String?.none]
        let back: [LuaValue] = [
            .string("x"), .boolean(true), .integer(4), .number(2.5), .array([.string("a"), .string("b")]), .nil,
        ]
        #expect(try await vm.call("echo", values) == back)
        #expect(try await vm.call("echo", with: ["one"]) == [.array([.string("one")])])
        var writer = LuaWriter()
        try [[1.5], []].encode(to: &writer)
        try Int64?.none.encode(to: &writer)
        "end".encode(to: &writer)
        var reader = LuaReader(writer.bytes)
        #expect(try [[Double]](from: &reader) == [[1.5], []])
        #expect(try Int64?(from: &reader) == nil)
        #expect(try String(from: &reader) == "end")
        #expect(throws: LuaError.self) { try reader.next() }
    }
}

/// Random trees from a seed; every failure can be repeated.
private struct ValueTrees: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func text() -> String {
        let letters = Array("aZ_0 \u{0}\n\"\\é漢🙂")
        return String((0..<Int.random(in: 0..<8, using: &self)).map { _ in letters.randomElement(using: &self) ?? "a" })
    }

    mutating func value(depth: Int) -> LuaValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &self) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &self))
        case 2: return .integer(Int64(truncatingIfNeeded: next()) >> Int64.random(in: 0..<63, using: &self))
        case 3: return .number(Double(Int64(truncatingIfNeeded: next())) / 1024)
        case 4: return .string(text())
        case 5: return .handle(LuaHandle(kind: "box", id: Int(truncatingIfNeeded: next())))
        case 6: return .array((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            let keys = Set((0..<Int.random(in: 0..<5, using: &self)).map { _ in text() }).sorted()
            return .object(keys.map { LuaField($0, value(depth: depth - 1)) })
        }
    }
}
