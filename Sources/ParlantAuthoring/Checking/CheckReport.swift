import ParlantCore
public import ParlantScripting

/// What `check` found.
public struct CheckReport: Sendable {
    private let result: Result<LoadedScripts, LoadProblems>

    /// A report about one load.
    public init(_ result: Result<LoadedScripts, LoadProblems>) { self.result = result }

    /// Whether everything can be served.
    public var isGood: Bool { if case .success = result { true } else { false } }

    /// Lines for people: what there is, warnings, and `no problems`; or every problem, then a line per bundle.
    public var text: String {
        switch result {
        case .success(let scripts): "\(scripts.summary)\nno problems\n"
        case .failure(let problems): "\(problems)\n"
        }
    }

    /// One JSON object: `problems` with `bundle`, `file`, `line` (absent for a whole file) and `message`; `warnings`.
    public var json: String {
        var problems: [JSONValue] = []
        var warnings: [JSONValue] = []
        switch result {
        case .success(let scripts): warnings = scripts.summary.warnings.map(JSONValue.string)
        case .failure(let found):
            problems = found.problems.map { problem in
                var object: JSONObject = ["bundle": .string(problem.bundle), "file": .string(problem.file)]
                if let line = problem.line { object["line"] = .integer(Int64(line)) }
                object["message"] = .string(problem.message)
                return .object(object)
            }
        }
        return JSONValue.object(["problems": .array(problems), "warnings": .array(warnings)]).description + "\n"
    }
}
