/// What one kind of entity is called in the API's description.
struct EntityNoun: Sendable {
    /// `canned_response`.
    let one: String
    /// `canned_responses`.
    let many: String
    /// Where generated clients have it.
    let group: String
    /// What follows the verb there: `_term` in `glossary.create_term`.
    let suffix: String

    init(_ one: String, _ many: String, in group: String? = nil, suffix: String = "") {
        self.one = one
        self.many = many
        self.group = group ?? many
        self.suffix = suffix
    }

    /// Description of the routes that all kinds share.
    func creating(_ schema: Schema) -> Operation {
        operation("create", "create", "Create", .created(schema), refusing: [.notFound, .conflict])
    }

    func listing(_ schema: Schema) -> Operation {
        Operation(
            "list_\(many)", in: group, as: suffix.isEmpty ? "list" : "list_\(many)", "List \(words(many))",
            about: "Those of scripts and those created here; with tags, those that have one of them.",
            .ok(.list(schema)))
    }

    func reading(_ schema: Schema) -> Operation {
        operation("read", "retrieve", "Read", .ok(schema), refusing: [.notFound])
    }

    func updating(_ schema: Schema) -> Operation {
        operation(
            "update", "update", "Update",
            about: "What is not given stays as it is. What a script defines is changed there.", .ok(schema),
            refusing: [.notFound, .conflict])
    }

    func deleting() -> Operation {
        operation("delete", "delete", "Delete", .noContent, refusing: [.notFound, .conflict])
    }

    private func operation(
        _ verb: String, _ name: String, _ word: String, about: String? = nil, _ answer: Operation.Answer,
        refusing refusals: [Operation.Refusal]
    ) -> Operation {
        Operation(
            "\(verb)_\(one)", in: group, as: name + suffix, "\(word) a \(words(one))", about: about, answer,
            refusing: refusals)
    }

    private func words(_ name: String) -> String { name.split(separator: "_").joined(separator: " ") }
}
