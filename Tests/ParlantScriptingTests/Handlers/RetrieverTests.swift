import Logging
import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("Retrievers")
struct RetrieverTests {
    /// What a retriever brings whose body begins at line 4.
    private func retrieve(_ body: String, _ loader: Loader = Loader()) async throws -> Retrieval? {
        let caller = Caller(
            try await loader.agent("agent:retriever { id = \"r\", run = function(ctx)\n\(body)\nend }"))
        return try await caller.agent.handlers.retrieve(try #require(caller.agent.retrievers.first), in: caller.context)
    }

    private func result(_ retrieval: Retrieval?) -> ToolResult? {
        guard case .result(let result) = retrieval else { return nil }
        return result
    }

    @Test("bring any value as data, or a whole result")
    func results() async throws {
        let found = try await retrieve("return { plan = ctx.variables.plan, calls = #ctx.tool_calls }")
        #expect(result(found) == ToolResult(data: ["plan": "free", "calls": 0]))
        let whole = try await retrieve(
            """
            return parlant.result {
              data = ctx.interaction.last_customer_message, metadata = { source = "faq" },
              canned_responses = { "See {{page}}" }, canned_response_fields = { page = 7 },
            }
            """)
        #expect(
            result(whole)
                == ToolResult(
                    data: "Hi there", metadata: ["source": "faq"], cannedResponses: ["See {{page}}"],
                    cannedResponseFields: ["page": 7]))
    }

    @Test("may bring nothing, and the log has the reason when there is one")
    func nothing() async throws {
        let loader = Loader()
        #expect(try await retrieve("", loader).isNothing)
        #expect(try await retrieve("return parlant.null", loader).isNothing)
        #expect(loader.log.lines.isEmpty)
        #expect(try await retrieve("return nil, \"the search is away\"", loader).isNothing)
        let line = try #require(loader.log.lines.last)
        #expect(line.level == .info && line.message == "the retriever could not: the search is away")
        #expect(line.metadata["handler"] == "retriever r")
    }

    @Test("may return a function, which sees the guidelines that apply")
    func deferred() async throws {
        let agent = try await Loader().agent(
            """
            local offer = agent:guideline { id = "offer", condition = "c", action = "a" }
            agent:retriever { id = "r", run = function(ctx)
              local before = ctx.kv.session:increment("asked")
              return function(later)
                local seen = {}
                for index, match in ipairs(later.matches) do
                  seen[index] = match.id .. " " .. tostring(match.guideline == offer) .. " " .. match.rationale
                end
                return { before = before, seen = seen, calls = #later.tool_calls }
              end
            end }
            """)
        let caller = Caller(agent)
        let retrieval = try await agent.handlers.retrieve(agent.retrievers[0], in: caller.context)
        guard case .deferred(let function) = retrieval else {
            Issue.record("no function")
            return
        }
        var context = caller.context
        context.toolCalls = [["tool_id": "x:t"]]
        context.matchedGuidelines = [
            GuidelineMatch(guideline: agent.guidelines[0], rationale: "they ask"),
            GuidelineMatch(
                guideline: Guideline(id: "rest", content: GuidelineContent(condition: "c", action: "a")),
                rationale: "over REST"),
        ]
        let expected: JSONValue = [
            "before": 1, "seen": ["offer true they ask", "rest false over REST"], "calls": 1,
        ]
        #expect(try await function(context)?.data == expected)
        #expect(try await function(context)?.data == expected)
    }

    @Test("see the guidelines that apply in the function alone")
    func matches() async throws {
        let error = await #expect(throws: (any Error).self) { try await retrieve("return ctx.matches") }
        let expected =
            "agents/x.lua:4: ctx.matches: not available in a retriever (only in: function that a retriever returned)"
        #expect(error.map { "\($0)" } == expected)
    }

    @Test("fail with their place, also later")
    func failing() async throws {
        let loader = Loader()
        let error = await #expect(throws: (any Error).self) { try await retrieve("error(\"broken\")", loader) }
        #expect(error.map { "\($0)" } == "agents/x.lua:4: broken")
        let caller = Caller(try await loader.agent(""))
        guard case .deferred(let function) = try await retrieve("return function() error(\"late\") end", loader) else {
            Issue.record("no function")
            return
        }
        let late = await #expect(throws: (any Error).self) { try await function(caller.context) }
        #expect(late.map { "\($0)" } == "agents/x.lua:4: late")
        #expect(loader.log.lines.last?.metadata["handler"] == "deferred function of retriever r")
    }

    @Test("keep no function that nobody calls any more")
    func release() async throws {
        var limits = ScriptLimits()
        limits.memoryBytes = 8 << 20
        let agent = try await Loader(limits: limits).agent(
            """
            local plain = parlant.tool { name = "plain", description = "d", run = function() return 1 end }
            agent:guideline { condition = "c", tools = { plain } }
            agent:retriever { id = "r", run = function()
              local block = {}
              for index = 1, 64 do block[index] = ("x"):rep(65536 - index) end
              return function() return #block end
            end }
            """)
        let caller = Caller(agent)
        var retrieval: Retrieval?
        for _ in 0..<5 {
            // Each function holds 4 MiB of the 8 that there are.
            retrieval = nil
            retrieval = try await agent.handlers.retrieve(agent.retrievers[0], in: caller.context)
        }
        guard case .deferred(let function) = retrieval else {
            Issue.record("no function")
            return
        }
        #expect(try await function(caller.context)?.data == 64)
    }
}

extension Retrieval? {
    fileprivate var isNothing: Bool { if case nil = self { true } else { false } }
}
