import Logging
import ParlantCore

/// The journeys of a session as one turn moves them: the thin shell around ``JourneyNavigator`` that has conditions
/// judged, writes the log, and lets a test tell journeys where to go.
struct JourneyStep: Sendable {
    private(set) var navigator: JourneyNavigator
    /// Ways that a test told journeys to go, and that they have not gone yet.
    private(set) var waysLeft: [JourneyWay]
    private let begins: [JourneyID]
    private let logger: Logger

    /// Finds out where the session is; what had to be put right is in the log.
    ///
    /// - Parameter script: What a test decides instead of a judge; nil in service.
    init(_ context: TurnContext, script: TurnScript?, _ logger: Logger) {
        navigator = JourneyNavigator(
            context.snapshot.journeys, places: context.session.agentState.journeys,
            customerSpoke: !context.interaction.unansweredCustomerMessages.isEmpty)
        begins = script?.begins ?? []
        waysLeft = script?.ways ?? []
        self.logger = logger
        for notice in navigator.notices { logger.warning("\(notice)") }
    }

    /// Has guidelines judged, and with them what the journeys ask; then moves the journeys. Where one begins with a fork,
    /// the fork's ways are judged at once: that is the only second request.
    ///
    /// - Returns: Those of `guidelines` that apply.
    /// - Throws: what the matcher throws; then the turn fails as a whole.
    mutating func judge(
        _ guidelines: [Guideline], by matcher: GuidelineMatcher, in context: TurnContext
    ) async throws -> [GuidelineMatch] {
        var matches: [GuidelineMatch] = []
        var guidelines = guidelines
        // One pass judges everything; a second one what it opened up.
        for pass in 0..<2 where pass == 0 || navigator.needsVerdict {
            let asked = navigator.questions
            let verdicts = try await matcher.match(guidelines, asked, in: context)
            let (movesBefore, noticesBefore) = (navigator.moves.count, navigator.notices.count)
            navigator.judge(asked, holding: verdicts.holding)
            navigator.begin(triggeredBy: Set(verdicts.matches.map(\.guideline.id)))
            for journey in begins { navigator.begin(journey) }
            goWays()
            report(since: movesBefore, noticesBefore)
            matches += verdicts.matches
            guidelines = []
        }
        return matches
    }

    /// Lets the journeys go on whose tools have run, or need not run.
    ///
    /// - Returns: Whether one did.
    mutating func toolsRan(_ runs: [ToolRun], _ plan: ToolPlan) -> Bool {
        let (movesBefore, noticesBefore) = (navigator.moves.count, navigator.notices.count)
        navigator.toolsRan(runs, waiting: Set(plan.problems.map(\.tool)), known: plan.known)
        goWays()
        report(since: movesBefore, noticesBefore)
        return navigator.moves.count > movesBefore
    }

    /// Takes back what this turn did to journeys that gave way; see ``JourneyNavigator/withdraw(allBut:)``.
    mutating func rest(allBut survivors: Set<JourneyID>) { navigator.withdraw(allBut: survivors) }

    /// What applies: of the matches, those whose journey is active, and the states of the journeys.
    func matches(with judged: [GuidelineMatch], as guidelines: [Guideline]) -> [GuidelineMatch] {
        let states = navigator.matches
        let counting = judged.filter { navigator.covers($0.guideline.scope) }
        return GuidelineMatcher.sorted(counting + states, as: guidelines, states)
    }

    /// Goes as far as the test says, and as tools allow.
    private mutating func goWays() {
        var left: [JourneyWay] = []
        var stopped: Set<JourneyID> = []
        for way in waysLeft {
            do {
                if stopped.contains(way.journey) || navigator.awaitsTools(way.journey) {
                    throw JourneyRefusal.notActive
                }
                try navigator.take(way.journey, to: way.target)
            } catch {
                // Later ways of the journey start where this one leads.
                stopped.insert(way.journey)
                left.append(way)
            }
        }
        waysLeft = left
    }

    private func report(since moves: Int, _ notices: Int) {
        for move in navigator.moves[moves...] {
            logger.debug(
                "journey moved",
                metadata: ["journey": "\(move.journey)", "from": "\(move.from)", "to": "\(move.to ?? "END")"])
        }
        for notice in navigator.notices[notices...] { logger.warning("\(notice)") }
    }
}
