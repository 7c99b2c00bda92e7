public import OrderedCollections
public import ParlantCore

/// Where one session is in the journeys of its agent, during one turn. Pure: it is told what happened (triggers that
/// matched, verdicts, tools that ran), and says what is to be asked, which states apply, and what to remember.
///
/// The order of a turn: what ``questions`` lists is judged together with the conditions of guidelines; then
/// ``judge(_:holding:)`` and ``begin(triggeredBy:)``; journeys that lost to something else are taken back with
/// ``withdraw(allBut:)``; after tools ran, ``toolsRan(_:waiting:known:)``; as long as ``needsVerdict``, again. At the end
/// ``places`` is remembered.
///
/// - Chat states stay until the customer has answered; then the first way whose condition holds is gone, else the
///   journey stays, or goes back to a state whose answer the customer changes.
/// - Tool states stay until their tools have run, forks until a way is chosen; both go on in the same turn.
/// - A state that would ask what the customer has said already is passed by.
public struct JourneyNavigator: Sendable {
    /// Moves of one journey in one turn; then it is stopped where it is.
    public static let mostMoves = 64

    struct Course: Sendable {
        /// Names of spots, oldest first; the last one is where it is.
        var path: [String]
        /// Nil: the journey is over.
        var spot: JourneySpot?
        /// Whether it came to its spot in this turn, so that nothing has been said there yet.
        var isFresh: Bool
        /// Whether the tools of its spot have run.
        var hasRun = false
        /// What those tools said, in words.
        var evidence = ""
        /// What was judged since its tools ran, so that nothing is asked twice.
        var judged: Set<JudgedCondition.ID> = []
        /// Spots that it came to in this turn, in order.
        var visited: [String] = []
        var moveCount = 0
    }

    let map: JourneyMap
    let journeys: [Journey]
    let customerSpoke: Bool
    /// Where the session was when the turn began.
    private var before: OrderedDictionary<JourneyID, JourneyPlace>
    var courses: OrderedDictionary<JourneyID, Course> = [:]
    private var withdrawn: Set<JourneyID> = []
    /// Journeys whose tools ran in this turn.
    var acted: Set<JourneyID> = []
    /// Journeys that were under way when the turn began.
    private var wereActive: Set<JourneyID> = []
    /// Journeys that began in this turn: none begins twice in a turn.
    private var begun: Set<JourneyID> = []
    /// Journeys without states of which a trigger applies: they count in the turns in which one does.
    private(set) var stateless: OrderedSet<JourneyID> = []
    /// What was put right; for the log.
    public internal(set) var notices: [JourneyNotice] = []
    /// The steps of this turn, in order.
    public internal(set) var moves: [JourneyMove] = []

    /// A turn that begins. O(journeys).
    ///
    /// - Parameters:
    ///   - places: Where the last turn left the session. A place whose state no longer exists becomes the start; one
    ///     whose journey no longer exists is forgotten; ``notices`` says so.
    ///   - customerSpoke: Whether the turn answers the customer; else no chat state is left.
    public init(
        _ journeys: [Journey], places: OrderedDictionary<JourneyID, JourneyPlace> = [:], customerSpoke: Bool = true
    ) {
        map = JourneyMap(journeys)
        self.journeys = journeys
        self.customerSpoke = customerSpoke
        before = places
        for (id, place) in places {
            guard map.contains(id) else {
                notices.append(.unknownJourney(id))
                before[id] = nil
                continue
            }
            guard let name = place.current else {
                courses[id] = Course(path: place.path, spot: nil, isFresh: false)
                continue
            }
            if let spot = map.spot(name, of: id) {
                courses[id] = Course(path: place.path, spot: spot, isFresh: false)
            } else {
                notices.append(.unknownState(id, name))
                start(id)
                before[id] = self.places[id]
            }
        }
        wereActive = Set(active)
        moves = []
    }

    /// What the session remembers of its journeys from this turn on.
    public var places: OrderedDictionary<JourneyID, JourneyPlace> {
        courses.mapValues { JourneyPlace(path: $0.path, hasEnded: $0.spot == nil) }
    }

    /// Journeys that count in this turn, nested ones after those that go through them.
    public var active: OrderedSet<JourneyID> {
        var active: OrderedSet<JourneyID> = []
        for course in running.values { active.append(contentsOf: course.spot?.frames.map(\.journey.id) ?? []) }
        active.append(contentsOf: stateless)
        return active
    }

    /// Whether something that counts within a scope may count now, as far as journeys are concerned.
    public func covers(_ scope: Scope) -> Bool {
        guard case .journey(let id) = scope else { return true }
        return active.contains(id)
    }

    /// The states in which the session is within a journey, by itself or nested in another one; empty when it is in none.
    /// For a nested spot these are its whole name, `identify/ask_name`, and the state that goes through the nested
    /// journey, `identify`.
    public func states(of journey: JourneyID) -> [String] {
        var names: [String] = []
        for (id, course) in courses {
            guard let spot = course.spot else { continue }
            if id == journey { names.append(spot.name) }
            names += spot.frames.filter { $0.journey.id == journey }.map(\.state.name)
        }
        return names
    }

    /// Whether the journey began at some time, and is over.
    public func hasEnded(_ journey: JourneyID) -> Bool { courses[journey].map { $0.spot == nil } ?? false }

    /// Whether a trigger of the journey could begin it now: it is not under way, neither by itself nor nested.
    public func canBegin(_ journey: JourneyID) -> Bool { !wereActive.contains(journey) }

    /// Courses that are under way and were not taken back.
    var running: OrderedDictionary<JourneyID, Course> {
        courses.filter { $0.value.spot != nil && !withdrawn.contains($0.key) }
    }

    // MARK: Events

    /// Begins the journeys of which a trigger applies; one that is under way goes on where it is, one that has ended
    /// begins anew.
    public mutating func begin(triggeredBy matched: Set<GuidelineID>) {
        for journey in journeys where journey.conditions.contains(where: matched.contains) { begin(journey.id) }
    }

    /// Begins one journey, as ``begin(triggeredBy:)`` does.
    public mutating func begin(_ journey: JourneyID) {
        guard canBegin(journey), !withdrawn.contains(journey), begun.insert(journey).inserted else { return }
        if map.contains(journey) { start(journey) } else { stateless.append(journey) }
    }

    /// Takes back what this turn did to journeys that do not survive: they are where the turn before left them, and
    /// nothing of them counts in this turn. Where tools of a journey have run, the journey rests where it is now: what
    /// they did cannot be taken back, and is not to be done again.
    ///
    /// - Parameter survivors: Of ``active``, those that go on. A journey goes on when all nested ones of its spot do.
    public mutating func withdraw(allBut survivors: Set<JourneyID>) {
        for id in stateless where !survivors.contains(id) {
            withdrawn.insert(id)
            stateless.remove(id)
        }
        for (id, course) in running {
            let frames = course.spot?.frames ?? []
            guard !frames.allSatisfy({ survivors.contains($0.journey.id) }) else { continue }
            withdrawn.insert(id)
            if acted.contains(id) { continue }
            let touched = Set([id] + frames.map(\.journey.id))
            moves.removeAll { touched.contains($0.journey) }
            guard let place = before[id] else {
                courses[id] = nil
                continue
            }
            let spot = place.current.flatMap { map.spot($0, of: id) }
            courses[id] = Course(path: place.path, spot: spot, isFresh: false)
        }
    }

    private mutating func start(_ journey: JourneyID) {
        let spot = map.start(of: journey, moves: &moves)
        let path = spot.map { [$0.name] } ?? []
        courses[journey] = Course(path: path, spot: spot, isFresh: true, visited: path)
    }
}
