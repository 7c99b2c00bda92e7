public import ParlantCore

extension JourneyNavigator {
    /// The states in which journeys are, as guidelines that apply: whatever resolves, calls and composes needs no
    /// special case for them. Forks say nothing, and tools that have run are over.
    public var matches: [GuidelineMatch] {
        var seen: Set<GuidelineID> = []
        let statesOfJourneys: [GuidelineMatch] = running.values.compactMap { course in
            guard let spot = course.spot, let guideline = Self.guideline(for: spot, hasRun: course.hasRun),
                seen.insert(guideline.id).inserted
            else { return nil }
            let rationale = course.isFresh ? "the journey has come to this step" : "the journey is at this step"
            return GuidelineMatch(guideline: guideline, rationale: rationale)
        }
        let withoutStates = journeys.filter { stateless.contains($0.id) }.map { journey in
            GuidelineMatch(guideline: Self.guideline(for: journey), rationale: "a trigger of the journey applies")
        }
        return statesOfJourneys + withoutStates
    }

    /// A journey without states is one instruction: its description.
    private static func guideline(for journey: Journey) -> Guideline {
        Guideline(
            id: .state("", of: journey.id),
            content: GuidelineContent(
                condition: "the conversation is about \"\(journey.title)\"", action: journey.description),
            title: journey.title, priority: journey.priority, track: false, matcher: .always,
            cannedResponses: journey.cannedResponses, compositionMode: journey.compositionMode, labels: journey.labels,
            scope: .journey(journey.id), location: journey.location)
    }

    private static func guideline(for spot: JourneySpot, hasRun: Bool) -> Guideline? {
        let action: String?
        var tools: [ToolID] = []
        switch spot.state.kind {
        case .chat(let instruction): action = instruction
        case .tools(let ids, let instruction):
            guard !hasRun else { return nil }
            (action, tools) = (instruction, ids)
        case .fork, .journey: return nil
        }
        // Modes and responses of the journeys around count inside nested ones, too.
        let journeys = spot.frames.map(\.journey)
        let states = spot.frames.map(\.state)
        let modes = journeys.compactMap(\.compositionMode) + states.compactMap(\.compositionMode)
        let responses = states.reversed().flatMap(\.cannedResponses) + journeys.reversed().flatMap(\.cannedResponses)
        let state = spot.state
        return Guideline(
            id: .state(state.name, of: spot.journey.id),
            content: GuidelineContent(
                condition: "the conversation is at the step \"\(state.name)\" of \"\(spot.journey.title)\"",
                action: action, description: state.description),
            title: state.name, priority: spot.journey.priority, track: false, matcher: .always, tools: tools,
            cannedResponses: responses,
            compositionMode: modes.isEmpty ? nil : modes.dropFirst().reduce(modes[0]) { $0.merged(with: $1) },
            handlers: state.handlers, labels: .init(journeys.flatMap(\.labels) + states.flatMap(\.labels)),
            metadata: state.metadata,
            scope: .journey(spot.journey.id), location: spot.journey.location)
    }
}

extension GuidelineID {
    private static let statePrefix = "journey_state:"

    /// The guideline that stands for a state of a journey.
    public static func state(_ name: String, of journey: JourneyID) -> GuidelineID {
        GuidelineID("\(statePrefix)\(journey):\(name)")
    }
}

extension Guideline {
    /// The state of a journey that it stands for; nil for a guideline of the script.
    public var journeyState: (journey: JourneyID, state: String)? {
        guard case .journey(let journey) = scope else { return nil }
        let prefix = GuidelineID.state("", of: journey).rawValue
        return id.rawValue.hasPrefix(prefix) ? (journey, String(id.rawValue.dropFirst(prefix.count))) : nil
    }

    /// Whose functions it has: those of the state that it stands for, or its own.
    var handlerOwner: HandlerOwner { journeyState.map { .journeyState($0.journey, $0.state) } ?? .guideline(id) }
}
