import Testing

@testable import ParlantEngine

@Suite("Passages that answer a question")
struct PassageIndexTests {
    private static func passages(_ texts: [(String, String)]) -> [Passage] {
        texts.map { Passage(title: $0.0, number: 1, text: $0.1) }
    }

    private let house = PassageIndex(
        Self.passages([
            ("Roof invoice", "The chimney flashing was renewed for 262.50."),
            ("Home insurance", "Storm and hail are covered. Floods are not."),
            ("Boiler manual", "Code E10 means that the pressure is too low."),
        ]))

    /// The same with vectors: one direction for each passage.
    private var embedded: PassageIndex {
        var index = house
        for position in index.passages.indices {
            var vector: [Float] = [0, 0, 0, 0]
            vector[position] = 1
            index.add(index.windows[position].map { _ in UnitVector(vector) }, at: position)
        }
        return index
    }

    private func found(_ question: String) -> [Int] { house.search(question, limit: 5).map(\.position) }

    @Test("by words, forms of a word count as one, and words of the title count")
    func words() {
        #expect(found("What did renewing the flashings cost?") == [0])
        #expect(found("Is hail insured?") == [1])
        #expect(found("what is e10") == [2])
        #expect(found("Where is the insurance?") == [1])
    }

    @Test(
        "talk about something else brings nothing",
        arguments: [
            "", "ok", "Thank you so much!", "How old are you?", "Good morning, my name is Peter",
            "Which film did you like most last week?", "wo ist das?", "???",
        ])
    func unrelated(text: String) {
        #expect(house.search(text, limit: 5).isEmpty)
    }

    @Test("the best comes first, and no more than the limit comes")
    func order() {
        let index = PassageIndex(
            Self.passages([
                ("", "A key and a lock."), ("", "A lock, a blue lock."), ("", "A blue door."), ("", "Paint."),
            ]))
        #expect(index.search("blue lock", limit: 5).map(\.position).first == 1)
        #expect(index.search("blue lock", limit: 2).count == 2)
        #expect(index.search("blue lock", limit: 0).isEmpty)
        let scores = index.search("blue lock", limit: 5).map(\.score)
        #expect(scores == scores.sorted(by: >))
        #expect(scores.allSatisfy { $0 > 0 && $0 <= 1 })
    }

    @Test("a word that all documents have finds them all, while an everyday word alone finds none")
    func common() {
        let index = PassageIndex(
            Self.passages((1...20).map { ("Invoice \($0)", "For the new work in week \($0), 10 euro.") }))
        #expect(index.search("Show me an invoice", limit: 5).count == 5)
        #expect(index.search("What is new in this week?", limit: 5).isEmpty)
    }

    @Test("with vectors a passage is found that shares no word with the question")
    func meaning() {
        let hits = embedded.search("the creek came in", vector: UnitVector([0, 1, 0, 0.2]), limit: 5)
        #expect(hits.map(\.position) == [1])
        #expect(hits[0].score > 0.9)
    }

    @Test("with vectors words add to what is near, and what is neither near nor said is left out")
    func both() {
        let near = UnitVector([1, 1.05, 0, 0])
        #expect(embedded.search("something", vector: near, limit: 5).map(\.position) == [1, 0])
        #expect(embedded.search("flashing", vector: near, limit: 5).map(\.position) == [0, 1])
        #expect(embedded.search("something", vector: UnitVector([0, 0, 0, 1]), limit: 5).isEmpty)
    }

    @Test("a passage without vectors is found by its words beside others that have them")
    func partly() {
        var index = house
        index.add(index.windows[1].map { _ in UnitVector([0, 1]) }, at: 1)
        #expect(index.hasVectors(at: 1) && !index.hasVectors(at: 2))
        let hits = index.search("code E10 and hail", vector: UnitVector([0, 1]), limit: 5)
        #expect(hits.map(\.position) == [1, 2])
        #expect(index.search("rain", vector: UnitVector([1, 0]), limit: 5).isEmpty)
    }

    @Test("another number of vectors than there are windows changes nothing")
    func wrongVectors() {
        var index = house
        index.add([], at: 0)
        index.add([UnitVector([1]), UnitVector([1])], at: 0)
        #expect(!index.hasVectors(at: 0))
    }

    @Test("windows are some sentences each, and the last one begins the next")
    func windows() {
        func sentence(_ word: String, _ words: Int = 15) -> String {
            (1...words).map { "\(word)\($0)" }.joined(separator: " ") + "."
        }
        let (one, two, three) = (sentence("A"), sentence("B"), sentence("C"))
        #expect(PassageIndex.windows(of: "\(one) \(two) \(three)") == ["\(one) \(two)", "\(two) \(three)"])
        let long = sentence("L", 60)
        #expect(PassageIndex.windows(of: "\(long) \(one)\n\n\(two)") == [long, "\(one) \(two)"])
        #expect(PassageIndex.windows(of: "Only this.") == ["Only this."])
        #expect(PassageIndex.windows(of: "").isEmpty)
    }

    @Test("an index of nothing finds nothing")
    func empty() {
        #expect(PassageIndex([]).search("anything at all, a bill", vector: UnitVector([1]), limit: 5).isEmpty)
    }

    @Test(
        "function words of other languages count for nothing",
        arguments: ["wo ist die Rechnung?", "où est la facture ?"])
    func foreign(question: String) {
        let index = PassageIndex(
            Self.passages([("", "Die Rechnung ist bezahlt."), ("", "La facture est payée."), ("", "Wo ist das?")]))
        #expect(index.search(question, limit: 5).map(\.position) == [question.hasPrefix("wo") ? 0 : 1])
    }
}
