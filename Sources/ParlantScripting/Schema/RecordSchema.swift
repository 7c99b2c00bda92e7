/// One field of a definition.
struct FieldSchema: Sendable {
    /// Its name in Lua.
    var name: String
    var type: FieldType
    var required = false
    /// What an absent field means, in Lua's spelling; nil: nothing to say.
    var defaultText: String?
    /// One sentence for editor types.
    var doc: String

    init(_ name: String, _ type: FieldType, required: Bool = false, default defaultText: String? = nil, _ doc: String) {
        self.name = name
        self.type = type
        self.required = required
        self.defaultText = defaultText
        self.doc = doc
    }
}

/// The fields that a table may have. One value per kind of definition; validation, "did you mean" and editor types
/// come from it, so that they cannot differ.
struct RecordSchema: Sendable {
    /// In the order in which the manual lists them.
    var fields: [FieldSchema]
    /// Names that people write because another system has them, each with the sentence that helps.
    var foreign: [String: String] = [:]

    /// The field of this name.
    func field(_ name: String) -> FieldSchema? { fields.first { $0.name == name } }
}
