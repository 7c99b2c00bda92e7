import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("What a model is asked about tools, and how its answer is read")
struct ToolQuestionTests {
    private let shared = ToolQuestion(matches: [], runs: [], promptMessages: 10)
    private var context: TurnContext { .make(.make(), said: ["Send Tom 20 euro"]) }

    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var source = ToolParameter.Source.any
        var outcome: String
        /// Verdict about the argument `to`, whose value is Tom; nil: no call is named.
        var argument: String?
        var runs: Bool
        var missing = false
        var verdict: ToolVerdict.Outcome

        var testDescription: String { rule }
    }

    static let rows: [Row] = [
        .init(
            rule: "needs_to_run with a stated argument runs", outcome: "needs_to_run", argument: "stated", runs: true,
            verdict: .needsToRun),
        .init(
            rule: "What follows from the context counts where any source will do", outcome: "needs_to_run",
            argument: "known", runs: true, verdict: .needsToRun),
        .init(
            rule: "What follows from the context does not count where the customer has to say it", source: .customer,
            outcome: "needs_to_run", argument: "known", runs: false, missing: true, verdict: .cannotRun),
        .init(
            rule: "What the customer says does not count where the context has to give it", source: .context,
            outcome: "needs_to_run", argument: "stated", runs: false, missing: true, verdict: .cannotRun),
        .init(
            rule: "A missing argument keeps it from running", outcome: "needs_to_run", argument: "missing", runs: false,
            missing: true, verdict: .cannotRun),
        .init(
            rule: "An argument without a verdict is missing", outcome: "needs_to_run", argument: "perhaps", runs: false,
            missing: true, verdict: .cannotRun),
        .init(
            rule: "An unusable argument keeps it from running", outcome: "needs_to_run", argument: "invalid",
            runs: false, missing: true, verdict: .cannotRun),
        .init(
            rule: "cannot_run never runs, also with all arguments", outcome: "cannot_run", argument: "stated",
            runs: false, verdict: .cannotRun),
        .init(
            rule: "cannot_run says what is missing", outcome: "cannot_run", argument: "missing", runs: false,
            missing: true, verdict: .cannotRun),
        .init(
            rule: "data_already_in_context never runs", outcome: "data_already_in_context", argument: "stated",
            runs: false, verdict: .dataAlreadyInContext),
        .init(
            rule: "not_needed never runs", outcome: "not_needed", argument: "stated", runs: false, verdict: .notNeeded),
        .init(
            rule: "An outcome that nobody knows never runs", outcome: "go", argument: "stated", runs: false,
            verdict: .notNeeded),
        .init(
            rule: "needs_to_run without a call runs nothing", outcome: "needs_to_run", argument: nil, runs: false,
            verdict: .notNeeded),
    ]

    @Test("A careful answer:", arguments: rows)
    func careful(row: Row) {
        let tool = Tool.make(
            "send", [ToolParameter(name: "to", kind: .string, source: row.source)], consequential: true)
        let candidate = ToolCandidate(tool: tool, guidelines: [], choices: [:])
        let calls = row.argument.map { verdict -> JSONValue in
            [
                [
                    "tool": "test:send", "wanted_again": false,
                    "arguments": ["to": ["evidence": "Tom", "verdict": .string(verdict), "value": "Tom"]],
                ]
            ]
        }
        let answer: JSONValue = ["rationale": "so", "outcome": .string(row.outcome), "calls": calls ?? []]
        let (proposals, verdicts) = CarefulToolQuestion(group: [candidate], shared: shared).read(answer)
        var admission = CallAdmission(
            ToolTriage([candidate], after: [], []), after: [], EarlierCalls(Interaction(), untold: 0, [:]))
        for proposal in proposals { admission.admit(proposal) }
        for verdict in verdicts { admission.note(verdict) }
        let plan = admission.concluded([candidate])
        #expect(plan.calls.map(ToolDrawing.text) == (row.runs ? ["send(to=Tom)"] : []))
        #expect(plan.problems.isEmpty != row.missing)
        #expect(plan.verdicts.map(\.outcome) == [row.verdict])
    }

    @Test("The careful question asks the large model for the reasons first, then for a verdict on each argument")
    func carefulRequest() throws {
        let question = CarefulToolQuestion(group: ToolDrawing.candidates("send!(to)"), shared: shared)
        let request = question.request(in: context)
        #expect(request.schemaName == "consequential_tool_call" && request.size == .large)
        let members = try #require(request.schema["properties"]?.object)
        #expect(Array(members.keys) == ["rationale", "outcome", "calls"])
        let argument = try #require(
            members["calls"]?["items"]?["properties"]?["arguments"]?["properties"]?["to"]?["properties"]?.object)
        #expect(Array(argument.keys) == ["evidence", "verdict", "value"])
        #expect(request.system.contains("test:send: A tool. It cannot be undone"))
    }

    @Test("The short question is shorter, lists overlapping tools, and asks what is known where there are results")
    func briefRequest() {
        let groups = [ToolDrawing.candidates("a(x) b(x)"), ToolDrawing.candidates("find(word)")]
        func request(_ called: Set<String>) -> GenerationRequest {
            BriefToolQuestion(groups: groups, shared: shared, called: called).request(in: context)
        }
        let plain = request([])
        #expect(plain.schemaName == "tool_calls")
        #expect(plain.schema["required"] == ["calls"])
        #expect(plain.system.hasSuffix("of each line run the one that fits best, and no other\n- test:a, test:b"))
        #expect(!plain.system.contains("known"))
        let later = request(["test:find", "test:gone"])
        #expect(later.schema["required"] == ["calls", "known"])
        #expect(later.schema["properties"]?["known"]?["items"]?["enum"] == ["test:find"])
        #expect(later.system.contains("name them in 'known'"))
    }

    @Test("The short answer's calls are proposals; known tools have their data already; other names count for nothing")
    func briefAnswer() {
        let question = BriefToolQuestion(
            groups: [ToolDrawing.candidates("find(word)"), ToolDrawing.candidates("count(word)")], shared: shared,
            called: ["test:count", "test:find"])
        let (proposals, verdicts) = question.read([
            "calls": [
                ["tool": "test:find", "arguments": ["word": "cat"]], ["tool": "test:gone", "arguments": [:]], 7,
            ],
            "known": ["test:count", "test:find", "test:gone"],
        ])
        #expect(proposals.map(\.candidate.tool.id.name) == ["find"])
        #expect(verdicts.map(\.tool.name) == ["count"])
        #expect(verdicts.map(\.outcome) == [.dataAlreadyInContext])
        #expect(question.read("nonsense").proposals.isEmpty)
    }

    @Test("Parameters say where their values come from, and choices leave room for what the customer really said")
    func parameters() {
        let tool = Tool.make(
            "send",
            [
                ToolParameter(
                    name: "to", kind: .string, description: "Who gets it.", significance: "It cannot be called back.",
                    examples: ["Tom"], source: .customer),
                ToolParameter(name: "from", kind: .string, required: false, source: .context),
            ])
        let candidate = ToolCandidate(tool: tool, guidelines: [], choices: ["from": ["checking"]])
        let question = BriefToolQuestion(groups: [[candidate]], shared: shared, called: [])
        let request = question.request(in: context)
        #expect(
            request.system.contains(
                "  - to (string): Who gets it. It cannot be called back. For example \"Tom\". Only what the customer said "
                    + "counts.\n  - from (string, optional) Never what the customer says: only what the rest of the "
                    + "context gives."))
        let from = request.schema["properties"]?["calls"]?["items"]?["properties"]?["arguments"]?["properties"]?["from"]
        #expect(from == ["anyOf": [["enum": ["checking"]], ["type": "string"], ["type": "null"]]])
    }
}
