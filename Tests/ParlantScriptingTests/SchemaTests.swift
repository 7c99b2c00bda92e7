import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("The schema")
struct SchemaTests {
    static let all: [(name: String, schema: RecordSchema)] =
        EntityKind.allCases.compactMap { kind in kind.schema.map { (kind.rawValue, $0) } } + [
            ("parameter", .parameter), ("setting", .setting), ("result", .result), ("control", .control),
            ("transient guideline", .transientGuideline),
        ]

    @Test("names each field once, with a sentence for editors")
    func fields() {
        for (name, schema) in Self.all {
            let names = schema.fields.map(\.name) + schema.later + schema.foreign.keys
            #expect(Set(names).count == names.count, "\(name)")
            for field in schema.fields {
                #expect(field.doc.hasSuffix("."), "\(name).\(field.name)")
                #expect(field.name.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil, "\(name).\(field.name)")
            }
        }
    }

    @Test("has each word in one table, and translates into words that exist")
    func words() {
        let vocabularies = [Vocabulary.module] + EntityKind.allCases.map { Vocabulary.handle($0) }
        for vocabulary in vocabularies {
            let words = vocabulary.words + vocabulary.later + vocabulary.translations.keys
            #expect(Set(words).count == words.count)
            for ours in vocabulary.translations.values {
                #expect(vocabulary.words.contains(ours) || vocabulary.later.contains(ours), "\(ours)")
            }
        }
    }

    @Test(
        "suggests the nearest word below four edits",
        arguments: [
            ("integr", "integer"), ("hihg", "high"), ("tool", "tools"), ("confrim", "confirm"), ("zzzzzz", nil),
            ("x", nil),
            ("tab", "tag"),
        ] as [(String, String?)])
    func suggestions(word: String, suggestion: String?) {
        let words = ["integer", "high", "low", "tools", "confirm", "tag", "tap"]
        #expect(Suggestion.nearest(to: word, among: words) == suggestion)
    }

    @Test("the same place on every lane: the hash is stable")
    func hash() {
        #expect(StableHash.of("") == 17_665_956_581_633_026_203)
        #expect(Set((0..<100).map { StableHash.of("session-\($0)") % 4 }).count == 4)
    }
}
