import ParlantCore
import ParlantEngine
import ParlantScripting
import Synchronization

/// What the tests reached so far.
final class CoverageLog: Sendable {
    private struct Reached: Hashable {
        var agent: AgentID
        var guideline: GuidelineID
    }

    private struct Way: Hashable {
        var agent: AgentID
        var move: JourneyMove
    }

    private struct State {
        var guidelines: Set<Reached> = []
        var tools: Set<ToolID> = []
        var ways: Set<Way> = []
        var turns = 0
    }

    private let state = Mutex(State())

    /// Turns that ran.
    var turns: Int { state.withLock { $0.turns } }

    func add(_ report: TurnReport) {
        state.withLock { state in
            state.turns += 1
            for run in report.runs { state.tools.insert(run.call.tool) }
            guard let agent = report.agent else { return }
            for match in report.matches {
                state.guidelines.insert(Reached(agent: agent, guideline: match.guideline.id))
            }
            for move in report.moves { state.ways.insert(Way(agent: agent, move: move)) }
        }
    }

    func add(_ tool: ToolID) { state.withLock { _ = $0.tools.insert(tool) } }

    /// Compares with all that there is.
    func coverage(of scripts: LoadedScripts) -> Coverage {
        let reached = state.withLock { $0 }
        var coverage = Coverage()
        var tools: [ToolID: Tool] = [:]
        for agent in scripts.agents() {
            guard let snapshot = scripts.snapshot(of: agent.id) else { continue }
            tools.merge(snapshot.tools) { first, _ in first }
            for journey in snapshot.journeys {
                for (from, transition) in journey.graph?.transitions ?? [] {
                    var target: String?
                    if case .state(let name) = transition.target { target = name }
                    let move = JourneyMove(journey: journey.id, from: from, to: target)
                    coverage.ways.add(
                        reached.ways.contains(Way(agent: agent.id, move: move)),
                        "journey '\(journey.id)': the way from '\(from)' to '\(target ?? "END")' was never taken",
                        at: journey.location)
                }
            }
            for guideline in snapshot.guidelines {
                let isReached = reached.guidelines.contains(Reached(agent: agent.id, guideline: guideline.id))
                let noun = guideline.isObservation ? "observation" : "guideline"
                coverage.guidelines.add(
                    isReached, "\(noun) '\(guideline.id)' never applied", at: guideline.location)
            }
        }
        for tool in tools.values.sorted(by: { $0.id < $1.id }) {
            coverage.tools.add(reached.tools.contains(tool.id), "tool '\(tool.id.name)' never ran", at: tool.location)
        }
        return coverage
    }
}

/// What the tests reached, and what they did not.
public struct Coverage: Sendable, Equatable {
    /// Something that no test reached.
    public struct Gap: Sendable, Equatable, CustomStringConvertible {
        public var location: SourceLocation?
        /// `tool 'transfer_funds' never ran`.
        public var text: String

        /// `agents/bank/tools.lua:31: tool 'transfer_funds' never ran`.
        public var description: String { location.map { "\($0): \(text)" } ?? text }
    }

    /// One kind of thing.
    public struct Part: Sendable, Equatable {
        public var reached = 0
        public var gaps: [Gap] = []

        /// All of this kind.
        public var total: Int { reached + gaps.count }

        mutating func add(_ isReached: Bool, _ text: String, at location: SourceLocation?) {
            if isReached { reached += 1 } else { gaps.append(Gap(location: location, text: text)) }
        }
    }

    public var guidelines = Part()
    public var tools = Part()
    /// Ways between the states of journeys.
    public var ways = Part()

    /// Everything that no test reached, by place.
    public var gaps: [Gap] {
        (guidelines.gaps + tools.gaps + ways.gaps).sorted {
            ($0.location?.file ?? "", $0.location?.line ?? 0, $0.text)
                < ($1.location?.file ?? "", $1.location?.line ?? 0, $1.text)
        }
    }

    /// `coverage: 8 of 9 guidelines, 4 of 4 tools`.
    public var summary: String {
        let journeys = ways.total == 0 ? "" : ", \(ways.reached) of \(ways.total) ways of journeys"
        return "coverage: \(guidelines.reached) of \(guidelines.total) guidelines, "
            + "\(tools.reached) of \(tools.total) tools\(journeys)"
    }
}
