import ParlantCore

/// `/terms`.
struct TermResource: EntityResource {
    private static let nameLength = 1...100

    let path = "/terms"
    let noun = EntityNoun("term", "terms", in: "glossary", suffix: "_term")
    let store: any EntityStore<Term>
    private let ids: any IDGenerator
    private let limits: APILimits

    init(_ services: APIServices) {
        store = services.entities.terms
        ids = services.ids
        limits = services.limits
    }

    func draft(_ body: inout FieldReader) -> @Sendable () throws -> Term {
        let name = body.requiredString("name", length: Self.nameLength)
        let description = body.requiredString("description")
        let synonyms = body.strings("synonyms") ?? []
        let id = body.ownID(limits)
        let tags = body.tags()
        return { [ids] in
            Term(
                id: TermID(id ?? ids.entityID()), name: name, description: description,
                synonyms: OrderedSet(synonyms), tags: tags)
        }
    }

    func change(_ body: inout FieldReader) -> EntityChange<Term> {
        let name = body.string("name", length: Self.nameLength)
        let description = body.nonEmpty("description")
        let synonyms = body.strings("synonyms")
        let tags = body.tagsChange()
        return EntityChange(tags: tags) { term in
            if let name { term.name = name }
            if let description { term.description = description }
            if let synonyms { term.synonyms = OrderedSet(synonyms) }
            tags.apply(to: &term.tags)
        }
    }

    func taken(_ id: TermID) -> APIError? { .unprocessable("Term with ID '\(id)' already exists") }

    var schema: Schema {
        .named(
            "Term",
            .record([
                "id": .string(), "name": .string(), "description": .string(), "synonyms": .list(.string()),
                "tags": .list(.string()),
            ]))
    }

    func write(_ stored: Stored<Term>, to writer: inout JSONWriter) {
        let term = stored.entity
        writer.beginObject()
        writer.member("id", term.id.rawValue)
        writer.member("name", term.name)
        writer.member("description", term.description)
        writer.member("synonyms", term.synonyms)
        writer.member("tags", term.tags)
        writer.endObject()
    }
}
