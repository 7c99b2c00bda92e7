import LuaRuntime

/// What a journey's drawing must be as a whole.
struct JourneyRules {
    /// States of one journey; more are refused.
    static let mostStates = 500

    private let drawing: JourneyDrawing
    private let names: [String]
    private var notes: [String] = []

    /// Checks the table that was given for a journey.
    static func check(_ spec: LuaValue, into validator: inout SpecValidator) {
        var rules = JourneyRules(JourneyDrawing(spec))
        rules.check()
        for note in rules.notes { validator.note(note) }
    }

    private init(_ drawing: JourneyDrawing) {
        self.drawing = drawing
        names = drawing.states.map(\.name)
    }

    private mutating func check() {
        guard !drawing.states.isEmpty else { return }
        guard names.count <= Self.mostStates else {
            notes.append(JourneyWording.tooManyStates(names.count, limit: Self.mostStates))
            return
        }
        for state in drawing.states { check(state) }
        checkForkCircles()
        guard let start = drawing.start else { return }
        guard names.contains(start) else {
            notes.append(JourneyWording.noStart(start, among: names))
            return
        }
        let reached = Set(drawing.reached(from: start))
        for name in names where !reached.contains(name) {
            note(name, JourneyWording.unreachable(from: start))
        }
    }

    private mutating func note(_ state: String, _ text: String) {
        notes.append("\(JourneyWording.state(state)) \(text)")
    }

    private mutating func note(in state: JourneyDrawing.State, _ text: String) {
        notes.append("\(JourneyWording.state(state.name)): \(text)")
    }

    private mutating func check(_ state: JourneyDrawing.State) {
        if state.kinds.count > 1 || state.kinds.isEmpty && !state.hasUnknown {
            note(state.name, JourneyWording.oneKind(state.kinds))
        }
        for way in state.ways {
            guard case .state(let target) = way.target, !names.contains(target) else { continue }
            note(in: state, JourneyWording.noTarget(way.path, target, among: names))
        }
        guard state.kinds.count == 1 else { return }
        if state.hasInstruction, !state.callsTools { note(in: state, JourneyWording.instruction) }
        if state.callsTools { checkTool(state) }
        if state.kinds == ["fork"] {
            if state.hasNext { note(in: state, JourneyWording.forkNext) }
            if state.ways.count(where: { $0.path.hasPrefix("fork") }) == 1 {
                note(in: state, JourneyWording.fewWays)
            }
        }
    }

    private mutating func checkTool(_ state: JourneyDrawing.State) {
        if !state.hasNext { note(in: state, JourneyWording.toolWithoutNext) }
        for way in state.ways {
            guard case .state(let name) = way.target else {
                note(in: state, JourneyWording.toolEnds(way.path))
                continue
            }
            guard let target = drawing.state(name), target.kinds.count == 1 else { continue }
            if target.callsTools {
                note(in: state, JourneyWording.toolThenTool(way.path, name))
            } else if target.kinds == ["journey"] {
                note(in: state, JourneyWording.toolThenJourney(way.path, name))
            }
        }
    }

    /// Forks say nothing and call nothing: a circle of them would never end.
    private mutating func checkForkCircles() {
        let forks = drawing.states.filter { $0.kinds == ["fork"] }
        var reported: Set<String> = []
        for fork in forks where !reported.contains(fork.name) {
            guard let circle = circle(from: fork.name, among: forks) else { continue }
            reported.formUnion(circle)
            note(in: fork, JourneyWording.forkCircle(circle + [fork.name]))
        }
    }

    /// The shortest way from a fork back to itself through forks alone, without its end.
    private func circle(from start: String, among forks: [JourneyDrawing.State]) -> [String]? {
        let byName = Dictionary(forks.map { ($0.name, $0) }) { first, _ in first }
        var paths = [[start]]
        var seen: Set<String> = []
        while !paths.isEmpty {
            var longer: [[String]] = []
            for path in paths {
                for way in byName[path[path.count - 1]]?.ways ?? [] {
                    guard case .state(let name) = way.target else { continue }
                    if name == start { return path }
                    if byName[name] != nil, seen.insert(name).inserted { longer.append(path + [name]) }
                }
            }
            paths = longer
        }
        return nil
    }
}
