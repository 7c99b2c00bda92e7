import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Which tools are judged, and by whom")
struct ToolTriageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var offered: String
        var says: [String] = []
        var ran: [String] = []
        /// `runs` without a question; `brief` and `careful` by groups with `+` between overlapping ones; `settled`.
        var sorted: String

        var testDescription: String { rule }

        init(_ rule: String, _ offered: String, says: [String] = [], ran: [String] = [], _ sorted: String) {
            self.rule = rule
            self.offered = offered
            self.says = says
            self.ran = ran
            self.sorted = sorted
        }
    }

    static let rows: [Row] = [
        .init("A tool without parameters and consequences runs without a question", "look", "runs look"),
        .init("A tool with parameters is judged in the short question", "find(word)", "brief find"),
        .init(
            "All tools without consequences share one short question", "find(word) count(word) look",
            "runs look; brief find, count"),
        .init("A consequential tool is judged with care", "send!(to)", "careful send"),
        .init("A consequential tool is judged with care also without parameters", "reset!", "careful reset"),
        .init(
            "Each consequential tool has a careful question of its own", "send!(to) block!(card) find(word)",
            "brief find; careful send, block"),
        .init(
            "Overlapping tools are judged together, also without parameters", "find(word) look", says: ["find~look"],
            "brief find+look"),
        .init(
            "Tools that overlap with a consequential one are judged with its care", "pay!(to) book(to) find(word)",
            says: ["book~pay"], "brief find; careful pay+book"),
        .init(
            "A tool alone is judged as if it did not overlap", "look", says: ["find~look"], "runs look"),
        .init(
            "Overlap goes on over a third tool, whichever way it points", "a(x) b(x) c(x)", says: ["a~b", "c~b"],
            "brief a+b+c"),
        .init(
            "Overlap goes on over a tool that is not offered now", "a(x) c(x)", says: ["a~b", "b~c"], "brief a+c"),
        .init("A tool that always overlaps is judged with each other one", "a+(x) b(x) c(x)", "brief a+b+c"),
        .init(
            "A tool that never overlaps stays alone", "a+(x) b-(x) c(x)", says: ["b~c"], "brief a+c, b"),
        .init("What ran in this turn is not staged twice", "look", ran: ["look()"], "settled look"),
        .init(
            "What ran without parameters is settled for every guideline", "look/h", ran: ["look()/g"], "settled look"),
        .init(
            "What ran for the same guideline is not asked about again", "find(word)", ran: ["find(word=cat)"],
            "settled find"),
        .init(
            "What ran is judged again for a guideline that came later", "find(word)/g,h", ran: ["find(word=cat)/g"],
            "brief find"),
        .init("What failed is not tried again in the turn", "find(word)", ran: ["find(word=cat)?"], "settled find"),
        .init(
            "What was refused by its checks is judged again", "find(word)", ran: ["find(word=cat)%"], "brief find"),
        .init(
            "A consequential tool runs in one round of a turn only, whoever wants it later", "send!(to)/g,h",
            ran: ["send(to=Tom)/g"], "settled send"),
        .init(
            "A consequential tool that failed may have done half: it is not tried again", "send!(to)",
            ran: ["send(to=Tom)?"], "settled send"),
        .init(
            "A consequential tool that was refused by its checks did nothing: it is judged again", "send!(to)",
            ran: ["send(to=Tom)%"], "careful send"),
        .init(
            "When one of overlapping tools has run the others are settled", "a(x) b(x)", says: ["a~b"],
            ran: ["a(x=1)<b"], "settled a, b"),
        .init(
            "When the one that was picked failed the others are judged", "a(x) b(x)", says: ["a~b"],
            ran: ["a(x=1)?<b"], "settled a; brief b"),
        .init(
            "One that was not there when another was picked is judged", "b(x)/h", says: ["a~b"], ran: ["a(x=1)"],
            "brief b"),
    ]

    @Test(arguments: rows)
    func rule(row: Row) {
        let triage = ToolTriage(
            ToolDrawing.candidates(row.offered), after: row.ran.map(ToolDrawing.run), ToolDrawing.overlaps(row.says))
        func text(_ groups: [[ToolCandidate]]) -> String {
            groups.map { $0.map(\.tool.id.name).joined(separator: "+") }.joined(separator: ", ")
        }
        let parts = [
            ("settled", triage.verdicts.map(\.tool.name).joined(separator: ", ")),
            ("runs", triage.calls.map(\.tool.name).joined(separator: ", ")), ("brief", text(triage.brief)),
            ("careful", text(triage.careful)),
        ]
        #expect(parts.filter { !$0.1.isEmpty }.map { "\($0) \($1)" }.joined(separator: "; ") == row.sorted)
    }

    @Test("Only tools of matched guidelines are candidates, each once, in the order of importance")
    func candidates() {
        let tools = Dictionary(uniqueKeysWithValues: ToolDrawing.tools("look find(x) send!(to)").map { ($0.id, $0) })
        let matches = [
            Guideline.make("a", "c", tools: ["find", "gone"]), .make("b", "c", tools: ["look", "find"]),
        ].map { GuidelineMatch(guideline: $0, rationale: "") }
        let candidates = ToolCandidate.offered(by: matches, among: tools)
        #expect(candidates.map(\.tool.id.name) == ["find", "look"])
        #expect(candidates.map(\.owners) == [["a", "b"], ["b"]])
        #expect(ToolCandidate.offered(by: [], among: tools).isEmpty)
    }
}
