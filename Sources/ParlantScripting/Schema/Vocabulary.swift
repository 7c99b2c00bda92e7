/// The words of the language surface beyond fields: constructors, methods, and what Parlant's Python calls them. A word
/// is in exactly one of these tables.
struct Vocabulary: Sendable {
    /// What there is, in the order of the manual.
    var words: [String]
    /// Words of other systems, with ours.
    var translations: [String: String] = [:]
    /// Words of other systems that have no single word here, each with the sentence that helps.
    var hints: [String: String] = [:]

    /// `parlant.WORD`.
    static let module = Vocabulary(
        words: ModuleSchema.members.map(\.name), translations: ModuleSchema.translations, hints: ModuleSchema.hints)

    /// Methods and readable fields of handles, by kind.
    static func handle(_ kind: EntityKind) -> Vocabulary {
        let schema = HandleSchema.of(kind)
        return Vocabulary(
            words: schema.fields.map(\.name) + schema.methods.map(\.name), translations: schema.translations,
            hints: schema.hints)
    }

    /// Why a word is not there: called otherwise, done otherwise, or misspelt.
    func refusal(of word: String) -> String {
        if let ours = translations[word] { return Wording.translated(word, ours) }
        if let hint = hints[word] { return Wording.hinted(word, hint) }
        return Wording.noSuchWord(word, among: words)
    }
}
