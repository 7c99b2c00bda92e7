import ParlantCore

/// One short question about all tools without consequences: which run, with which arguments.
struct BriefToolQuestion: Sendable {
    static let name = "tool_calls"

    let groups: [[ToolCandidate]]
    let shared: ToolQuestion
    /// Names of tools that were called before, so that their results may be there already.
    let called: Set<String>

    /// The request for a model.
    func request(in context: TurnContext) -> GenerationRequest {
        let known = knowable
        let task =
            "Decide which tools must run now so that the agent can follow its guidelines. Leave out tools whose "
            + "result is already there\(known.isEmpty ? "" : " and name them in 'known'"). Take arguments from the "
            + "conversation, word for word where they are names or numbers; give null where the customer has not said "
            + "it. Never guess."
        var members: JSONObject = [
            "calls": ["type": "array", "items": ToolQuestion.anyOf(groups.joined().map(Self.callSchema))]
        ]
        if !known.isEmpty {
            members["known"] = [
                "type": "array", "items": ["type": "string", "enum": .array(known.map(JSONValue.string))],
            ]
        }
        return GenerationRequest(
            system: shared.system(task, groups, context), prompt: shared.prompt(context), schemaName: Self.name,
            schema: ToolQuestion.object(members))
    }

    /// Reads the answer. What names no tool of the question counts for nothing.
    func read(_ answer: JSONValue) -> (proposals: [ProposedCall], verdicts: [ToolVerdict]) {
        let proposals = (answer["calls"]?.array ?? []).compactMap { call -> ProposedCall? in
            guard let candidate = ToolQuestion.candidate(call, groups) else { return nil }
            return ProposedCall(
                candidate: candidate, arguments: call["arguments"]?.object ?? [:],
                reason: "the conversation asks for it")
        }
        let known = Set((answer["known"]?.array ?? []).compactMap(\.string)).intersection(knowable)
        let verdicts = groups.joined().map(\.tool.id).filter { known.contains($0.description) }
            .filter { tool in !proposals.contains { $0.candidate.tool.id == tool } }
            .map { ToolVerdict($0, .dataAlreadyInContext, "its result is there already") }
        return (proposals, verdicts)
    }

    private var knowable: [String] { groups.joined().map(\.tool.id.description).filter(called.contains) }

    /// One call of a tool. All arguments are there and may be null, as strict decoding wants it.
    private static func callSchema(_ candidate: ToolCandidate) -> JSONValue {
        var values: JSONObject = [:]
        for parameter in candidate.tool.parameters {
            values[parameter.name] = [
                "anyOf": .array(ToolQuestion.valueSchema(of: parameter, candidate) + [["type": "null"]])
            ]
        }
        return ToolQuestion.object([
            "tool": ["type": "string", "enum": [.string(candidate.tool.id.description)]],
            "arguments": ToolQuestion.object(values),
        ])
    }
}
