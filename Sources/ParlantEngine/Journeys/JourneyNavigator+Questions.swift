import ParlantCore

extension JourneyNavigator {
    /// Spots ahead that are asked about, so that several answers in one message carry a journey over several states.
    static let mostAhead = 6
    /// Passed states of which a change is asked about, the latest first.
    static let mostEarlier = 4

    /// What has to be judged before the journeys can go on, or may be judged with it. In a fixed order; bounded by the
    /// ways of the states concerned.
    public var questions: [JudgedCondition] {
        running.flatMap { id, course in questions(of: id, course).filter { !course.judged.contains($0.id) } }
    }

    /// Whether a journey cannot go on without a verdict.
    public var needsVerdict: Bool { questions.contains { $0.presumed == nil } }

    private func questions(of id: JourneyID, _ course: Course) -> [JudgedCondition] {
        guard let spot = course.spot else { return [] }
        switch spot.state.kind {
        case .chat where course.isFresh: return ahead(of: id, from: [spot], isCertain: false, but: [])
        case .chat:
            guard customerSpoke else { return [] }
            return ways(of: id, spot, course, presumed: nil)
                + ahead(of: id, behind: spot) + earlier(of: id, course)
        case .tools where !course.hasRun: return course.isFresh || !customerSpoke ? [] : earlier(of: id, course)
        case .tools, .fork, .journey:
            return ways(of: id, spot, course, presumed: nil)
                + ahead(of: id, behind: spot)
        }
    }

    private func ways(
        of id: JourneyID, _ spot: JourneySpot, _ course: Course?, presumed: Bool?
    ) -> [JudgedCondition] {
        let evidence = course?.evidence ?? ""
        guard case .first(let ways) = spot.state.next else {
            guard case .chat = spot.state.kind else { return [] }
            return [
                condition(
                    id, spot, .answered,
                    "The step is complete: the agent did it, and the customer answered where it wants an answer",
                    presumed: true)
            ]
        }
        return ways.enumerated().map { index, way in
            condition(id, spot, .way(index), way.condition, presumed: presumed, evidence: evidence)
        }
    }

    /// What is asked about spots behind one whose own ways are asked about.
    private func ahead(of id: JourneyID, behind spot: JourneySpot) -> [JudgedCondition] {
        ahead(of: id, from: targets(of: spot), isCertain: true, but: [spot.name])
    }

    /// Breadth first through states that may be passed by, up to one where the agent has to speak or to call.
    ///
    /// - Parameters:
    ///   - isCertain: Whether the journey comes there in this turn whatever is said about other spots.
    ///   - known: Names of spots that are asked about already.
    private func ahead(
        of id: JourneyID, from spots: [JourneySpot], isCertain: Bool, but known: Set<String>
    ) -> [JudgedCondition] {
        var waiting = spots.map { (spot: $0, isCertain: isCertain) }[...]
        var seen = known
        var questions: [JudgedCondition] = []
        while let (spot, isCertain) = waiting.popFirst(), seen.count < known.count + Self.mostAhead {
            guard seen.insert(spot.name).inserted else { continue }
            switch (spot.state.kind, spot.state.next) {
            case (.chat, .always):
                questions.append(
                    condition(
                        id, spot, .settled,
                        "The customer has said already what this step is for, so that it can be left out",
                        presumed: false))
                waiting += targets(of: spot).map { ($0, false) }
            case (.fork, _), (.journey, _):
                questions += ways(of: id, spot, nil, presumed: isCertain ? nil : false)
                waiting += targets(of: spot).map { ($0, isCertain) }
            case (.chat, _), (.tools, _): continue
            }
        }
        return questions
    }

    private func earlier(of id: JourneyID, _ course: Course) -> [JudgedCondition] {
        earlierChats(course, id).flatMap { _, spot in
            [
                condition(
                    id, spot, .changed, "The customer now gives another answer to this step than before",
                    presumed: false),
                condition(
                    id, spot, .reopened,
                    "The customer wants to change the answer to this step, but has not said the new one",
                    presumed: false),
            ]
        }
    }

    /// Chat states that were passed, the latest first, with their places in the path.
    func earlierChats(_ course: Course, _ id: JourneyID) -> [(place: Int, spot: JourneySpot)] {
        var seen: Set<String> = [course.path.last ?? ""]
        var found: [(place: Int, spot: JourneySpot)] = []
        for place in course.path.indices.dropLast().reversed() where found.count < Self.mostEarlier {
            guard seen.insert(course.path[place]).inserted, let spot = map.spot(course.path[place], of: id),
                case .chat = spot.state.kind
            else { continue }
            found.append((place, spot))
        }
        return found
    }

    private func targets(of spot: JourneySpot) -> [JourneySpot] {
        var ignored: [JourneyMove] = []
        return spot.state.next.transitions.compactMap { map.go($0.target, from: spot, moves: &ignored) }
    }

    private func condition(
        _ id: JourneyID, _ spot: JourneySpot, _ question: JudgedCondition.Question, _ text: String,
        presumed: Bool?, evidence: String = ""
    ) -> JudgedCondition {
        let step =
            switch spot.state.kind {
            case .chat(let instruction): ", step \"\(instruction)\""
            case .tools(let tools, _): ", after \(tools.map(\.name).joined(separator: ", "))"
            case .journey(let inner): ", after the journey \"\(inner)\""
            case .fork: ""
            }
        let result = evidence.isEmpty ? "" : " (\(evidence.prefix(ToolEvidence.longest)))"
        return JudgedCondition(
            id: .init(journey: id, state: spot.name, question: question), text: text,
            context: "journey \"\(spot.journey.title)\"\(step)\(result)", presumed: presumed, evidence: evidence)
    }
}
