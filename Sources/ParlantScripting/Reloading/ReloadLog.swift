import Logging
import ParlantCore

/// Says in the log what reloads led to.
struct ReloadLog: Sendable {
    let logger: Logger

    /// One line per bundle that changed, after all problems of those that did not.
    func report(_ outcome: ScriptLoader.Outcome, before: ScriptSet, took duration: Duration) {
        for warning in outcome.set.warnings where !before.warnings.contains(warning) { logger.warning("\(warning)") }
        for problem in outcome.set.folderProblems where !before.folderProblems.contains(problem) {
            logger.error("\(problem)")
        }
        let milliseconds = Int((duration / .milliseconds(1)).rounded())
        for change in outcome.changes {
            switch change {
            case .loaded(let name, let generation, let files):
                let wasBroken = before.attempts[name]?.problems.isEmpty == false
                logger.notice(
                    "\(Wording.reloaded(name, generation, wasBroken: wasBroken))",
                    metadata: ["files": "\(files)", "milliseconds": "\(milliseconds)"])
            case .removed(let name, let generation): logger.notice("\(Wording.removed(name, generation))")
            case .kept(let name, let generation):
                let problems = LoadProblems(outcome.set.attempts[name]?.problems ?? []).problems
                for problem in problems { logger.error("\(problem)") }
                logger.error("\(Wording.summary(name, problems.count, running: generation))")
            }
        }
    }

    func reportSame() { logger.notice("\(Wording.nothingChanged)") }

    /// Something beside the scripts kept them from being served.
    func report(_ error: any Error) {
        logger.error("\(Wording.notServed)", metadata: ["error": "\(error)"])
    }

    func reportWatching(_ name: String) {
        if name == "polling" { logger.warning("\(Wording.polling)") }
    }

    func reportEnded(_ generation: BundleGeneration) {
        logger.warning("\(Wording.callsEnded(generation.name, generation.number))")
    }
}
