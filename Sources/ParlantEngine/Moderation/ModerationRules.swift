/// What is wrong with a rule.
public struct ModerationRuleError: Error, Equatable, CustomStringConvertible {
    /// A sentence for people, without the place of the rule.
    public var message: String

    init(_ message: String) { self.message = message }

    public var description: String { message }
}

/// A list of patterns that keep messages from the agent, for servers without a judge and beside one. A pattern is a
/// ``WordPattern``.
public struct ModerationRules: Sendable, Equatable {
    /// Most patterns of a list.
    public static let maxPatterns = 1_000
    /// The category without which a list is no guard for `moderation=paranoid`.
    public static let jailbreak = "jailbreak"

    /// Patterns with what a text is that has one of them.
    public struct Rule: Sendable, Equatable {
        /// As in ``Moderation/categories``; at least one.
        public var categories: [String]
        public var patterns: [String]

        /// A rule that is not checked yet; see ``ModerationRules/init(_:)``.
        public init(categories: [String], patterns: [String]) {
            self.categories = categories
            self.patterns = patterns
        }
    }

    private struct Pattern: Sendable {
        var rule: Int
        /// For each place the words that fit, by their numbers, and the gap before it.
        var places: [(words: [Int], gap: Int)]
    }

    private struct Place: Hashable {
        var pattern: Int
        var index: Int
    }

    /// As they were given.
    public let rules: [Rule]
    private let patterns: [Pattern]
    /// Patterns that may begin with a word, by the word's number.
    private let beginnings: [Int: [Int]]
    /// Numbers of words without stars.
    private let plain: [String: Int]
    private let globs: [(glob: WordGlob, number: Int)]

    /// All categories, in the order of the rules, each once.
    public let allCategories: [String]
    /// How many patterns there are.
    public var count: Int { patterns.count }

    /// Checks and prepares a list.
    ///
    /// - Throws: ``ModerationRuleError`` that names the first rule, counted from 1, with a mistake.
    public init(_ rules: [Rule]) throws(ModerationRuleError) {
        var numbers: [String: Int] = [:]
        var patterns: [Pattern] = []
        for (index, rule) in rules.enumerated() {
            guard !rule.categories.isEmpty, rule.categories.allSatisfy(Self.isCategory) else {
                throw ModerationRuleError(
                    "rule \(index + 1): expected one category or more, such as jailbreak, harassment or violence: small "
                        + "letters, digits, '-' and '/'")
            }
            guard !rule.patterns.isEmpty else { throw ModerationRuleError("rule \(index + 1): it has no patterns") }
            for text in rule.patterns {
                let pattern: WordPattern
                do {
                    pattern = try WordPattern(text)
                } catch {
                    throw ModerationRuleError("rule \(index + 1): pattern '\(text.prefix(80))': \(error.message)")
                }
                let places = pattern.places.map { place in
                    (
                        words: place.words.map { word in
                            let number = numbers[word] ?? numbers.count
                            numbers[word] = number
                            return number
                        }, gap: place.gap
                    )
                }
                patterns.append(Pattern(rule: index, places: places))
            }
            guard patterns.count <= Self.maxPatterns else {
                throw ModerationRuleError("there are more than \(Self.maxPatterns) patterns; write fewer, with stars")
            }
        }
        self.patterns = patterns
        self.rules = rules
        var seen: Set<String> = []
        allCategories = rules.flatMap(\.categories).filter { seen.insert($0).inserted }
        plain = numbers.filter { !$0.key.contains("*") }
        globs = numbers.filter { $0.key.contains("*") }.sorted { $0.value < $1.value }
            .map { (WordGlob($0.key), $0.value) }
        var beginnings: [Int: [Int]] = [:]
        for (index, pattern) in patterns.enumerated() {
            for word in pattern.places[0].words { beginnings[word, default: []].append(index) }
        }
        self.beginnings = beginnings
    }

    /// What the rules find in a text: the categories of all rules with a pattern in it, in the order of the rules, each
    /// once; none when it is clean.
    ///
    /// - Complexity: O(length of the text × (patterns with stars + places of patterns that have begun)). No text takes
    ///   longer than that: nothing is tried twice.
    public func categories(of text: String) -> [String] {
        var found: Set<Int> = []
        // Places that the next word may fill, with how many words may still be passed over.
        var open: [Place: Int] = [:]
        for word in TextWords.words(text) {
            let numbers = numbers(of: word)
            var next: [Place: Int] = [:]
            func advance(_ pattern: Int, _ index: Int) {
                let places = patterns[pattern].places
                guard index + 1 < places.count else {
                    found.insert(patterns[pattern].rule)
                    return
                }
                next[Place(pattern: pattern, index: index + 1)] = places[index + 1].gap
            }
            for (place, gap) in open {
                let words = patterns[place.pattern].places[place.index].words
                if words.contains(where: numbers.contains) { advance(place.pattern, place.index) }
                if gap > 0 { next[place] = max(next[place] ?? 0, gap - 1) }
            }
            for number in numbers { for pattern in beginnings[number] ?? [] { advance(pattern, 0) } }
            open = next
        }
        var seen: Set<String> = []
        return found.sorted().flatMap { rules[$0].categories }.filter { seen.insert($0).inserted }
    }

    /// Lists with the same rules find the same.
    public static func == (left: Self, right: Self) -> Bool { left.rules == right.rules }

    private func numbers(of word: String) -> Set<Int> {
        var numbers = Set(globs.filter { $0.glob.fits(word) }.map(\.number))
        if let number = plain[word] { numbers.insert(number) }
        return numbers
    }

    private static func isCategory(_ name: String) -> Bool {
        !name.isEmpty && name.count <= 64
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "/")
            }
    }
}
