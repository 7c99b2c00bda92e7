import Logging
import LuaRuntime
import ParlantCore
import ParlantScripting

/// Loads agents as a server would, serves nothing, and looks at the words of what a load does not run.
public struct Checker: Sendable {
    private let workbench: Workbench
    private let absentSettings: AbsentSettings

    /// - Parameter absentSettings: Whether required settings without a value are problems; without a configuration,
    ///   they are warnings.
    public init(_ workbench: Workbench, absentSettings: AbsentSettings) {
        self.workbench = workbench
        self.absentSettings = absentSettings
    }

    /// Everything that one load and a look at all words find.
    public func check() async -> CheckReport {
        let lane = LuaLane(name: "lua-check")
        defer { lane.shutDown() }
        let result = await workbench.load(
            lanes: [lane], http: TestTransport(), clock: SystemTimeSource(), absentSettings: absentSettings,
            logger: Logger(label: "parlant.check") { _ in SwiftLogNoOpLogHandler() })
        return CheckReport(result, words: words(besides: result))
    }

    /// Words that do not exist, on lines of which the load says nothing.
    private func words(besides result: Result<LoadedScripts, LoadProblems>) -> [LoadProblem] {
        var known: Set<String> = []
        if case .failure(let found) = result {
            known = Set(found.problems.compactMap { problem in problem.line.map { "\(problem.file):\($0)" } })
        }
        let scripts = ScriptTexts(roots: workbench.roots).read()
        var modules: [String: [String]] = [:]
        // The first one of a name is what `require` finds: agents come before plugins.
        for script in scripts where modules[ModuleWords.module(of: script.file)] == nil {
            modules[ModuleWords.module(of: script.file)] = ModuleWords.words(of: script.text)
        }
        let tables = WordTables(modules: modules)
        return scripts.flatMap { script in
            WordCheck.findings(in: script.text, tables).compactMap { finding in
                guard !known.contains("\(script.file):\(finding.line)") else { return nil }
                return LoadProblem(
                    bundle: script.bundle, file: script.file, line: finding.line, message: finding.message)
            }
        }
    }
}
