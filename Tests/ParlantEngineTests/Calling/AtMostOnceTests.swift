import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("At most once, whatever a judge proposes")
struct AtMostOnceTests {
    private static let tools = ["send!(to,amount)", "block!(card)", "find(word)", "count+(word)", "look"]
    private static let values = ["Tom", " tom", "TOM ", "Ann", ""]

    /// Proposes anything, often the same again, spelt in another way.
    private static func proposal(_ candidate: ToolCandidate, _ random: inout SplitMix) -> ProposedCall {
        var arguments: JSONObject = [:]
        for parameter in candidate.tool.parameters.shuffled(using: &random) {
            arguments[parameter.name] = .string(values.randomElement(using: &random) ?? "")
        }
        return ProposedCall(
            candidate: candidate, arguments: arguments, isWantedAgain: Bool.random(using: &random), reason: "so")
    }

    private static func outcome(_ random: inout SplitMix) -> ToolOutcome {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .failure(reason: "no")
        case 1: .defect("broken")
        case 2: .invalid([])
        default: .result(ToolResult(data: true))
        }
    }

    @Test(
        "a turn of random rounds never makes the same call twice, and judges no consequential tool that ran",
        arguments: 0..<300)
    func rounds(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let earlierCall = ToolDrawing.call("send(to=Tom,amount=Ann)")
        let isUntold = Bool.random(using: &random)
        let all = ToolDrawing.candidates(Self.tools.joined(separator: " "))
        let earlier = EarlierCalls(
            Interaction(toolCalls: [
                ["tool_id": .string(earlierCall.tool.description), "arguments": .object(earlierCall.arguments)]
            ]), untold: isUntold ? 1 : 0, Dictionary(uniqueKeysWithValues: all.map { ($0.tool.id, $0.tool) }))
        var runs: [ToolRun] = []
        for round in 0..<4 {
            let candidates = all.map { candidate in
                var candidate = candidate
                // Each round may bring other guidelines that offer the tool.
                candidate.guidelines = [.make(GuidelineID("g\(Int.random(in: 0...round, using: &random))"), "c")]
                return candidate
            }
            let triage = ToolTriage(candidates, after: runs, [])
            let done = Set(runs.filter(\.hasExecuted).map(\.call.tool))
            for candidate in triage.open.joined() where candidate.tool.consequential {
                #expect(!done.contains(candidate.tool.id))
            }
            var admission = CallAdmission(triage, after: runs, earlier)
            for candidate in triage.open.joined() {
                for _ in 0..<3 { admission.admit(Self.proposal(candidate, &random)) }
            }
            let plan = admission.concluded(candidates)
            #expect(Set(plan.verdicts.map(\.tool)) == Set(candidates.map(\.tool.id)))
            for call in plan.calls {
                let rivals = plan.candidates[call.tool]?.rivals ?? []
                runs.append(
                    ToolRun(call: call, outcome: Self.outcome(&random), owners: ["g0"], rivals: rivals))
            }
        }
        var made: Set<String> = []
        for run in runs where run.hasExecuted {
            guard let tool = all.first(where: { $0.tool.id == run.call.tool })?.tool else { continue }
            let identity = CallIdentity.of(run.call.arguments, for: tool)
            #expect(made.insert("\(tool.id)\(JSONValue.object(identity))").inserted, "seed \(seed): \(run.call)")
            if isUntold {
                #expect(identity != CallIdentity.of(earlierCall.arguments, for: tool) || tool.id != earlierCall.tool)
            }
        }
    }
}
