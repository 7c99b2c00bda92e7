import Foundation
import ParlantScripting
import Testing

/// The texts of errors, word for word: `Fixtures/broken/NAME.lua` is loaded as `agents/NAME.lua`, and what is printed
/// is `NAME.expected`.
@Suite("Broken files say what is wrong")
struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/broken")

    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }.sorted()
    }

    @Test("as expected", arguments: names)
    func texts(name: String) async throws {
        let script = try String(contentsOf: Self.folder.appending(path: "\(name).lua"), encoding: .utf8)
        let expected = try String(contentsOf: Self.folder.appending(path: "\(name).expected"), encoding: .utf8)
        guard case .failure(let problems) = try await Loader().load(["agents/\(name).lua": script]) else {
            Issue.record("\(name) loads")
            return
        }
        #expect("\(problems)\n" == expected, "\n\(problems)\n")
    }

    @Test("the twelve mistakes of the design are told by one load, each with file and line")
    func acceptance() async throws {
        let script = try String(contentsOf: Self.folder.appending(path: "counter.lua"), encoding: .utf8)
        let problems = try await Loader().problems(["agents/counter.lua": script])
        #expect(problems.count == 12)
        #expect(problems.allSatisfy { $0.wholeMatch(of: #/agents\/counter\.lua:\d+: .+/#) != nil })
        #expect(Set(problems).count == problems.count)
    }

    @Test("the rows of the catalogue, at their lines", arguments: catalogue)
    func rows(line: Int, statement: String, text: String) async throws {
        // `a`, `b` and the first `greet` stand where the catalogue's sentences say.
        var lines = Array(repeating: "", count: 80)
        lines[0] = "local parlant = require \"parlant\""
        lines[1] = "local agent = parlant.agent { name = \"bank\", description = \"d\" }"
        lines[2] = "local list_free_days, a, b = 1, nil, nil"
        lines[30] = "agent:guideline { id = \"greet\", condition = \"c\", action = \"a\" }"
        lines[40] = "a = agent:guideline { id = \"a\", condition = \"a\", action = \"a\" }"
        lines[41] = "b = agent:guideline { id = \"b\", condition = \"b\", action = \"a\" }"
        lines[69] = "a:depend_on(b)"
        lines[line - 1] = statement
        lines[79] = "return agent, list_free_days"
        let problems = try await Loader().problems(["agents/bank/init.lua": lines.joined(separator: "\n")])
        #expect(problems.first == "agents/bank/init.lua:\(line): \(text)")
    }

    static let catalogue: [(Int, String, String)] = [
        (9, "limit = 3", "'limit' would become a global; write 'local limit'"),
        (21, "local x = list_free_dayz", "'list_free_dayz' is not defined (did you mean 'list_free_days'?)"),
        (14, "local now = os.time()", "there is no 'os' here; use ctx.time inside a handler"),
        (
            44, "agent:guideline { id = \"x\", condition = \"c\", action = \"a\", tools = {} }",
            "guideline \"x\": tools: the list is empty; remove the field, or look for a misspelt name"
        ),
        (
            60, "agent:guideline { id = \"greet\", condition = \"d\", action = \"a\" }",
            "guideline \"greet\": this id is already used at line 31"
        ),
        (
            71, "b:depend_on(a)",
            "depend_on: \"a\" depends on \"b\" (line 70), which depends on \"a\" (line 71)"
        ),
        (
            12, "agent:create_guideline { condition = \"c\", action = \"a\" }",
            "agent \"bank\": there is no 'create_guideline'; it is called 'guideline' here"
        ),
    ]

    @Test("a file that takes too long is stopped, and one that returns nothing says what to write")
    func wholeFiles() async throws {
        var loader = Loader()
        loader.limits.loadInstructions = 1_000_000_000_000
        loader.limits.loadMilliseconds = 20
        #expect(
            try await loader.problems(["agents/bank/init.lua": "while true do end"]) == [
                "agents/bank/init.lua:1: stopped after 20 ms; loading must only define"
            ])
        #expect(
            try await Loader().problems(["agents/bank/init.lua": "local x = 1"]) == [
                "agents/bank/init.lua: returns nothing; end the file with 'return agent'"
            ])
    }
}
