import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("A language model of a plugin")
struct PluginTextModelTests {
    /// The model of a plugin whose `nlp` has this text.
    private func model(
        _ nlp: String, settings: JSONObject = [:], clock: any TimeSource = SystemTimeSource(),
        http: FakeTransport = FakeTransport(), limits: ScriptLimits = .patient, log: LogRecorder = LogRecorder()
    ) async throws -> any TextModel {
        let scripts = try await Loader(
            configuration: ["parrot": settings], http: http, clock: clock, limits: limits, log: log
        ).scripts([
            "agents/x.lua": Loader.file(""),
            "plugins/parrot/init.lua": """
            local parlant = require "parlant"
            return parlant.plugin {
              name = "parrot", version = "1",
              config = { { name = "key", type = "string", required = false, secret = true } },
              nlp = { max_tokens = 100, dimensions = 2, \(nlp) },
            }
            """,
        ])
        let directory = PluginDirectory()
        directory.follow { scripts }
        return try directory.textModel(of: "parrot")
    }

    private static let embed = "embed = function() return {} end,"

    private func failure(_ nlp: String, log: LogRecorder = LogRecorder()) async throws -> TextModelError? {
        let model = try await model(nlp + Self.embed, log: log)
        do {
            _ = try await model.generate(TextRequest(prompt: "p"))
            return nil
        } catch let error as TextModelError { return error }
    }

    @Test("gets the request and its settings, and gives text and usage")
    func generate() async throws {
        let model = try await model(
            """
            generate = function(ctx, r)
              local t = { r.prompt, r.temperature, r.max_tokens, r.size, r.schema.type, ctx.config.key }
              return { text = table.concat(t, "|"), usage = { input_tokens = 3, output_tokens = 4 } }
            end,
            """ + Self.embed, settings: ["key": "k"])
        let request = TextRequest(
            prompt: "Hi", schema: ["type": "object"], temperature: 0.5, maxTokens: 9, size: .mini)
        let completion = try await model.generate(request)
        #expect(completion == TextCompletion(text: "Hi|0.5|9|mini|object|k", usage: TokenUsage(input: 3, output: 4)))
        #expect(model.name == "plugin parrot")
        #expect((model.maxTokens, model.dimensions) == (100, 2))
        #expect(!model.canStream && !model.canModerate)
    }

    @Test("says nil and why: a sentence, an error of ctx.http, or one that asks for a pause")
    func refusals() async throws {
        #expect(try await failure("generate = function() return nil, 'no' end,") == TextModelError("no"))
        #expect(
            try await failure("generate = function(ctx) return ctx.http:get('http://a.test') end,")
                == TextModelError("nobody listens"))
        #expect(
            try await failure("generate = function() return nil, { message = 'busy', retry_after = 2.5 } end,")
                == TextModelError("busy", retryAfter: .seconds(2.5)))
    }

    @Test("that breaks its contract is a defect with file and line in the log, and is not asked again")
    func defects() async throws {
        let log = LogRecorder()
        let bad = try await failure("generate = function() return 7 end,", log: log)
        let text =
            "plugins/parrot/init.lua:5: generate returns a table with 'text' and 'usage', or nil and an error; this one "
            + "returned number 7"
        #expect(bad == TextModelError("nlp.generate of plugin parrot broke; the log says how", isRetryable: false))
        #expect(log.lines.map(\.message) == [text])
        #expect(log.lines.first?.metadata["handler"] == "nlp.generate of plugin parrot")
        for (body, line) in [
            ("return {}", "plugins/parrot/init.lua:5: generate: text: expected a string, got nothing"),
            ("error('boom')", "plugins/parrot/init.lua:5: boom"),
            ("return ctx.session.id", "ctx.session: not available in"),
        ] {
            let log = LogRecorder()
            #expect(try await failure("generate = function(ctx) \(body) end,", log: log) == bad)
            #expect(log.lines.count == 1 && log.lines[0].message.contains(line))
        }
    }

    @Test("keeps its secrets out of logs and errors")
    func secrets() async throws {
        let log = LogRecorder()
        let model = try await model(
            "generate = function(ctx) return nil, 'refused key ' .. ctx.config.key end,"
                + "embed = function(ctx) error(ctx.config.key) end,", settings: ["key": "sk-1234567"], log: log)
        let refusal = await #expect(throws: TextModelError.self) { try await model.generate(TextRequest(prompt: "p")) }
        #expect(refusal?.message == "refused key [secret]")
        let defect = await #expect(throws: TextModelError.self) { try await model.embed(["a"]) }
        #expect(defect?.message == "nlp.embed of plugin parrot broke; the log says how")
        #expect(log.lines.map(\.message) == ["plugins/parrot/init.lua:5: [secret]"])
        #expect(!log.lines.contains { $0.message.contains("sk-1234567") })
    }

    @Test("streams pieces one after the other, and waits for whoever takes them")
    func stream() async throws {
        let model = try await model(
            """
            generate = function() return { text = "whole" } end,
            stream = function(_, r, emit)
              for word in r.prompt:gmatch("%S+") do emit(word) end
              emit("")
              return { usage = { output_tokens = 3 } }
            end,
            """ + Self.embed)
        let pieces = Pieces()
        let usage = try await model.stream(TextRequest(prompt: "a b c")) { await pieces.add($0) }
        #expect(await pieces.all == ["a", "b", "c"])
        #expect(usage == TokenUsage(output: 3))
        struct Enough: Error {}
        await #expect(throws: Enough.self) {
            try await model.stream(TextRequest(prompt: "a b")) { _ in throw Enough() }
        }
    }

    @Test("without stream hands over the whole text as one piece")
    func noStream() async throws {
        let model = try await model("generate = function() return { text = \"whole\" } end," + Self.embed)
        let pieces = Pieces()
        _ = try await model.stream(TextRequest(prompt: "a")) { await pieces.add($0) }
        #expect(await pieces.all == ["whole"])
    }

    @Test("makes one vector of the promised length per text, or says which one is wrong")
    func embeddings() async throws {
        let log = LogRecorder()
        func embed(_ body: String) async throws -> [[Float]] {
            let model = try await model(
                "generate = function() return { text = \"\" } end, embed = function(_, texts) \(body) end,",
                log: log)
            return try await model.embed(["a", "bcd"])
        }
        #expect(
            try await embed("local v = {} for i, t in ipairs(texts) do v[i] = { #t, 0.5 } end return v")
                == [[1, 0.5], [3, 0.5]])
        for (body, message) in [
            (
                "return { { 1, 2 } }",
                "embed returns a list of 2 vectors, one per text, or nil and an error; this one "
                    + "returned a list"
            ),
            ("return { { 1, 2 }, { 1 } }", "embed: vector 2: expected a list of 2 numbers, got a list of 1"),
            ("return { { 1, 'x' }, { 1, 2 } }", "embed: vector 1: expected a list of 2 numbers, got a list of 2"),
        ] {
            await #expect(throws: TextModelError.self) { try await embed(body) }
            #expect(log.lines.last?.message == "plugins/parrot/init.lua:5: " + message)
        }
    }

    @Test("judges texts and counts tokens where it can, else a token is taken for four bytes")
    func others() async throws {
        let plain = try await model("generate = function() return { text = \"\" } end," + Self.embed)
        #expect(try await plain.countTokens("12345") == 2)
        let rich = try await model(
            """
            generate = function() return { text = "" } end,
            count_tokens = function(_, text) return #text end,
            moderate = function(_, text) return { flagged = text == "bad", categories = { "hate", "hate" } } end,
            """ + Self.embed)
        #expect(try await rich.countTokens("12345") == 5)
        #expect(rich.canModerate)
        #expect(try await rich.moderate("bad") == Moderation(isFlagged: true, categories: ["hate"]))
    }

    @Test("is stopped when nobody waits any more, and when it takes too long")
    func ends() async throws {
        let log = LogRecorder()
        let clock = TestClock()
        var limits = ScriptLimits()
        limits.providerTimeout = .seconds(50)
        let model = try await model(
            "generate = function(ctx) ctx.time:sleep(3600) return { text = \"\" } end," + Self.embed, clock: clock,
            limits: limits, log: log)
        let abandoned = Task { try await model.generate(TextRequest(prompt: "p")) }
        try await clock.waitForSleepers(2)
        abandoned.cancel()
        await #expect(throws: CancellationError.self) { try await abandoned.value }
        #expect(clock.sleeperCount == 0)
        let slow = Task { try await model.generate(TextRequest(prompt: "p")) }
        try await clock.waitForSleepers(2)
        clock.advance(by: .seconds(50))
        let error = await #expect(throws: TextModelError.self) { try await slow.value }
        #expect(error?.message == "stopped after 50 s, waiting included")
        #expect(log.lines.map(\.message) == ["plugins/parrot/init.lua:5: stopped after 50 s, waiting included"])
        #expect(error?.isRetryable == true)
    }

    @Test("must be there and must be one")
    func choice() async throws {
        let scripts = try await Loader().scripts([
            "agents/x.lua": Loader.file(""),
            "plugins/tools.lua": "return require \"parlant\".plugin { name = \"tools\", version = \"1\" }",
        ])
        let directory = PluginDirectory()
        directory.follow { scripts }
        func message(_ plugin: String) -> String? {
            do {
                _ = try directory.textModel(of: plugin)
                return nil
            } catch { return error.message }
        }
        #expect(message("tool") == "there is no plugin 'tool' (did you mean 'tools'?)")
        #expect(message("olama") == "there is no plugin 'olama'; there are tools")
        #expect(
            message("tools")
                == "the plugin 'tools' has no language model; give it an 'nlp', or choose another plugin")
        #expect(throws: PluginChoiceError.self) { try directory.requireCustomerStore(of: "tools") }
    }
}

private actor Pieces {
    var all: [String] = []
    func add(_ piece: String) { all.append(piece) }
}
