import ParlantCore
import ParlantScripting
public import ParlantServer

/// What `check` found.
public struct CheckReport: Sendable {
    private let result: Result<LoadedScripts, LoadProblems>
    /// Words that do not exist, in functions and specs: they keep nothing from being served, and fail when they run.
    private let words: [LoadProblem]
    private var diagrams: [JourneyDiagram]?

    /// A report about one load, and about words that it did not run.
    init(_ result: Result<LoadedScripts, LoadProblems>, words: [LoadProblem]) {
        self.result = result
        self.words = words.sorted()
    }

    /// Whether there is nothing to mend; of what was only drawn, whether it could be.
    public var isGood: Bool { if case .success = result { words.isEmpty || diagrams != nil } else { false } }

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

    /// Lines for people: what there is, warnings, and `no problems` or words that do not exist; or every problem by its
    /// place, then a line per bundle. Drawings stand alone, so that other programs can read them.
    public var text: String {
        switch result {
        case .success(let scripts):
            diagrams.map(JourneyDiagram.text(of:))
                ?? Self.text([scripts.summary.description] + words.map(\.description) + [wordSummary ?? "no problems"])
        case .failure(let found):
            Self.text(
                (found.problems + words).sorted().map(\.description) + found.summaries
                    + [wordSummary].compactMap(\.self))
        }
    }

    private var wordSummary: String? {
        guard !words.isEmpty else { return nil }
        let count = words.count == 1 ? "1 problem" : "\(words.count) problems"
        return "\(count) in functions and specs, which would fail when they run"
    }

    private static func text(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

    /// One JSON object: `problems` with `bundle`, `file`, `line` (absent for a whole file) and `message`; `warnings`;
    /// with drawings also `drawings`, each with `journey`, `file`, `line` and `mermaid`.
    public var json: String {
        var problems = words
        var warnings: [JSONValue] = []
        switch result {
        case .success(let scripts): warnings = scripts.summary.warnings.map(JSONValue.string)
        case .failure(let found):
            problems = (problems + found.problems).sorted()
        }
        var report: JSONObject = ["problems": .array(problems.map(Self.json)), "warnings": .array(warnings)]
        if let diagrams { report["drawings"] = .array(diagrams.map(\.json)) }
        return JSONValue.object(report).description + "\n"
    }

    private static func json(_ problem: LoadProblem) -> JSONValue {
        var object: JSONObject = ["bundle": .string(problem.bundle), "file": .string(problem.file)]
        if let line = problem.line { object["line"] = .integer(Int64(line)) }
        object["message"] = .string(problem.message)
        return .object(object)
    }
}
