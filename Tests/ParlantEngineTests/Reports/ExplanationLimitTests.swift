import ParlantCore
import ParlantStores
import Testing

@testable import ParlantEngine

@Suite("What the explanation of a turn leaves out")
struct ExplanationLimitTests {
    private func report() -> TurnReport {
        TurnReport(session: "s", traceID: "t", began: Timestamp(microseconds: 0))
    }

    @Test("a long list is cut, what did not apply goes first, and the rest is counted")
    func lists() throws {
        var report = report()
        report.matching.hasJudged = true
        report.considered = (0..<1000).map { .make(GuidelineID("g\($0)"), "The customer asks about \($0)") }
        report.matches = [GuidelineMatch(guideline: report.considered[999], rationale: "asked")]
        report.calls = (0..<500).map { _ in
            ModelCall(
                step: .matching, name: "m", startedAfter: .zero, duration: .milliseconds(1),
                usage: TokenUsage(input: 2, output: 1))
        }
        let content = try JSONParser.parse(report.explanation.content)
        let ids = try #require(content["guidelines"]?.array).map { $0["id"]?.string }
        #expect(ids.count == 200 && ids[0] == "g999" && ids[1] == "g0")
        #expect(content["omitted"] == ["guidelines": 800, "model_calls": 300])
        // Sums are those of everything.
        #expect(content["totals"]?["calls"] == 500)
        #expect(content["totals"]?["input_tokens"] == 1000)
        #expect(report.explanation.content.count < 100_000)
    }

    @Test("long texts, arguments and results are cut, whatever they are made of")
    func texts() throws {
        let long = String(repeating: "e\u{301}", count: 100_000)
        var report = report()
        report.considered = [.make("g", long, action: long)]
        let call = ToolCall(
            tool: ToolID(service: "test", name: "t"),
            arguments: ["short": [1, 2], "text": .string(long), "list": .array(Array(repeating: 7, count: 10_000))])
        report.runs = [
            ToolRun(call: call, outcome: .result(ToolResult(data: ["all": .string(long)]))),
            ToolRun(call: call, outcome: .failure(reason: long)),
        ]
        let content = try JSONParser.parse(report.explanation.content)
        let condition = try #require(content["guidelines"]?.array?[0]["condition"]?.string)
        #expect(condition.hasSuffix("…") && condition.unicodeScalars.count == 401)
        let arguments = try #require(content["tool_calls"]?.array?[0]["arguments"])
        #expect(arguments["short"] == [1, 2])
        #expect(arguments["list"]?.string?.hasPrefix("[7,7,7,") ?? false)
        #expect(report.explanation.content.count < 12_000)
    }

    @Test("names of arguments that begin alike for longer than a text may be are one, with the first value")
    func names() {
        let name = String(repeating: "n", count: ExplanationLimits.characters)
        let cut: JSONObject = ExplanationLimits.cut(["\(name)a": 1, "\(name)b": 2, "c": 3])
        #expect(cut == ["\(name)…": 1, "c": 3])
    }

    @Test("a tool's fault stays in the log")
    func defects() throws {
        var report = report()
        let call = ToolCall(tool: ToolID(service: "test", name: "t"), arguments: [:])
        report.runs = [ToolRun(call: call, outcome: .defect("tools.lua:3: key=sk-secret"))]
        let content = try JSONParser.parse(report.explanation.content)
        #expect(content["tool_calls"]?.array?[0]["reason"] == "the tool failed")
        #expect(!String(decoding: report.explanation.content, as: UTF8.self).contains("sk-secret"))
    }

    @Test("the text of a flagged message is in no part of it")
    func flagged() async throws {
        let model = ScriptedModel([
            "guideline_matches": { request in
                ["applies": [["number": 1, "reason": .string(String(request.prompt.suffix(300)))]]]
            },
            "reply": { request in ["message": .string("I read: \(request.prompt.suffix(300))")] },
        ])
        let chat = try await Conversation(.make([.make("g", "The customer says something")]), nlp: model)
        _ = try await chat.engine.postCustomerMessage(
            "vile words", participant: nil, moderation: Moderation(isFlagged: true, categories: ["hate"]),
            to: chat.session, traceID: "t1")
        _ = try await chat.turn("t1")
        let content = try #require(try await chat.explanations.find("t1", of: chat.session)?.content)
        let text = String(decoding: content, as: UTF8.self)
        #expect(text.contains("\"outcome\":\"applied\"") && !text.contains("vile"))
    }

    @Test("what runs at once counts once in the time spent on models")
    func overlap() {
        func call(_ start: Int, _ length: Int) -> ModelCall {
            ModelCall(
                step: .matching, name: "m", startedAfter: .milliseconds(start), duration: .milliseconds(length),
                usage: TokenUsage())
        }
        #expect([ModelCall]().waiting == .zero)
        #expect([call(50, 10), call(0, 20), call(5, 5), call(15, 10)].waiting == .milliseconds(35))
    }
}
