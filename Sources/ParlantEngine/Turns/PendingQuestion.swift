import ParlantCore

/// An argument of a tool that the agent has asked the customer for.
struct PendingQuestion: Sendable, Equatable {
    var tool: ToolID
    var parameter: String
    /// Guidelines that applied when it was asked; they apply again once the answer is there.
    var guidelines: [GuidelineID]

    /// Reads the question back from the status event that ended the turn in which it was asked.
    init?(completedStatus details: JSONObject) {
        guard let missing = details["missing_parameters"]?.array?.first,
            let service = missing["service_name"]?.string, let name = missing["tool_name"]?.string,
            let parameter = missing["name"]?.string
        else { return nil }
        tool = ToolID(service: service, name: name)
        self.parameter = parameter
        guidelines = (details["matched_guidelines"]?.array ?? []).compactMap {
            $0["id"]?.string.map { GuidelineID($0) }
        }
    }

    /// The form in which a problem is kept in the status event, for ``init(completedStatus:)``.
    static func json(of problem: ParameterProblem) -> JSONValue {
        [
            "service_name": .string(problem.tool.service), "tool_name": .string(problem.tool.name),
            "name": .string(problem.parameter.name),
        ]
    }
}
