import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("Whatever a function of a script or a plugin does")
struct HostileHandlerTests {
    private static let loop = "stopped after 2000000 instructions"
    private static let memory = "out of memory (limit 8 MiB)"

    /// What every one of them may try, on one line, and what the log says then.
    static let faults: [(body: String, text: String)] = [
        ("while true do end", loop),
        ("while true do pcall(function() while true do end end) end", loop),
        ("local t = {} while true do t[#t + 1] = { 1, 2, 3, 4, 5, 6, 7, 8 } end", memory),
        (
            // Whoever catches the lack of memory goes on, until the instructions are used up.
            "local t = {} while true do pcall(function() while true do t[#t + 1] = ('x'):rep(60000) .. #t end end) end",
            loop
        ),
        ("return ('x'):rep(1e9)", "resulting string too large"),
        ("return ('a'):rep(5000):find(('a*'):rep(8) .. 'b')", loop),
        ("local function f() return 1 + f() end return f()", "stack overflow"),
        ("error({ code = 1 })", "the error value is a table, not a string"),
        ("error(nil)", "the error value is a nil, not a string"),
        ("error(setmetatable({}, { __tostring = error }))", "the error value is a table, not a string"),
        ("error(('x'):rep(1 << 20), 0)", " more bytes)"),
        (
            "table.sort({ 2, 1 }, function() ctx.time:sleep(1) return true end)",
            "cannot wait inside table.sort; collect first, then call"
        ),
        (
            "('x'):gsub('x', function() ctx.time:sleep(1) end)",
            "cannot wait inside string.gsub; collect first, then call"
        ),
        ("coroutine.yield()", "there is no 'coroutine' here"),
        ("ctx.config = nil", "ctx.config: read-only"),
        ("ctx.nothing()", "ctx: there is no 'nothing'"),
        ("local t = {} t.t = t return t", ""),
        ("return function() end", ""),
        ("return '\\xff'", ""),
        (
            "for _ = 1, 101 do ctx.http:get('https://api.test/') end",
            "one call may send 100 requests, and these are sent"
        ),
    ]

    @Test("it fails alone, with the limit and the line in the log, and the others go on", arguments: faults)
    func fault(body: String, text: String) async throws {
        let bench = try await HostileBench(body)
        for place in HostileBench.places {
            // Some pass the failure on, some have an answer for it; the log has it in any case.
            try? await place.call(bench)
            let complaints = try bench.complaints(about: place)
            // What is odd about a value only whoever takes it can say, and for a callback nobody does.
            if text.isEmpty { continue }
            let expected = place.lacksHTTP && body.contains("ctx.http") ? "ctx.http: not available in" : text
            let isTold = !complaints.isEmpty && complaints.allSatisfy { $0.contains(expected) }
            #expect(isTold, "\(place.name): \(complaints)")
            #expect(complaints.allSatisfy { $0.utf8.count < 5000 }, "\(place.name)")
        }
        #expect(try await bench.caller.data("good") == 1)
    }

    /// Values that one function must not return, on one line, and what the log says then.
    static let results: [(place: String, body: String, text: String)] = [
        ("retriever now", "return ('x'):rep(20000)", "the data has 20002 bytes of JSON, more than the limit of 16384"),
        ("retriever now", "return nil, 7", "after nil comes the reason, as a sentence; this one returned number 7"),
        ("retriever now", "return { print }", "a function cannot cross here"),
        (
            "deferred function of retriever later", "return { x = ('x'):rep(20000) }",
            "the data has 20008 bytes of JSON, more than the limit of 16384"
        ),
        ("deferred function of retriever later", "return print", "a function cannot cross here"),
        (
            "tool x:bad", "return parlant.result { data = 1, metadata = { x = ('x'):rep(20000) } }",
            "the rest of the result has 20021 bytes of JSON, more than the limit of 16384"
        ),
        ("tool x:bad", "return nil, ('x'):rep(20000)", "the reason has 20000 bytes, more than the limit of 16384"),
        ("matcher of guideline m", "return 'yes'", "a matcher returns true or false, and a reason"),
        (
            "matcher of guideline m", "return true, ('x'):rep(20000)",
            "the reason has 20000 bytes, more than the limit of 16384"
        ),
        (
            "canned_response_fields of state ask of journey j", "return { x = ('x'):rep(20000) }",
            "the data has 20008 bytes of JSON, more than the limit of 16384"
        ),
        ("canned_response_fields of guideline g", "return 7", "canned_response_fields returns a table"),
        (
            "choices of a of tool x:chosen", "return { ('x'):rep(20000) }",
            "the data has 20004 bytes of JSON, more than the limit of 16384"
        ),
        ("validate", "return false, ('x'):rep(20000)", "the reason has 20000 bytes, more than the limit of 16384"),
        ("adapter", "return ('x'):rep(20000)", "the data has 20002 bytes of JSON, more than the limit of 16384"),
        ("message_generated of agent x", "return ('x'):rep(20000)", "a hook returns nothing, \"resolve\" or \"bail\""),
        ("message_generated of plugin p", "return print", "a function cannot cross here"),
        ("nlp.generate of plugin p", "return { print }", "a function cannot cross here"),
        ("customer_store.find of plugin p", "local t = {} t.t = t return t", "nested too deeply"),
        ("save of plugin p", "return '\\xff'", "the string is not valid UTF-8"),
    ]

    @Test("a result that cannot be used is a defect of its function", arguments: results)
    func result(name: String, body: String, text: String) async throws {
        let bench = try await HostileBench(body)
        let place = try #require(HostileBench.places.first { $0.name == name })
        try? await place.call(bench)
        let complaints = try bench.complaints(about: place)
        #expect(complaints.count == 1 && complaints[0].contains(text), "\(complaints)")
        #expect(complaints.allSatisfy { $0.utf8.count < 5000 })
        #expect(try await bench.caller.data("good") == 1)
    }

    @Test(
        "a plugin that loads is held to the limits of loading",
        arguments: [
            ("while true do end", "loading must only define"),
            ("pcall(function() while true do end end)", "loading must only define"),
            ("local t = {} while true do t[#t + 1] = ('x'):rep(1 << 16) .. #t end", "out of memory (limit 8 MiB)"),
            ("local function f() return 1 + f() end f()", "stack overflow"),
            ("error({})", "the error value is a table, not a string"),
            ("do return ('a'):rep(5000):find(('a*'):rep(8) .. 'b') end", "loading must only define"),
            ("coroutine.wrap(print)()", "there is no 'coroutine' here"),
            ("for i = 1, 1e9 do parlant.tag('t' .. i) end", ""),
            ("os.exit(1)", "there is no 'os' here"),
        ])
    func loading(body: String, text: String) async throws {
        let loader = Loader(limits: HostileTests.limits)
        let good = Loader.file("")
        let plugin = "local parlant = require 'parlant'\n\(body)\nreturn parlant.plugin { name = 'p', version = '1' }"
        let problems = try await loader.problems(["agents/x.lua": good, "plugins/p.lua": plugin])
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.hasPrefix("plugins/p.lua") && $0.contains(text) }, "\(problems)")
        _ = try await loader.agent("")
    }
}
