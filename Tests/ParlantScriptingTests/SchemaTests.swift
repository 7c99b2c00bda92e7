import ParlantCore
import Testing

@testable import ParlantScripting

@Suite("The schema")
struct SchemaTests {
    static let all: [(name: String, schema: RecordSchema)] =
        EntityKind.allCases.compactMap { kind in kind.schema.map { (kind.rawValue, $0) } } + [
            ("parameter", .parameter), ("setting", .setting), ("result", .result), ("control", .control),
            ("transient guideline", .transientGuideline), ("state", .state), ("way out", .wayOut),
            ("preamble", .preamble), ("document", .document), ("memory", .memory), ("hooks", .hooks),
            ("nlp", .languageModel),
            ("customer store", .customerStore),
        ]

    @Test("names each field once, with a sentence for editors")
    func fields() {
        for (name, schema) in Self.all {
            let names = schema.fields.map(\.name) + schema.foreign.keys
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
            let words = vocabulary.words + vocabulary.translations.keys + vocabulary.hints.keys
            #expect(Set(words).count == words.count)
            for ours in vocabulary.translations.values {
                #expect(vocabulary.words.contains(ours), "\(ours)")
            }
        }
    }

    @Test("says of each word of the module and of each method what it does")
    func documentation() {
        for member in ModuleSchema.members { #expect(member.doc.hasSuffix("."), "\(member.name)") }
        for kind in EntityKind.allCases {
            let schema = HandleSchema.of(kind)
            for method in schema.methods { #expect(method.doc.hasSuffix("."), "\(kind) \(method.name)") }
            for field in schema.fields { #expect(field.doc.hasSuffix("."), "\(kind) \(field.name)") }
        }
    }

    @Test("gives the Python SDK's words for everything that it translates", arguments: Self.pythonWords)
    func python(word: String, ours: String, kind: EntityKind?) {
        let vocabulary = kind.map(Vocabulary.handle) ?? .module
        #expect(vocabulary.refusal(of: word) == "there is no '\(word)'; it is called '\(ours)' here")
        #expect(vocabulary.words.contains(ours))
    }

    /// The words of `lua-authoring-surface.md` section 14 that differ.
    static let pythonWords: [(String, String, EntityKind?)] = [
        ("create_agent", "agent", nil), ("create_customer", "customer", nil), ("create_tag", "tag", nil),
        ("MATCH_ALWAYS", "match_always", nil), ("END_JOURNEY", "END", nil), ("ToolResult", "result", nil),
        ("AnyOf", "any_of", nil), ("AllOf", "all_of", nil), ("create_guideline", "guideline", .agent),
        ("create_observation", "observation", .agent), ("create_journey", "journey", .agent),
        ("attach_journey", "attach", .agent), ("create_term", "term", .agent), ("create_variable", "variable", .agent),
        ("create_canned_response", "canned_response", .agent), ("attach_retriever", "retriever", .agent),
        ("set_global_value", "set_default", .variable), ("set_value_for_tag", "set_for", .variable),
        ("set_value_for_customer", "set_for", .variable), ("exclude", "prioritize_over", .guideline),
        ("exclude", "prioritize_over", .journey), ("exclude", "prioritize_over", .tag),
        ("create_guideline", "guideline", .journey), ("attach_retriever", "retriever", .journey),
    ]

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
