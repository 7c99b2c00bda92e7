/// The words of the language surface beyond fields: constructors, methods, what comes later, and what Parlant's
/// Python calls them. A word is in exactly one of these tables.
struct Vocabulary: Sendable {
    /// What there is, in the order of the manual.
    var words: [String]
    /// What the language surface has and this version has not.
    var later: [String]
    /// Words of other systems, with ours.
    var translations: [String: String] = [:]

    /// `parlant.WORD`.
    static let module = Vocabulary(
        words: ["agent", "tool", "tag", "customer", "plugin", "result", "null", "match_always", "tags"],
        later: ["journey", "any_of", "all_of", "END"],
        translations: [
            "create_agent": "agent", "create_tag": "tag", "create_customer": "customer", "ToolResult": "result",
            "MATCH_ALWAYS": "match_always", "Tool": "tool", "Agent": "agent", "Customer": "customer", "Tag": "tag",
            "Plugin": "plugin", "END_JOURNEY": "END", "AnyOf": "any_of", "AllOf": "all_of", "create_journey": "journey",
        ])

    /// Methods and readable fields of handles, by kind.
    static func handle(_ kind: EntityKind) -> Vocabulary {
        switch kind {
        case .agent:
            Vocabulary(
                words: ["id", "name", "guideline", "observation", "canned_response"],
                later: ["journey", "attach", "term", "variable", "retriever", "on"],
                translations: [
                    "create_guideline": "guideline", "create_observation": "observation",
                    "create_canned_response": "canned_response", "create_journey": "journey", "create_term": "term",
                    "create_variable": "variable", "attach_retriever": "retriever", "attach_journey": "attach",
                    "add_guideline": "guideline", "cannedresponse": "canned_response",
                ])
        case .guideline, .observation:
            Vocabulary(
                words: ["id", "name", "condition", "action"],
                later: [
                    "entail", "prioritize_over", "depend_on", "depend_on_any", "disambiguate", "reevaluate_after",
                    "canned_response", "retriever",
                ],
                translations: ["exclude": "prioritize_over", "attach_retriever": "retriever"])
        case .tool: Vocabulary(words: ["id", "name"], later: [])
        case .tag: Vocabulary(words: ["name"], later: ["prioritize_over", "depend_on", "entail"])
        case .plugin: Vocabulary(words: ["name", "tools"], later: [])
        case .customer: Vocabulary(words: ["id", "name"], later: [])
        case .cannedResponse: Vocabulary(words: ["id", "template"], later: [])
        case .matchAlways, .void: Vocabulary(words: [], later: [])
        }
    }

    /// Why a word is not there: later, called otherwise, or misspelt.
    func refusal(of word: String) -> String {
        if later.contains(word) { return Wording.later(word) }
        if let ours = translations[word] {
            return later.contains(ours) ? Wording.translatedLater(word, ours) : Wording.translated(word, ours)
        }
        return Wording.noSuchWord(word, among: words)
    }
}
