public import ParlantCore
public import ParlantScripting

/// How one test ended.
public struct TestResult: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        case passed
        /// Line at which it failed, and why.
        case failed(at: SourceLocation, String)
        /// Why it did not run.
        case skipped(String)
    }

    public var test: SpecTest
    public var outcome: Outcome
    /// Seconds that it took.
    public var seconds: Double
}

/// How all tests ended.
public struct TestReport: Sendable {
    public var results: [TestResult] = []
    /// Spec files, or agents, that could not be loaded.
    public var problems: [LoadProblem] = []
    /// Nil when the agents could not be loaded.
    public var coverage: Coverage?
    /// Turns of conversations that ran.
    public var turns = 0
    /// Seconds of processor time, loading included.
    public var processorSeconds = 0.0

    public var passed: Int { results.count { $0.outcome == .passed } }
    public var failed: Int {
        results.count { if case .failed = $0.outcome { true } else { false } } + (problems.isEmpty ? 0 : 1)
    }
    public var skipped: Int { results.count { if case .skipped = $0.outcome { true } else { false } } }

    /// Whether nothing failed.
    public var isGood: Bool { failed == 0 }

    /// `3 passed, 0 failed`, with what was skipped.
    public var verdict: String {
        "\(passed) passed, \(failed) failed" + (skipped > 0 ? ", \(skipped) skipped" : "")
    }

    /// What is printed after the tests: problems, coverage, cost, and the verdict as the last line.
    public var summary: [String] {
        var lines = problems.map(\.description)
        if results.isEmpty, problems.isEmpty {
            lines.append("there are no tests; write them in files named *_spec.lua in a folder 'spec' of the agent")
        }
        if let coverage, !results.isEmpty {
            lines.append(coverage.summary)
            lines += coverage.gaps.map { "  \($0)" }
        }
        let cost = Int((processorSeconds * 1000).rounded())
        lines.append("\(turns) \(turns == 1 ? "turn" : "turns"), \(cost) ms of processor time")
        return lines + [verdict]
    }
}

extension TestResult {
    /// One line for people: `ok   NAME`, or `FAIL FILE:LINE: NAME: why`.
    public var line: String {
        switch outcome {
        case .passed: "ok   \(test.name)"
        case .failed(let place, let reason): "FAIL \(place): \(test.name): \(reason)"
        case .skipped(let reason): "skip \(test.name): \(reason)"
        }
    }
}
