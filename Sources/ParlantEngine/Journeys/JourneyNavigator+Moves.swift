public import ParlantCore

extension JourneyNavigator {
    /// Moves the journeys as far as the verdicts carry them.
    ///
    /// - Parameters:
    ///   - asked: Of ``questions``, those that were judged; they are not asked again until tools have run.
    ///   - holding: Of those, the conditions that hold.
    public mutating func judge(_ asked: [JudgedCondition], holding: Set<JudgedCondition.ID>) {
        for question in asked { courses[question.id.journey]?.judged.insert(question.id) }
        for id in running.keys { advance(id, holding) }
    }

    /// Moves the journeys as far as they can go without anybody who judges.
    public mutating func presume() {
        let asked = questions.filter { $0.presumed != nil }
        judge(asked, holding: Set(asked.filter { $0.presumed == true }.map(\.id)))
    }

    /// Lets journeys go on whose tools have run.
    ///
    /// A result and a failure count alike, because the ways behind a tool tell them apart; arguments that did not pass
    /// their checks do not, because the customer is asked again.
    ///
    /// - Parameters:
    ///   - runs: The calls of this turn so far.
    ///   - waiting: Tools that wait for an argument.
    ///   - known: Tools that need not run because what they bring is there already, with what they said.
    public mutating func toolsRan(_ runs: [ToolRun], waiting: Set<ToolID> = [], known: [ToolID: String] = [:]) {
        for (id, course) in running {
            guard case .tools(let tools, _)? = course.spot?.state.kind, !course.hasRun else { continue }
            let own = runs.filter { run in
                if case .invalid = run.outcome { return false }
                return tools.contains(run.call.tool)
            }
            let isDone = tools.isEmpty || !own.isEmpty || tools.contains { known[$0] != nil }
            guard isDone, !tools.contains(where: waiting.contains) else { continue }
            if !own.isEmpty { acted.insert(id) }
            courses[id]?.hasRun = true
            courses[id]?.judged = []
            let evidence = own.isEmpty ? tools.compactMap { known[$0] } : own.map(ToolEvidence.words)
            courses[id]?.evidence = evidence.joined(separator: ". ")
            advance(id, [])
        }
    }

    /// Goes one way of a journey without asking anybody, or back to a chat state that was passed, for tests of agents.
    ///
    /// - Parameters:
    ///   - state: Where to; nil is the end. A way of the drawing goes before a way back.
    ///   - throughTools: Whether tools on the way count as run, because no turn runs them now.
    /// - Throws: ``JourneyRefusal``; then nothing has changed.
    public mutating func take(
        _ journey: JourneyID, to state: String?, throughTools: Bool = false
    ) throws(JourneyRefusal) {
        guard let course = courses[journey], let spot = course.spot else { throw .notActive }
        let target = state.map(JourneyTarget.state) ?? .end
        let ways = spot.state.next.transitions.map(\.target)
        if ways.contains(target) || (ways.isEmpty && target == .end) {
            move(journey, along: target)
        } else if let earlier = earlierChats(course, journey).first(where: { $0.spot.name == state }) {
            goBack(journey, to: earlier.place, isAnswered: false)
        } else {
            throw .noWay(from: spot.name, ways: ways.map(Self.name(of:)))
        }
        while throughTools, case .tools? = courses[journey]?.spot?.state.kind, courses[journey]?.hasRun == false {
            courses[journey]?.hasRun = true
            advance(journey, [])
        }
    }

    /// Whether the journey stands at tools that have not run.
    public func awaitsTools(_ journey: JourneyID) -> Bool {
        guard let course = running[journey], case .tools? = course.spot?.state.kind else { return false }
        return !course.hasRun
    }

    static func name(of target: JourneyTarget) -> String {
        switch target {
        case .state(let name): name
        case .end: "END"
        }
    }

    // MARK: Deciding

    private enum Step {
        case way(JourneyTarget)
        /// To the spot at this place of the path; with `isAnswered` forward again as far as nothing else changes.
        case back(Int, isAnswered: Bool)
    }

    private mutating func advance(_ id: JourneyID, _ holding: Set<JudgedCondition.ID>) {
        while let course = running[id], let spot = course.spot {
            guard let step = step(id, course, spot, holding) else { return }
            guard course.moveCount < Self.mostMoves else {
                notices.append(.tooManyMoves(id, at: spot.name, limit: Self.mostMoves))
                return
            }
            switch step {
            case .way(let target): move(id, along: target)
            case .back(let place, let isAnswered): goBack(id, to: place, isAnswered: isAnswered)
            }
        }
    }

    private func step(
        _ id: JourneyID, _ course: Course, _ spot: JourneySpot, _ holding: Set<JudgedCondition.ID>
    ) -> Step? {
        func holds(_ question: JudgedCondition.Question, at name: String? = nil) -> Bool {
            holding.contains(.init(journey: id, state: name ?? spot.name, question: question))
        }
        func chosenWay() -> Step? {
            let ways = spot.state.next.transitions
            return ways.indices.first { holds(.way($0)) }.map { .way(ways[$0].target) }
        }
        func wayBack() -> Step? {
            for (place, earlier) in earlierChats(course, id) {
                if holds(.changed, at: earlier.name) { return .back(place, isAnswered: true) }
                if holds(.reopened, at: earlier.name) { return .back(place, isAnswered: false) }
            }
            return nil
        }
        switch (spot.state.kind, spot.state.next) {
        case (.chat, .always(let name)) where course.isFresh:
            // A spot is passed by once in a turn, so that a circle of them comes to an end.
            let isFirst = course.visited.count { $0 == spot.name } <= 1
            return isFirst && holds(.settled) ? .way(.state(name)) : nil
        case (.chat, _) where course.isFresh || !customerSpoke: return nil
        case (.chat, .always(let name)): return holds(.answered) ? .way(.state(name)) : wayBack()
        case (.chat, .end): return holds(.answered) ? .way(.end) : wayBack()
        case (.chat, .first): return chosenWay() ?? wayBack()
        case (.tools, _) where !course.hasRun: return course.isFresh || !customerSpoke ? nil : wayBack()
        case (.tools, .first), (.fork, .first), (.journey, .first): return chosenWay()
        case (_, .always(let name)): return .way(.state(name))
        case (_, .end): return .way(.end)
        }
    }

    // MARK: Moving

    private mutating func move(_ id: JourneyID, along target: JourneyTarget) {
        guard var course = courses[id], let here = course.spot else { return }
        let spot = map.go(target, from: here, moves: &moves)
        course.spot = spot
        if let name = spot?.name {
            course.path = JourneyPlace(path: course.path + [name]).path
            course.visited.append(name)
        }
        course.isFresh = true
        course.hasRun = false
        // A fork behind a tool still has to know what the tool said.
        if case .tools = here.state.kind {} else { course.evidence = "" }
        course.moveCount += 1
        courses[id] = course
    }

    private mutating func goBack(_ id: JourneyID, to place: Int, isAnswered: Bool) {
        guard var course = courses[id], let here = course.spot, let spot = map.spot(course.path[place], of: id) else {
            return
        }
        var ahead = course.path[(place + 1)...]
        moves.append(
            JourneyMove(journey: spot.journey.id, from: here.state.name, to: spot.state.name, isBack: true))
        course.path = Array(course.path[...place])
        course.spot = spot
        course.isFresh = true
        course.hasRun = false
        course.moveCount += 1
        courses[id] = course
        // What was answered behind the change still counts, up to where somebody has to decide or a tool has to run.
        while isAnswered, let next = ahead.popFirst(), let spot = courses[id]?.spot, case .chat = spot.state.kind,
            case .always(let name) = spot.state.next
        {
            var ignored: [JourneyMove] = []
            guard map.go(.state(name), from: spot, moves: &ignored)?.name == next else { return }
            move(id, along: .state(name))
        }
    }
}
