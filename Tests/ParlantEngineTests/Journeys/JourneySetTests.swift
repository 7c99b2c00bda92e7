import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("A session in the journeys of its agent")
struct JourneySetTests {
    private static let identify = Booking.journey(
        "identify", Booking.chat("name", .always("check")),
        Booking.chat("check", Booking.first(["It is right": nil, "It is wrong": "name"])))
    private static let outer = Booking.journey(
        Booking.id, Booking.chat("hello", .always("who")),
        JourneyState(name: "who", kind: .journey("identify"), next: .always("book")), Booking.chat("book"))
    private let nested = [outer, identify]

    private func turn(at path: String...) -> JourneyNavigator {
        JourneyNavigator(nested, places: [Booking.id: JourneyPlace(path: path)])
    }

    @Test("goes into a nested journey at its start, and both count")
    func enter() {
        var turn = turn(at: "hello")
        turn.presume()
        #expect(turn.state() == "who/name" && turn.active == [Booking.id, "identify"])
        #expect(turn.steps == ["hello->who"])
        #expect(turn.matches.map(\.guideline.id) == ["journey_state:identify:name"])
        #expect(turn.states(of: Booking.id) == ["who/name", "who"] && turn.states(of: "identify") == ["name"])
    }

    @Test("does not begin a journey by itself that it is nested in")
    func nestedTrigger() {
        var turn = turn(at: "hello", "who/name")
        #expect(!turn.canBegin("identify"))
        turn.begin(triggeredBy: ["wants_identify"])
        #expect(turn.places.count == 1)
    }

    @Test("goes on behind a nested journey that has ended")
    func leave() {
        var turn = turn(at: "hello", "who/name", "who/check")
        #expect(turn.asked.prefix(2) == ["who/check:way 1!", "who/check:way 2!"])
        turn.judge("who/check:way 1")
        #expect(turn.state() == "book" && turn.active == [Booking.id])
        #expect(turn.steps == ["check->END", "who->book"])
    }

    @Test("goes back from behind a nested journey into it")
    func back() {
        var turn = turn(at: "hello", "who/name", "who/check", "book")
        turn.judge("who/name:changed")
        #expect(turn.places[Booking.id]?.path == ["hello", "who/name", "who/check"])
    }

    @Test("chooses a way behind a nested journey where there are several")
    func waysBehind() {
        let outer = Booking.journey(
            Booking.id,
            JourneyState(name: "who", kind: .journey("identify"), next: Booking.first(["Known": "book", "New": nil])),
            Booking.chat("book"))
        var turn = JourneyNavigator(
            [outer, Self.identify], places: [Booking.id: JourneyPlace(path: ["who/name", "who/check"])])
        #expect(turn.asked.prefix(4) == ["who/check:way 1!", "who/check:way 2!", "who:way 1!", "who:way 2!"])
        var unsure = turn
        turn.judge("who/check:way 1", "who:way 1")
        #expect(turn.state() == "book")
        unsure.judge("who/check:way 1")
        #expect(unsure.state() == "who" && !unsure.needsVerdict && unsure.matches == [])
        #expect(unsure.nextTurn([outer, Self.identify]).asked == ["who:way 1!", "who:way 2!"])
    }

    @Test("passes by a nested journey that does not exist or goes through itself")
    func missing() {
        let outer = Booking.journey(
            Booking.id, JourneyState(name: "who", kind: .journey("gone"), next: .always("self")),
            JourneyState(name: "self", kind: .journey(Booking.id), next: .always("book")), Booking.chat("book"))
        var turn = JourneyNavigator([outer])
        turn.begin(Booking.id)
        #expect(turn.state() == "book" && turn.steps == ["who->self", "self->book"])
    }

    @Test("comes to an end in a circle of nested journeys that are empty")
    func emptyCircle() {
        let outer = Booking.journey(
            Booking.id, JourneyState(name: "a", kind: .journey("gone"), next: .always("b")),
            JourneyState(name: "b", kind: .journey("gone"), next: .always("a")))
        var turn = JourneyNavigator([outer])
        turn.begin(Booking.id)
        #expect(turn.moves.count < 64)
        turn.presume()
        #expect(turn.moves.count <= 65 * 33 && turn.matches == [])
    }

    @Test("counts a journey without states in the turns in which a trigger applies")
    func stateless() {
        let journey = Journey(id: "help", title: "Help", description: "Be patient", conditions: ["lost"], priority: 3)
        var turn = JourneyNavigator([journey])
        turn.begin(triggeredBy: ["lost"])
        #expect(turn.active == ["help"] && turn.places == [:])
        #expect(turn.matches.map(\.guideline.content.action) == ["Be patient"])
        #expect(turn.matches.map(\.guideline.priority) == [3])
        #expect(turn.nextTurn([journey]).active == [])
        turn.withdraw(allBut: [])
        #expect(turn.active == [] && turn.matches == [])
    }

    @Test("begins no journey twice in a turn")
    func once() throws {
        var turn = JourneyNavigator([Self.identify])
        turn.begin("identify")
        try turn.take("identify", to: "check")
        try turn.take("identify", to: nil)
        turn.begin(triggeredBy: ["wants_identify"])
        #expect(turn.state("identify") == "END")
    }

    @Test("goes through several journeys at once")
    func several() {
        var turn = JourneyNavigator([Booking.trip, Self.identify])
        turn.begin(triggeredBy: ["wants_booking", "wants_identify"])
        #expect(turn.active == [Booking.id, "identify"] && turn.matches.count == 2)
        turn = turn.nextTurn([Booking.trip, Self.identify])
        turn.presume()
        #expect(turn.state() == "when" && turn.state("identify") == "check")
    }

    @Test("takes back what a journey did in a turn in which it lost to something else")
    func withdraw() {
        var turn = JourneyNavigator(
            [Booking.trip, Self.identify], places: ["identify": JourneyPlace(path: ["name"])])
        turn.begin(Booking.id)
        turn.presume()
        #expect(turn.state("identify") == "check" && turn.active.count == 2)
        turn.withdraw(allBut: [])
        #expect(turn.places == ["identify": JourneyPlace(path: ["name"])])
        #expect(turn.active == [] && turn.matches == [] && turn.questions == [] && turn.moves == [])
    }

    @Test("begins anew where the state is gone, forgets a journey that is gone, and says so")
    func reload() {
        let turn = JourneyNavigator(
            [Booking.trip],
            places: [
                Booking.id: JourneyPlace(path: ["where", "somewhere"]), "sold": JourneyPlace(path: ["x"]),
            ])
        #expect(turn.places == [Booking.id: JourneyPlace(path: ["where"])])
        #expect(turn.notices == [.unknownState(Booking.id, "somewhere"), .unknownJourney("sold")])
        #expect(
            turn.notices.map(\.description) == [
                "journey 'booking' has no state 'somewhere' any more; it begins anew",
                "the agent has no journey 'sold' any more; it is forgotten",
            ])
    }

    @Test("offers guidelines of a journey while it counts")
    func scopes() {
        let turn = turn(at: "who/name")
        #expect(turn.covers(.agent) && turn.covers(.journey(Booking.id)) && turn.covers(.journey("identify")))
        #expect(!turn.covers(.journey("other")))
    }

    @Test("shows a state as a guideline with everything that belongs to it and to the journeys around it")
    func match() throws {
        var inner = Self.identify
        inner.compositionMode = .composited
        inner.cannedResponses = ["of_inner"]
        inner.priority = 7
        inner.graph?.states[0].cannedResponses = ["of_state"]
        inner.graph?.states[0].compositionMode = .strict
        inner.graph?.states[0].handlers = [.onSelected]
        inner.graph?.states[0].labels = ["named"]
        inner.graph?.states[0].description = "Background"
        var outer = Self.outer
        outer.cannedResponses = ["of_outer"]
        outer.labels = ["booking"]
        var turn = JourneyNavigator([outer, inner], places: [Booking.id: JourneyPlace(path: ["hello"])])
        turn.presume()
        let match = try #require(turn.matches.first)
        let guideline = match.guideline
        #expect(guideline.id == "journey_state:identify:name" && guideline.scope == .journey("identify"))
        #expect(guideline.journeyState?.journey == "identify" && guideline.journeyState?.state == "name")
        #expect(guideline.content.action == "Do name" && guideline.content.description == "Background")
        #expect(guideline.content.condition == "the conversation is at the step \"name\" of \"The identify\"")
        #expect(guideline.cannedResponses == ["of_state", "of_inner", "of_outer"])
        #expect(guideline.compositionMode == .strict && guideline.handlers == [.onSelected])
        #expect(guideline.handlerOwner == .journeyState("identify", "name"))
        #expect(guideline.labels == ["booking", "named"] && guideline.priority == 7 && !guideline.track)
        #expect(match.rationale == "the journey has come to this step")
        #expect(Guideline.make("own", "c").journeyState == nil)
    }

    // MARK: Told what to do

    @Test("goes the ways that a test tells it, tools included, and no others")
    func take() throws {
        var turn = JourneyNavigator([Booking.trip])
        #expect(throws: JourneyRefusal.notActive) { try turn.take(Booking.id, to: "when") }
        turn.begin(Booking.id)
        try turn.take(Booking.id, to: "when")
        #expect(throws: JourneyRefusal.noWay(from: "when", ways: ["search"])) { try turn.take(Booking.id, to: "offer") }
        try turn.take(Booking.id, to: "search", throughTools: true)
        #expect(turn.state() == "found")
        try turn.take(Booking.id, to: "offer")
        #expect(throws: JourneyRefusal.noWay(from: "offer", ways: ["confirm", "END"])) {
            try turn.take(Booking.id, to: "sorry")
        }
        var other = turn
        try turn.take(Booking.id, to: nil)
        #expect(turn.state() == "END")
        try other.take(Booking.id, to: "where")
        #expect(other.state() == "where")
    }
}
