import Testing

@testable import ParlantEngine

@Suite("Splitting documents into passages")
struct PassageSplitterTests {
    /// A sentence of this many short words.
    private func sentence(_ words: Int, _ word: String) -> String {
        ([word.uppercased()] + Array(repeating: word, count: words - 1)).joined(separator: " ") + "."
    }

    private func texts(_ content: [String]) -> [String] {
        PassageSplitter().passages(title: "T", content: content).map(\.text)
    }

    @Test("a short document is one passage, with its title and its place")
    func short() {
        let passages = PassageSplitter().passages(title: "Bill", content: ["  Paid on 3. May.\n\nThank you!  "])
        #expect(passages == [Passage(title: "Bill", number: 1, text: "Paid on 3. May.\n\nThank you!")])
        #expect(passages[0].embeddedText == "Bill\nPaid on 3. May.\n\nThank you!")
    }

    @Test("nothing gives no passage")
    func nothing() {
        #expect(texts([]).isEmpty)
        #expect(texts(["", " \n\n "]).isEmpty)
    }

    @Test("a long text is cut between paragraphs")
    func paragraphs() {
        let parts = [sentence(80, "aa"), sentence(80, "bb"), sentence(20, "cc")]
        #expect(texts([parts.joined(separator: "\n\n")]) == [parts[0], parts[1] + "\n\n" + parts[2]])
        #expect(texts(parts) == [parts[0], parts[1] + "\n\n" + parts[2]])
    }

    @Test("a paragraph that does not fit is cut between sentences, and the last one stands in both passages")
    func sentences() {
        let (first, second, third) = (sentence(100, "aa"), sentence(12, "bb"), sentence(60, "cc"))
        #expect(texts(["\(first) \(second) \(third)"]) == ["\(first) \(second)", "\(second) \(third)"])
    }

    @Test("a long sentence does not stand in both passages")
    func noOverlap() {
        let (first, second, third) = (sentence(65, "aa"), sentence(40, "bb"), sentence(60, "cc"))
        #expect(texts(["\(first) \(second) \(third)"]) == ["\(first) \(second)", third])
    }

    @Test("what would be too short to stand alone stays with what is before it")
    func tail() {
        let (first, second) = (sentence(100, "aa"), sentence(14, "bb"))
        #expect(texts(["\(first) \(second)"]) == ["\(first) \(second)"])
        let text = "\(sentence(95, "aa")) \(sentence(12, "bb")) \(sentence(9, "cc"))"
        #expect(texts([text]) == [text])
    }

    @Test("a heading goes with what follows it")
    func headings() {
        let (first, second) = (sentence(60, "aa"), sentence(80, "bb"))
        #expect(texts(["\(first)\n\n# Leaving\n\n\(second)"]) == [first, "# Leaving\n\n\(second)"])
        #expect(texts(["\(first)\n\nWhat you pay\n\(second)"]) == [first, "What you pay\n\(second)"])
    }

    @Test("a text without sentences, and a word without end, are cut, too")
    func endless() {
        let list = (1...300).map { "\($0)" }.joined(separator: " ")
        let parts = texts([list])
        #expect(parts.joined(separator: " ") == list)
        #expect(parts.count == 3)
        let word = String(repeating: "x", count: 10_000)
        #expect(texts([word]).joined() == word)
        #expect(texts([word]).allSatisfy { $0.count < 3_000 })
    }

    @Test("scripts without spaces are measured by their letters")
    func unspaced() {
        let sentence = String(repeating: "京", count: 49) + "。"
        let text = String(repeating: sentence, count: 6)
        let passages = texts([text])
        #expect(passages.count == 3)
        #expect(passages.joined() == text)
    }

    @Test(
        "points that end no sentence do not cut",
        arguments: [
            "Dr. Lind and J. Smith came.", "It costs 1.50 e.g. in May.", "On 3. May it rained.",
            "See no. 5 of the list.",
        ])
    func abbreviations(text: String) {
        #expect(TextBoundaries.pieces(text).map(\.text) == [text[...]])
    }

    @Test("sentences end with their quotation marks and brackets, and lines end them")
    func ends() {
        let pieces = TextBoundaries.pieces("He said \"no.\" Why (really?) Because… So\nbe it!\n\n好。是。")
        let sentences: [Substring] = ["He said \"no.\"", "Why (really?)", "Because…", "So", "be it!", "好。", "是。"]
        #expect(pieces.map(\.text) == sentences)
        let gaps: [TextBoundaries.Gap] = [.paragraph, .space, .space, .space, .line, .paragraph, .nothing]
        #expect(pieces.map(\.gap) == gaps)
    }

    @Test("every word of a document is in a passage, in order", arguments: 0..<40)
    func whole(seed: Int) {
        var state = UInt64(seed + 1)
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
        let between = [" ", " ", ". W ", "\n"]
        let ends = [". ", "\n\n", "\n", "! "]
        var number = 0
        var text = ""
        for _ in 0..<random(60) {
            for _ in 0...random(random(4) == 0 ? 300 : 30) {
                number += 1
                text += "w\(number)" + between[random(4)]
            }
            text += ends[random(4)]
        }
        let passages = texts([text])
        var next = 1
        for passage in passages {
            let words = passage.split { !$0.isLetter && !$0.isNumber }
            let numbers: [Int] = words.compactMap { Int($0.dropFirst()) }
            let isJoined = (numbers.first ?? next) <= next
            #expect(isJoined, "passages join or overlap")
            let isWhole = zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 }
            #expect(isWhole)
            next = max(next, (numbers.last ?? 0) + 1)
            let size = TextBoundaries.pieces(passage).reduce(0) { $0 + $1.size }
            #expect(size <= 180)
        }
        #expect(next == number + 1)
    }
}
