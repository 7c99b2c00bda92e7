import Logging
import ParlantCore
import Testing

@testable import ParlantEngine

/// The promise of strict mode, over random drafts, fields and templates.
///
/// Each template is made of pieces of which the test knows the text, so that the expected text comes from another place
/// than the renderer.
@Suite("Strict mode")
struct StrictModeTests {
    private struct Case {
        var templates: [[Piece]] = []
        var fields: JSONObject = [:]
        var filled: [String: String] = [:]
        var answer: JSONValue = .null

        /// All texts that may be said.
        func allowed(noMatch: String) -> Set<String> {
            var texts: Set<String> = [noMatch]
            for pieces in templates {
                let parts = pieces.map { piece -> String? in
                    switch piece {
                    case .literal(let text): text
                    case .field(let name): fields[name]?.string
                    case .generative(let name): filled[name]
                    case .optional(let name): fields[name]?.string ?? "-"
                    }
                }
                if !parts.contains(nil) { texts.insert(parts.compactMap(\.self).joined()) }
            }
            return texts
        }
    }

    private enum Piece {
        case literal(String)
        case field(String)
        case generative(String)
        case optional(String)

        var source: String {
            switch self {
            case .literal(let text): text
            case .field(let name): "{{ \(name) }}"
            case .generative(let name): "{{generative.\(name)}}"
            case .optional(let name): "{{ \(name) | default(\"-\") }}"
            }
        }
    }

    @Test("never says text outside rendered templates: 100,000 random drafts, fields and templates")
    func property() throws {
        var random = SeededGenerator(state: 5)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var spoken = 0
        var filled = 0
        var context = TurnContext.make(.make(mode: .strict), said: ["Hi"])
        var templates: [[Piece]] = []
        for number in 0..<100_000 {
            // Parsing takes most of the time: five cases share their templates.
            if number.isMultiple(of: 5) {
                templates = Self.templates(&random)
                context.snapshot.cannedResponses = try templates.enumerated().map { index, pieces in
                    try CannedResponse.make(CannedResponseID("r\(index)"), pieces.map(\.source).joined())
                }
                context.snapshot.agentCannedResponses = context.snapshot.cannedResponses.map(\.id)
            }
            let sample = Self.sample(templates, &random)
            let candidates = CannedCandidates.collect(
                Composition(fields: sample.fields), in: context, canFill: true, logger)
            let replies = ReplyChoice.strict(sample.answer, candidates, noMatch: "No match.")
            let allowed = sample.allowed(noMatch: "No match.")
            let texts = replies.map(\.text)
            if !(1...2).contains(texts.count) || !allowed.isSuperset(of: texts) {
                Issue.record("case \(number): \(texts) of \(sample)")
                return
            }
            if texts != ["No match."] { spoken += 1 }
            if replies.contains(where: { reply in sample.filled.values.contains { reply.text.contains($0) } }) {
                filled += 1
            }
        }
        #expect(spoken > 10_000, "the cases must be such that something is said")
        #expect(filled > 1000, "and such that the model's fields are")
    }

    private static let words = [
        "Hello", " there", "{{", "}} x", "{% if a %}", "{{std.customer.name}}", "\n\n", "é👩‍👧", "null", "\"", "  ", "No",
        ".",
        "{{ a }}", "\\", "<b>",
    ]
    private static let names = ["a", "b", "c"]

    private static func templates(_ random: inout SeededGenerator) -> [[Piece]] {
        (0..<Int.random(in: 0..<5, using: &random)).map { _ in
            // A first piece with text: a template of white space alone does not load.
            var pieces: [Piece] = [.literal("T\(Int.random(in: 0..<100, using: &random))")]
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                let name = names.randomElement(using: &random) ?? "a"
                switch Int.random(in: 0..<5, using: &random) {
                case 0: pieces.append(.field(name))
                case 1: pieces.append(.generative(name))
                case 2: pieces.append(.optional(name))
                default: pieces.append(.literal(" word\(Int.random(in: 0..<100, using: &random))"))
                }
            }
            return pieces
        }
    }

    private static func sample(_ templates: [[Piece]], _ random: inout SeededGenerator) -> Case {
        var sample = Case(templates: templates)
        for name in names where Int.random(in: 0..<4, using: &random) > 0 {
            sample.fields[name] = .string(text(&random))
        }
        var filling: JSONObject = [:]
        for name in names where Int.random(in: 0..<3, using: &random) > 0 {
            let value = value(&random)
            filling[name] = value
            // Written down here once more: one line without template marks, trimmed, of 300 characters at most.
            if let text = value.string {
                let kept = text.trimmed
                let isPlain =
                    !["{{", "}}", "{%", "%}", "{#", "#}"].contains { kept.contains($0) }
                    && !kept.unicodeScalars.contains { $0.value < 32 }
                if !kept.isEmpty, isPlain, kept.count <= 300 { sample.filled[name] = kept }
            }
        }
        sample.answer = [
            "message": value(&random), "canned_response": number(&random),
            "match": ["high", "partial", "none", .null, 1].randomElement(using: &random) ?? .null,
            "follow_up": number(&random), "fields": .object(filling),
        ]
        if Int.random(in: 0..<20, using: &random) == 0 { sample.answer = value(&random) }
        return sample
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined()
    }

    private static func value(_ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .null
        case 1: .integer(Int64.random(in: -2...5, using: &random))
        case 2: [.string(text(&random))]
        default: .string(text(&random))
        }
    }

    private static func number(_ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: value(&random)
        case 1: .null
        default: .integer(Int64.random(in: 0...3, using: &random))
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
