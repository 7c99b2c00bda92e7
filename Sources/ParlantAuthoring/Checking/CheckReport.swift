import ParlantCore
public import ParlantScripting
public import ParlantServer

/// What `check` found.
public struct CheckReport: Sendable {
    private let result: Result<LoadedScripts, LoadProblems>
    private var diagrams: [JourneyDiagram]?

    /// A report about one load.
    public init(_ result: Result<LoadedScripts, LoadProblems>) { self.result = result }

    /// Whether everything can be served.
    public var isGood: Bool { if case .success = result { true } else { false } }

    /// The same report with drawings of journeys. Agents that have problems are not drawn.
    ///
    /// - Parameter id: Which journey; nil: all of them.
    /// - Throws: ``ConfigurationError`` for an id that no journey has, naming those that there are.
    public func drawing(_ id: String?) throws(ConfigurationError) -> CheckReport {
        guard case .success(let scripts) = result else { return self }
        let all = JourneyDiagram.all(of: scripts)
        let drawn = id.map { id in all.filter { $0.journey.rawValue == id } } ?? all
        if let id, drawn.isEmpty { throw JourneyDiagram.unknown(id, among: all) }
        var report = self
        report.diagrams = drawn
        return report
    }

    /// Lines for people: what there is, warnings, and `no problems`; or every problem, then a line per bundle. Drawings
    /// stand alone, so that other programs can read them.
    public var text: String {
        switch result {
        case .success(let scripts):
            diagrams.map(JourneyDiagram.text(of:)) ?? "\(scripts.summary)\nno problems\n"
        case .failure(let problems): "\(problems)\n"
        }
    }

    /// One JSON object: `problems` with `bundle`, `file`, `line` (absent for a whole file) and `message`; `warnings`;
    /// with drawings also `drawings`, each with `journey`, `file`, `line` and `mermaid`.
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
        var report: JSONObject = ["problems": .array(problems), "warnings": .array(warnings)]
        if let diagrams { report["drawings"] = .array(diagrams.map(\.json)) }
        return JSONValue.object(report).description + "\n"
    }
}
