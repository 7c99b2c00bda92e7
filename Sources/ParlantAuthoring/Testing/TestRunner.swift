import Glibc
import LuaRuntime
public import ParlantCore
import ParlantScripting

/// Runs the spec files of agents and plugins.
public struct TestRunner: Sendable {
    /// What is run, and how.
    public struct Options: Sendable {
        /// Only tests whose name contains this text; nil: all.
        public var filter: String?
        /// Provider for tests with a real model; nil: they are skipped.
        public var model: (any NLPService)?

        public init(filter: String? = nil, model: (any NLPService)? = nil) {
            self.filter = filter
            self.model = model
        }
    }

    private let workbench: Workbench
    private let options: Options

    /// A runner of the tests that a workbench has.
    public init(_ workbench: Workbench, options: Options = .init()) {
        self.workbench = workbench
        self.options = options
    }

    /// Loads the agents once and runs one test after the other. Tests share no conversation, no store, no clock.
    ///
    /// - Parameter onResult: Called as each test ends, in order.
    /// - Returns: All results; problems of loading count as one failure.
    public func run(onResult: @Sendable (TestResult) -> Void = { _ in }) async -> TestReport {
        let lane = LuaLane(name: "lua-test")
        defer { lane.shutDown() }
        let began = Self.processorSeconds
        var report = TestReport()
        let loaded = await workbench.load(
            lanes: [lane], http: TestTransport(), clock: TestClock(), scriptClock: SkippingClock(),
            absentSettings: .placeholders, logger: DefectLogHandler.logger)
        switch loaded {
        case .failure(let problems): report.problems = problems.problems
        case .success(let scripts):
            let coverage = CoverageLog()
            let stage = SpecStage(scripts: scripts, coverage: coverage, model: options.model)
            do {
                let tree = try SpecTree(workbench.roots)
                for file in SpecFinder(roots: workbench.roots).find() {
                    await run(file, in: tree, on: lane, stage, &report, onResult)
                }
            } catch {
                report.problems += error.problems
            }
            report.coverage = coverage.coverage(of: scripts)
            report.turns = coverage.turns
        }
        report.processorSeconds = Self.processorSeconds - began
        return report
    }

    private func run(
        _ file: String, in tree: SpecTree, on lane: LuaLane, _ stage: SpecStage, _ report: inout TestReport,
        _ onResult: @Sendable (TestResult) -> Void
    ) async {
        let registry = SpecRegistry()
        let loaded = await SpecScript.load(
            file, in: tree, lane: lane,
            functions: { SpecFunctions(file: file, registry: registry, definitions: $0).all },
            preludes: [SpecPrelude.module], logger: DefectLogHandler.logger)
        switch loaded {
        case .failure(let problems): report.problems += problems.problems
        case .success(let script):
            for (index, test) in registry.tests.enumerated() {
                if let filter = options.filter, !test.name.contains(filter) { continue }
                let began = SystemTimeSource().uptime
                let outcome = await run(test, number: index + 1, of: script, stage)
                let took = SystemTimeSource().uptime - began
                let result = TestResult(test: test, outcome: outcome, seconds: took / .seconds(1))
                report.results.append(result)
                onResult(result)
            }
        }
    }

    private func run(
        _ test: SpecTest, number: Int, of script: SpecScript, _ stage: SpecStage
    ) async -> TestResult.Outcome {
        guard let live = test.live else { return await once(test, number, script, stage, isLive: false) }
        guard stage.model?.generator != nil else {
            return .skipped("needs a model; run with --live --nlp openai --model NAME")
        }
        var passes = 0
        var last = TestResult.Outcome.passed
        for _ in 0..<live.runs {
            let outcome = await once(test, number, script, stage, isLive: true)
            if outcome == .passed { passes += 1 } else { last = outcome }
        }
        guard passes < live.passes, case .failed(let place, let reason) = last else { return .passed }
        return .failed(at: place, "passed \(passes) of \(live.runs) runs, needs \(live.passes); last: \(reason)")
    }

    private func once(
        _ test: SpecTest, _ number: Int, _ script: SpecScript, _ stage: SpecStage, isLive: Bool
    ) async -> TestResult.Outcome {
        let run = SpecRun(stage: stage, isLive: isLive)
        do {
            _ = try await script.call("spec_run", with: .integer(Int64(number)), context: run)
            return .passed
        } catch let error as LuaError {
            let place = error.location.map { SourceLocation(file: $0.file, line: $0.line) }
            return .failed(at: place ?? test.location, error.message)
        } catch {
            return .failed(at: test.location, "\(error)")
        }
    }

    /// Seconds that this process has computed so far.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
