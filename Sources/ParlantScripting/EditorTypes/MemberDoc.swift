/// One member of a context, as editors and the reference show it.
struct MemberDoc: Sendable {
    /// What a member is.
    enum Form: Sendable {
        /// A table with members of its own.
        case part
        /// A value; the text is its type.
        case field(String)
        /// Called with a colon; parameters as `key: string, value: any`, and results, empty for none.
        case method(parameters: String, results: String)
    }

    var form: Form
    /// One sentence.
    var doc: String

    static func part(_ doc: String) -> MemberDoc { MemberDoc(form: .part, doc: doc) }

    static func field(_ type: String, _ doc: String) -> MemberDoc { MemberDoc(form: .field(type), doc: doc) }

    static func method(_ parameters: String, _ results: String = "", _ doc: String) -> MemberDoc {
        MemberDoc(form: .method(parameters: parameters, results: results), doc: doc)
    }
}
