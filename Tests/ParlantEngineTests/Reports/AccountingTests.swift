import ParlantCore
import ParlantTesting
import Synchronization
import Testing

@testable import ParlantEngine

@Suite("The accounts of turns")
struct AccountingTests {
    @Test("each call, token and millisecond of random turns is accounted for, once", arguments: 0..<60)
    func random(seed: Int) async throws {
        var random = SplitMix(seed: UInt64(seed))
        let model = UnrulyModel(seed: UInt64(seed), embeds: .random(using: &random))
        let chat = try await Conversation(try Self.agent(&random, model), nlp: model, settings: Self.settings)
        model.clock.set(chat.clock)
        for number in 0..<4 {
            let trace = TraceID("t\(number)")
            let (asked, begin) = (model.log.withLock { $0.count }, chat.clock.uptime)
            try await chat.say(["To Rome", "yes", "I want to book thing3", "no"][number], trace: trace)
            _ = try await chat.turn(trace)
            let content = try #require(try await chat.explanation(trace))
            let seen = model.log.withLock { Array($0[asked...]) }
            try Self.check(content, seen, spent: chat.clock.uptime - begin)
        }
    }

    /// The record against what the model has counted itself.
    private static func check(_ content: JSONValue, _ seen: [UnrulyModel.Call], spent: Duration) throws {
        let calls = try #require(content["model_calls"]?.array)
        func counts(_ keys: [String], _ value: JSONValue?) -> [Int64?] { keys.map { value?[$0]?.integer } }
        let recorded = calls.map { call in
            UnrulyModel.Call(
                name: call["name"]?.string ?? "", attempts: Int(call["attempts"]?.integer ?? -1),
                usage: TokenUsage(
                    input: Int(call["input_tokens"]?.integer ?? -1), output: Int(call["output_tokens"]?.integer ?? -1)))
        }
        #expect(recorded.map(\.description).sorted() == seen.map(\.description).sorted())
        let sums = ["calls", "attempts", "input_tokens", "output_tokens"]
        let expected = [
            seen.count, seen.map(\.attempts).reduce(0, +), seen.map(\.usage.input).reduce(0, +),
            seen.map(\.usage.output).reduce(0, +),
        ].map { Int64($0) }
        #expect(counts(sums, content["totals"]) == expected)
        let steps = try #require(content["steps"]?.array)
        #expect(sums.map { key in steps.compactMap { $0[key]?.integer }.reduce(0, +) } == expected)
        // Time stands still but for the model and the tools, so that the turn has no other time to explain.
        let total = try #require(content["totals"]?["milliseconds"]?.number)
        let phases = try #require(content["phases"]?.array).compactMap { $0["milliseconds"]?.number }.reduce(0, +)
        #expect(abs(phases - total) <= total * 0.05)
        #expect(abs(total - spent.milliseconds) <= total * 0.05)
        let tools = (content["tool_calls"]?.array ?? []).compactMap { $0["milliseconds"]?.number }.reduce(0, +)
        let waited = try #require(content["totals"]?["model_milliseconds"]?.number)
        #expect(waited <= total && total <= waited + tools + 0.001)
    }

    private static var settings: EngineSettings {
        var settings = EngineSettings()
        settings.responseAnalysis = .always
        settings.matching.narrowsFrom = 20
        settings.matching.batchTokens = 300
        return settings
    }

    /// Guidelines, tools, a journey and canned responses as chance has it.
    private static func agent(_ random: inout SplitMix, _ model: UnrulyModel) throws -> AgentSnapshot {
        let names = ["free", "asking", "find_seats"]
        let works: FakeHandlers.ToolBody = { _, _ in
            model.clock.advance(by: .milliseconds(7))
            return .result(ToolResult(data: 7))
        }
        let fails: FakeHandlers.ToolBody = { _, _ in
            model.clock.advance(by: .milliseconds(3))
            return .failure(reason: "not today")
        }
        let guidelines = (0..<Int.random(in: 0...40, using: &random)).map { number in
            Guideline.make(
                GuidelineID("g\(number)"), "The customer asks about thing\(number) ",
                matcher: .random(in: 0..<8, using: &random) == 0 ? .always : .condition,
                tools: .random(using: &random) ? [] : [names[.random(in: 0..<2, using: &random)]],
                responses: .random(using: &random) ? [] : [CannedResponseID("r\(number)")])
        }
        var snapshot = AgentSnapshot.make(
            guidelines,
            tools: [
                .make("free"), .make("asking", [ToolParameter(name: "day", kind: .string)]), .make("find_seats"),
            ],
            responses: try (0..<40).map { try .make(CannedResponseID("r\($0)"), "Response \($0) about thing\($0) .") },
            agentResponses: (0..<40).filter { _ in .random(using: &random) }.map { CannedResponseID("r\($0)") },
            mode: CompositionMode.allCases.randomElement(using: &random) ?? .fluid,
            handlers: FakeHandlers(tools: ["free": works, "asking": fails, "find_seats": works]))
        if .random(using: &random) { snapshot.agent.outputMode = .stream }
        if .random(using: &random) {
            snapshot.journeys = [Booking.trip]
            var trigger = Guideline.make("wants_booking", "The customer wants to book ", action: nil)
            trigger.tags = [Journey.owner(Booking.id)]
            snapshot.triggers = [trigger]
        }
        return snapshot
    }
}

/// Answers anything, fails now and then, and counts what it was asked itself. Each call takes a while and some tokens.
private final class UnrulyModel: NLPService, SchematicGenerator, TextStreamer, Embedder {
    /// One request as the model counts it.
    struct Call: CustomStringConvertible {
        var name: String
        var attempts: Int
        var usage: TokenUsage

        var description: String { "\(name) \(attempts) \(usage.input) \(usage.output)" }
    }

    let clock = SlowModel.Slot()
    let log = Mutex<[Call]>([])
    private let random: Mutex<SplitMix>
    private let embeds: Bool

    init(seed: UInt64, embeds: Bool) {
        random = Mutex(SplitMix(seed: seed &+ 1000))
        self.embeds = embeds
    }

    var summary: String { "unruly" }
    var generator: (any SchematicGenerator)? { self }
    var streamer: (any TextStreamer)? { self }
    var embedder: (any Embedder)? { embeds ? self : nil }

    func generate(_ request: GenerationRequest) async throws -> Generation {
        let call = try take(request.schemaName)
        return Generation(
            content: answer(to: request), usage: call.usage, model: "unruly-1", attempts: call.attempts)
    }

    func stream(
        _ request: GenerationRequest, _ receive: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Generation {
        let call = try take(request.schemaName)
        for piece in ["Some", " words."] { try await receive(piece) }
        return Generation(content: "Some words.", usage: call.usage, model: "unruly-1", attempts: call.attempts)
    }

    func embed(_ texts: [String]) async throws -> Embedding {
        let call = try take("embedding")
        return Embedding(
            vectors: texts.map { text in (0..<40).map { text.contains("thing\($0) ") ? 1 : 0.01 } },
            usage: TokenUsage(input: call.usage.input, output: call.usage.output), attempts: call.attempts)
    }

    private func number(_ range: ClosedRange<Int>) -> Int { random.withLock { .random(in: range, using: &$0) } }

    private func take(_ name: String) throws -> Call {
        let call = Call(
            name: name, attempts: number(1...3),
            usage: TokenUsage(input: number(0...900), output: number(0...90)))
        log.withLock { $0.append(call) }
        clock.advance(by: .milliseconds(number(1...80)))
        if number(0...11) == 0 {
            throw NLPError(.unavailable, "away", usage: call.usage, attempts: call.attempts)
        }
        return call
    }

    private func answer(to request: GenerationRequest) -> JSONValue {
        switch request.schemaName {
        case "guideline_matches":
            let verdicts = (0..<number(0...4)).map { _ -> JSONValue in
                ["number": .integer(Int64(number(1...44))), "reason": "so it seems"]
            }
            return ["applies": .array(verdicts)]
        case "tool_calls":
            let arguments: JSONValue = number(0...1) == 0 ? ["day": .null] : ["day": .string("\(number(1...9))")]
            return ["calls": number(0...1) == 0 ? [] : [["tool": "test:asking", "arguments": arguments]]]
        case "followed_guidelines": return ["followed": [1]]
        default:
            return [
                "message": "Some words.",
                "canned_response": number(0...1) == 0 ? .null : .integer(Int64(number(1...30))),
                "match": number(0...1) == 0 ? "high" : "none", "follow_up": .integer(Int64(number(1...30))),
            ]
        }
    }
}
