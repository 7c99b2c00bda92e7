import Logging
import ParlantCore
import ParlantStores
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("Replies without a model")
struct OfflineComposerTests {
    private func reply(
        _ composition: Composition, _ responses: [CannedResponse], agent: [CannedResponseID] = [],
        said: String = "Hello", logger: Logger = Logger(label: "test")
    ) async throws -> Reply? {
        let snapshot = AgentSnapshot.make([], responses: responses, agentResponses: agent)
        let context = TurnContext.make(snapshot, said: said.isEmpty ? [] : [said])
        let output = CollectedReplies()
        try await OfflineComposer(phrases: .init(), logger: logger).compose(composition, in: context, to: output)
        return output.replies.first
    }

    private func match(_ responses: CannedResponseID...) -> GuidelineMatch {
        GuidelineMatch(guideline: .make("g", "c", responses: responses), rationale: "")
    }

    private func run(_ result: ToolResult) -> ToolRun {
        ToolRun(call: ToolCall(tool: ToolID(service: "test", name: "t"), arguments: [:]), outcome: .result(result))
    }

    private func problem(_ name: String, reason: String? = nil, choices: [JSONValue] = []) -> ParameterProblem {
        ParameterProblem(
            tool: ToolID(service: "test", name: "t"), parameter: ToolParameter(name: name, kind: .string),
            reason: reason, choices: choices)
    }

    @Test("a response whose fields are not all there is never said")
    func dependencies() async throws {
        let responses = [
            try CannedResponse.make("a", "{{absent}}"), try .make("b", "b", dependencies: ["absent"]),
            try .make("c", "c"),
        ]
        #expect(try await reply(Composition(matches: [match("a", "b", "c")]), responses)?.text == "c")
    }

    @Test("a response that does not render for these values is left out, and the log says why")
    func failingRender() async throws {
        let log = LogLines()
        let responses = [
            try CannedResponse.make("loop", "{% for x in n %}{{ x }}{% endfor %}"),
            try .make("nested", "{{ order.id }}", dependencies: ["order.id"]), try .make("c", "Done."),
        ]
        let composition = Composition(
            matches: [match("loop", "nested", "c")], fields: ["n": 7, "order": ["id": .null]])
        #expect(try await reply(composition, responses, logger: log.logger)?.text == "Done.")
        #expect(log.lines == ["a canned response did not render: loop: line 1: 'for' needs a list, got a number"])
        let nested = Composition(matches: [match("nested")], fields: ["order": ["id": 8]])
        #expect(try await reply(nested, responses)?.text == "8")
    }

    @Test("of a guideline's responses, the one that uses most of what tools brought is said")
    func mostFields() async throws {
        let responses = [try CannedResponse.make("plain", "Done."), try .make("rich", "{{n}} left.")]
        let composition = Composition(
            matches: [match("plain", "rich")], runs: [run(ToolResult(data: 1, cannedResponseFields: ["n": 7]))])
        #expect(try await reply(composition, responses)?.text == "7 left.")
    }

    @Test("what a tool offers comes before what guidelines offer")
    func toolFirst() async throws {
        let composition = Composition(
            matches: [match("a")],
            runs: [run(ToolResult(data: 1, cannedResponses: ["{% bad", "From the tool, {{std.customer.name}}."]))])
        #expect(try await reply(composition, [try .make("a", "a")])?.text == "From the tool, Guest.")
    }

    @Test("a response of the agent is said only when it is about what was said")
    func agentResponses() async throws {
        let responses = [
            try CannedResponse.make("parking", "You can park behind the house."),
            try .make("wifi", "The wifi is free."),
        ]
        let ids: [CannedResponseID] = ["parking", "wifi"]
        #expect(
            try await reply(Composition(), responses, agent: ids, said: "Where can I park?")?.text
                == "You can park behind the house.")
        #expect(
            try await reply(Composition(), responses, agent: ids, said: "Tell me a joke")?.text
                == "Not sure I understand. Could you please say that another way?")
    }

    @Test("preambles are never the answer")
    func preamble() async throws {
        var preamble = try CannedResponse.make("p", "One moment.")
        preamble.tags = [CannedResponse.preambleTag]
        let text = try await reply(Composition(matches: [match("p")]), [preamble])?.text
        #expect(text == "Not sure I understand. Could you please say that another way?")
    }

    @Test("missing details are asked for, with their choices, in the agent's own words if it has some")
    func missing() async throws {
        let composition = Composition(
            matches: [match()], problems: [problem("account", choices: ["checking", "savings"]), problem("due_day")])
        #expect(
            try await reply(composition, [])?.text
                == "Could you please tell me: account (checking, savings), due day?")
        let own = Composition(matches: [match("q")], problems: [problem("account")])
        #expect(try await reply(own, [try .make("q", "Which {{std.missing_params}}?")])?.text == "Which account?")
    }

    @Test("a value that cannot be used is named as customers call it, or in the author's own words")
    func invalid() async throws {
        var own = problem("order_id", reason: "order_id: an order number looks like 1001")
        own.isAuthored = true
        #expect(
            try await reply(Composition(problems: [own]), [])?.text
                == "I cannot use that value: an order number looks like 1001.")
        let limit = problem("due_amount", reason: "due_amount: 9000 is above the maximum of 5000")
        #expect(
            try await reply(Composition(problems: [limit]), [])?.text
                == "I cannot use that value: due amount: 9000 is above the maximum of 5000.")
    }

    @Test("before anybody has said anything, silence, unless a guideline applies")
    func greeting() async throws {
        #expect(try await reply(Composition(), [try .make("a", "a")], agent: ["a"], said: "") == nil)
        #expect(try await reply(Composition(matches: [match("a")]), [try .make("a", "Hi.")], said: "")?.text == "Hi.")
    }
}

/// Keeps log lines: message, response, error.
private final class LogLines: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(target: self) } }

    private struct Handler: LogHandler {
        let target: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let details = event.metadata ?? [:]
            let line = "\(event.message): \(details["canned_response"] ?? ""): \(details["error"] ?? "")"
            target.state.withLock { $0.append(line) }
        }
    }
}
