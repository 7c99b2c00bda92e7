import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("A session in a journey")
struct JourneyNavigatorTests {
    private let journeys = [Booking.trip]

    private func turn(at path: String...) -> JourneyNavigator {
        JourneyNavigator(journeys, places: [Booking.id: JourneyPlace(path: path)])
    }

    // MARK: Begin and end

    @Test("is nowhere until a trigger applies, and at the start then")
    func activation() {
        var turn = JourneyNavigator(journeys)
        turn.begin(triggeredBy: ["something_else"])
        #expect(turn.state() == "-" && turn.active == [] && turn.matches == [] && turn.questions == [])
        turn.begin(triggeredBy: ["wants_booking"])
        #expect(turn.state() == "where" && turn.active == [Booking.id])
    }

    @Test("goes on where it is when a trigger applies again")
    func againUnderWay() {
        var turn = turn(at: "where", "when")
        turn.begin(triggeredBy: ["wants_booking"])
        #expect(turn.state() == "when" && !turn.canBegin(Booking.id))
    }

    @Test("begins anew when a trigger applies after the end")
    func reactivation() {
        var turn = JourneyNavigator(
            journeys, places: [Booking.id: JourneyPlace(path: ["where", "confirm"], hasEnded: true)])
        #expect(turn.active == [] && turn.canBegin(Booking.id))
        turn.begin(triggeredBy: ["wants_booking"])
        #expect(turn.places[Booking.id] == JourneyPlace(path: ["where"]))
    }

    @Test("ends once the customer has answered a state without a way on, and does not begin again in the same turn")
    func end() {
        var turn = turn(at: "offer", "confirm")
        #expect(turn.asked == ["confirm:answered", "offer:changed", "offer:reopened"] && !turn.needsVerdict)
        turn.presume()
        turn.begin(triggeredBy: ["wants_booking"])
        #expect(turn.state() == "END" && turn.active == [] && turn.matches == [])
        #expect(turn.steps == ["confirm->END"])
    }

    @Test("ends by a way that leads to the end")
    func wayToEnd() {
        var turn = turn(at: "offer")
        turn.judge("offer:way 2")
        #expect(turn.state() == "END")
    }

    // MARK: Chats

    @Test("says what a state is for before it leaves it")
    func fresh() {
        var turn = JourneyNavigator(journeys)
        turn.begin(Booking.id)
        turn.presume()
        #expect(turn.state() == "where")
        #expect(turn.matches.map(\.guideline.content.action) == ["Do where"])
    }

    @Test("goes the only way when the customer has answered, without asking anybody")
    func direct() {
        var turn = turn(at: "where")
        #expect(!turn.needsVerdict)
        turn.presume()
        #expect(turn.state() == "when" && turn.steps == ["where->when"])
    }

    @Test("stays at a state that a judge finds unanswered")
    func unanswered() {
        var turn = turn(at: "where")
        turn.judge()
        #expect(turn.state() == "where" && turn.steps == [])
    }

    @Test("goes the first way whose condition holds")
    func conditional() {
        var turn = turn(at: "offer")
        #expect(turn.needsVerdict)
        turn.judge("offer:way 2", "offer:way 1")
        #expect(turn.state() == "confirm")
    }

    @Test("stays where no condition holds, for as many turns as it takes")
    func stays() {
        var turn = turn(at: "offer")
        for _ in 0..<3 {
            turn.judge()
            #expect(turn.state() == "offer" && turn.matches.count == 1)
            turn = turn.nextTurn(journeys)
        }
    }

    @Test("does not move when nobody has answered")
    func proactive() {
        var turn = JourneyNavigator(
            journeys, places: [Booking.id: JourneyPlace(path: ["where"])], customerSpoke: false)
        #expect(turn.questions == [])
        turn.presume()
        #expect(turn.state() == "where" && turn.matches.count == 1)
    }

    @Test("passes by states that the customer has answered already, also at the begin")
    func settled() {
        var turn = turn(at: "where")
        #expect(turn.asked == ["where:answered", "when:settled"])
        turn.judge("where:answered", "when:settled")
        #expect(turn.state() == "search")
        var first = JourneyNavigator(journeys)
        first.begin(Booking.id)
        #expect(first.asked == ["where:settled", "when:settled"] && !first.needsVerdict)
        first.judge("where:settled", "when:settled")
        #expect(first.state() == "search" && first.steps == ["where->when", "when->search"])
    }

    // MARK: Tools and forks

    @Test("calls a state's tools, and chooses behind them in the same turn")
    func tools() {
        var turn = turn(at: "where", "when")
        turn.presume()
        #expect(turn.state() == "search" && turn.awaitsTools(Booking.id) && !turn.needsVerdict)
        #expect(turn.matches.map(\.guideline.tools) == [[Booking.free]])
        turn.ran()
        #expect(turn.state() == "found" && turn.needsVerdict && turn.matches == [])
        turn.judge("found:way 1")
        #expect(turn.state() == "offer" && turn.steps == ["when->search", "search->found", "found->offer"])
    }

    @Test("takes a failed call for a call, and tells whoever chooses how it went")
    func failure() throws {
        var turn = turn(at: "when", "search")
        turn.ran(.failure(reason: "the line is busy"))
        #expect(turn.state() == "found")
        let way = try #require(turn.questions.first)
        #expect(way.text == "There are seats")
        #expect(way.context == "journey \"The booking\" (find_seats failed with an error: the line is busy)")
        turn.judge("found:way 2")
        #expect(turn.state() == "sorry")
    }

    @Test("waits where an argument is missing or refused")
    func waiting() {
        var refused = turn(at: "when", "search")
        refused.ran(.invalid([]))
        #expect(refused.state() == "search")
        refused.toolsRan([], waiting: [Booking.free])
        #expect(refused.state() == "search" && refused.matches.count == 1)
        refused.toolsRan([], known: [Booking.free: "find_seats ran before, result 3"])
        #expect(refused.state() == "found")
        #expect(refused.questions.first?.evidence == "find_seats ran before, result 3")
    }

    @Test("asks about the ways behind a tool with what the tool said")
    func evidence() throws {
        let direct = Booking.journey(
            Booking.id, Booking.tool("search", Booking.first(["Some": "yes", "None": "no"])), Booking.chat("yes"),
            Booking.chat("no"))
        var turn = JourneyNavigator([direct])
        turn.begin(Booking.id)
        turn.ran(.failure(reason: "the line is busy"))
        let way = try #require(turn.questions.first)
        #expect(way.evidence == "find_seats failed with an error: the line is busy")
        #expect(
            way.context
                == "journey \"The booking\", after find_seats (find_seats failed with an error: the line is busy)")
        turn.judge("search:way 2")
        #expect(turn.state() == "no")
    }

    @Test("must know which way to go where it begins with a fork")
    func forkAtStart() {
        let journey = Booking.journey(
            Booking.id, Booking.fork("which", ["Train": "train", "Plane": "plane"]), Booking.chat("train"),
            Booking.chat("plane"))
        var turn = JourneyNavigator([journey])
        turn.begin(Booking.id)
        #expect(turn.asked == ["which:way 1!", "which:way 2!"])
        turn.judge("which:way 2")
        #expect(turn.state() == "plane")
    }

    @Test("asks about a fork ahead in the same breath")
    func forkAhead() {
        let journey = Booking.journey(
            Booking.id, Booking.chat("ask", .always("which")), Booking.fork("which", ["Train": "train", "Plane": nil]),
            Booking.chat("train"))
        var turn = JourneyNavigator.at("ask", in: [journey])
        #expect(turn.asked == ["ask:answered", "which:way 1!", "which:way 2!"])
        turn.judge("ask:answered", "which:way 1")
        #expect(turn.state() == "train")
    }

    // MARK: Back

    @Test("goes back to a state whose answer the customer wants to change, and asks there")
    func reopened() {
        var turn = turn(at: "where", "when", "offer")
        #expect(turn.asked.suffix(4) == ["when:changed", "when:reopened", "where:changed", "where:reopened"])
        turn.judge("where:reopened")
        #expect(turn.places[Booking.id]?.path == ["where"] && turn.steps == ["offer<-where"])
        #expect(turn.matches.map(\.guideline.title) == ["where"])
    }

    @Test("goes forward again behind an answer that was changed, up to where a tool has to run anew")
    func changed() {
        var turn = turn(at: "where", "when", "search", "found", "offer")
        turn.judge("where:changed")
        #expect(turn.places[Booking.id]?.path == ["where", "when", "search"])
        #expect(turn.steps == ["offer<-where", "where->when", "when->search"] && turn.awaitsTools(Booking.id))
    }

    @Test("prefers a way of the drawing to a way back")
    func drawnWay() {
        var turn = turn(at: "where", "when", "offer")
        turn.judge("where:changed", "offer:way 1")
        #expect(turn.state() == "confirm")
    }

    @Test("goes back from a tool that waits for an argument")
    func backFromTool() {
        var turn = turn(at: "where", "when", "search")
        turn.judge("where:reopened")
        #expect(turn.state() == "where")
    }

    // MARK: Bounds

    @Test("comes to an end in a circle, and says so")
    func circle() {
        let journey = Booking.journey(
            Booking.id, Booking.fork("a", ["on": "b", "off": nil]), Booking.fork("b", ["on": "a", "off": nil]))
        var turn = JourneyNavigator([journey])
        turn.begin(Booking.id)
        turn.judge("a:way 1", "b:way 1")
        #expect(turn.moves.count == JourneyNavigator.mostMoves)
        #expect(turn.notices == [.tooManyMoves(Booking.id, at: "a", limit: JourneyNavigator.mostMoves)])
    }

    @Test("passes by a state once in a turn")
    func circleOfChats() {
        let journey = Booking.journey(
            Booking.id, Booking.chat("a", .always("b")), Booking.chat("b", .always("a")))
        var turn = JourneyNavigator([journey])
        turn.begin(Booking.id)
        turn.judge("a:settled", "b:settled")
        #expect(turn.state() == "a" && turn.steps == ["a->b", "b->a"])
    }

    @Test("remembers a bounded path")
    func path() {
        var turn = turn(at: "sorry")
        for _ in 0..<100 {
            turn = JourneyNavigator(journeys, places: [Booking.id: JourneyPlace(path: turn.places[Booking.id]!.path)])
            turn.judge("sorry:answered", "when:answered")
            turn = turn.nextTurn(journeys)
            turn.judge("when:answered")
            turn.ran()
            turn.judge("found:way 2")
        }
        #expect(turn.places[Booking.id]?.path.count == JourneyPlace.longestPath)
    }
}
