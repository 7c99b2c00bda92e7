import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Which proposed calls run")
struct CallAdmissionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var offered: String
        var says: [String] = []
        var ran: [String] = []
        /// Calls of earlier turns; `*` before one of which the customer has not been told.
        var earlier: [String] = []
        /// `!` behind a call: the customer wants it again.
        var proposed: [String]
        var runs: [String]
        var verdicts: [ToolVerdict.Outcome]

        var testDescription: String { rule }

        init(
            _ rule: String, _ offered: String, says: [String] = [], ran: [String] = [], earlier: [String] = [],
            _ proposed: [String], runs: [String], _ verdicts: [ToolVerdict.Outcome]
        ) {
            self.rule = rule
            self.offered = offered
            self.says = says
            self.ran = ran
            self.earlier = earlier
            self.proposed = proposed
            self.runs = runs
            self.verdicts = verdicts
        }
    }

    static let rows: [Row] = [
        .init(
            "needs_to_run: all that is required is there", "find(word)", ["find(word=cat)"], runs: ["find(word=cat)"],
            [.needsToRun]),
        .init("cannot_run: something required is missing", "find(word)", ["find(word)"], runs: [], [.cannotRun]),
        .init(
            "cannot_run: an empty text is nothing", "find(word)", ["find(word= )"], runs: [], [.cannotRun]),
        .init("not_needed: nobody proposes it", "find(word)", [], runs: [], [.notNeeded]),
        .init(
            "Arguments that the tool does not have are dropped", "find(word)", ["find(word=cat,size=3)"],
            runs: ["find(word=cat)"], [.needsToRun]),
        .init(
            "The same call twice in an answer runs once", "send!(to)", ["send(to=Tom)", "send(to=Tom)"],
            runs: ["send(to=Tom)"], [.needsToRun, .dataAlreadyInContext]),
        .init(
            "Calls that differ in spaces and capitals are the same", "send!(to)", ["send(to=Tom)", "send(to= tom )"],
            runs: ["send(to=Tom)"], [.needsToRun, .dataAlreadyInContext]),
        .init(
            "Calls that differ in the order of their arguments are the same", "send!(to,amount)",
            ["send(to=Tom,amount=20)", "send(amount=20,to=Tom)"], runs: ["send(to=Tom,amount=20)"],
            [.needsToRun, .dataAlreadyInContext]),
        .init(
            "Different calls of a tool run side by side", "send!(to)", ["send(to=Tom)", "send(to=Ann)"],
            runs: ["send(to=Tom)", "send(to=Ann)"], [.needsToRun, .needsToRun]),
        .init(
            "What ran in this turn does not run again for a guideline that came later", "find(word)/h",
            ran: ["find(word=cat)/g"], ["find(word=cat)"], runs: [], [.dataAlreadyInContext]),
        .init(
            "Other arguments run for a guideline that came later", "find(word)/h", ran: ["find(word=cat)/g"],
            ["find(word=dog)"], runs: ["find(word=dog)"], [.needsToRun]),
        .init(
            "What the checks refused is not tried again with the same arguments", "find(word)",
            ran: ["find(word=cat)%"], ["find(word=cat)"], runs: [], [.cannotRun]),
        .init(
            "data_already_in_context: a consequential call of an earlier turn, which nobody wants again", "send!(to)",
            earlier: ["send(to=Tom)"], ["send(to=Tom)"], runs: [], [.dataAlreadyInContext]),
        .init(
            "A consequential call of an earlier turn runs when the customer wants it again", "send!(to)",
            earlier: ["send(to=Tom)"], ["send(to=Tom)!"], runs: ["send(to=Tom)"], [.needsToRun]),
        .init(
            "data_already_in_context: a consequential call that the customer has not been told of, whoever wants it",
            "send!(to)", earlier: ["*send(to=Tom)"], ["send(to=Tom)!"], runs: [], [.dataAlreadyInContext]),
        .init(
            "A consequential call with other arguments is another one", "send!(to)", earlier: ["*send(to=Tom)"],
            ["send(to=Ann)"], runs: ["send(to=Ann)"], [.needsToRun]),
        .init(
            "A call without consequences of an earlier turn is made again, because its result may be old",
            "find(word)", earlier: ["find(word=cat)"], ["find(word=cat)"], runs: ["find(word=cat)"], [.needsToRun]),
        .init(
            "A call that prompts do not show any more is none that is there", "send!(to)",
            earlier: ["send(to=Tom)"] + Array(repeating: "look()", count: 10), ["send(to=Tom)"],
            runs: ["send(to=Tom)"], [.needsToRun]),
        .init(
            "Of overlapping tools the one that is proposed first runs", "a(x) b(x)", says: ["a~b"],
            ["b(x=1)", "a(x=1)"],
            runs: ["b(x=1)"], [.needsToRun, .notNeeded]),
        .init(
            "Of overlapping tools one may run twice with different arguments", "a(x) b(x)", says: ["a~b"],
            ["a(x=1)", "a(x=2)"], runs: ["a(x=1)", "a(x=2)"], [.needsToRun, .needsToRun, .notNeeded]),
        .init(
            "Calls run in the order in which their tools matter", "look find(word) count(word)",
            ["count(word=cat)", "find(word=cat)"], runs: ["look()", "find(word=cat)", "count(word=cat)"],
            [.needsToRun, .needsToRun, .needsToRun]),
    ]

    private func plan(_ row: Row) -> ToolPlan {
        let candidates = ToolDrawing.candidates(row.offered)
        let runs = row.ran.map(ToolDrawing.run)
        let triage = ToolTriage(candidates, after: runs, ToolDrawing.overlaps(row.says))
        let calls = row.earlier.map { call -> JSONValue in
            let call = ToolDrawing.call(call.filter { $0 != "*" })
            return ["tool_id": .string(call.tool.description), "arguments": .object(call.arguments)]
        }
        let earlier = EarlierCalls(
            Interaction(toolCalls: calls), untold: row.earlier.count { $0.hasPrefix("*") },
            Dictionary(uniqueKeysWithValues: candidates.map { ($0.tool.id, $0.tool) }))
        var admission = CallAdmission(triage, after: runs, earlier)
        for word in row.proposed {
            let call = ToolDrawing.call(word)
            guard let candidate = candidates.first(where: { $0.tool.id == call.tool }) else { continue }
            admission.admit(
                ProposedCall(
                    candidate: candidate, arguments: call.arguments, isWantedAgain: word.hasSuffix("!"), reason: "so"))
        }
        return admission.concluded(candidates)
    }

    @Test(arguments: rows)
    func rule(row: Row) {
        let plan = plan(row)
        #expect(plan.calls.map(ToolDrawing.text) == row.runs)
        #expect(plan.verdicts.map(\.outcome) == row.verdicts)
    }

    @Test("Values that are no choice or beyond a limit are asked for at once; the wrong form is the judge's mistake")
    func values() throws {
        let parameters = [
            ToolParameter(name: "account", kind: .string), ToolParameter(name: "amount", kind: .number, maximum: 100),
            ToolParameter(name: "day", kind: .date),
        ]
        func plan(_ arguments: JSONObject) throws -> ToolPlan {
            let candidate = ToolCandidate(
                tool: .make("send", parameters), guidelines: [], choices: ["account": ["checking", "savings"]])
            let triage = ToolTriage([candidate], after: [], [])
            var admission = CallAdmission(triage, after: [], EarlierCalls(Interaction(), untold: 0, [:]))
            admission.admit(ProposedCall(candidate: candidate, arguments: arguments, reason: "so"))
            return admission.concluded([candidate])
        }
        let bad = try plan(["account": "platinum", "amount": 200, "day": "24.12."])
        #expect(bad.calls.isEmpty)
        #expect(
            bad.problems.map(\.reason) == [
                "account: \"platinum\" is not one of \"checking\", \"savings\"",
                "amount: 200 is above the maximum of 100",
            ])
        #expect(bad.problems[0].choices == ["checking", "savings"])
        #expect(bad.verdicts.map(\.reason) == ["missing or unusable: account, amount"])
        #expect(try plan(["account": "savings", "amount": 20, "day": "24.12."]).calls.count == 1)
        #expect(try plan(["account": "savings", "day": .null]).problems.map(\.reason) == [nil, nil])
    }

    @Test("A default makes calls equal that leave it out and that give it")
    func defaults() {
        let tool = Tool.make(
            "pay",
            [
                ToolParameter(name: "amount", kind: .integer),
                ToolParameter(name: "from", kind: .string, defaultValue: "checking"),
            ])
        #expect(
            CallIdentity.of(["amount": 3.0], for: tool)
                == CallIdentity.of(["from": "Checking", "amount": 3], for: tool))
        #expect(CallIdentity.of(["amount": 3], for: tool) != CallIdentity.of(["amount": 4], for: tool))
    }
}
